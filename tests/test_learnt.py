import numpy as np
import pytest

from dashboard import learnt as module
from dashboard.learnt import (
    FOREST,
    N_NEXT,
    NAMES,
    NEXT,
    PROCESS,
    learnt,
    learnt_ranking,
    own_scores,
    recall_rows,
    recall_text,
    user_and_version,
)
from data.label_ids import labels_of
from data.store import Collection
from models.errors import BadInput, NotFound
from models.space.estimators import AGREEMENT

ADA = {"user": "Ada", "version": ""}


@pytest.fixture
def collection(collection_folder, tmp_path):
    """The collection, with labels of its own."""
    return Collection.open(collection_folder, tmp_path)


@pytest.fixture
def last(collection):
    return collection.checkpoints[-1]


@pytest.fixture
def told(collection, last):
    """A galaxy and its 14 nearest are scored 5, and 15 random ones 0; the rows of both."""
    ids, store = collection.catalog["object_id"].to_numpy(), labels_of(collection)
    liked = [3, *collection.neighbors(last)[3, :14].tolist()]
    others = [row for row in collection.order.tolist() if row not in liked][:15]
    store.score([str(name) for name in ids[liked]], 5, "Ada")
    store.score([str(name) for name in ids[others]], 0, "Ada")
    return liked, others


@pytest.mark.parametrize("method, share", [(PROCESS, 1 / 6), (FOREST, 1 / 4)])
def test_what_is_like_the_liked_comes_first(collection, last, told, method, share):
    liked, others = told
    ranked = learnt_ranking(collection, last, method, ADA)
    near = [r for r in collection.neighbors(last)[3, 14:24].tolist() if r not in told[1]]
    assert ranked.n == collection.n_galaxies
    assert np.median([ranked.rank(row) for row in near]) < share * collection.n_galaxies
    assert np.median([ranked.rank(row) for row in others]) > collection.n_galaxies / 3


def test_values_are_by_row_and_not_in_the_order_of_the_components(collection, last, told):
    found = learnt(collection, last, PROCESS, ADA)
    liked, others = told
    assert found.values[liked].min() > found.values[others].max()
    assert found.n == 30 and "30 scores" in found.told


def test_what_is_next_is_not_scored_yet(collection, last, told):
    ranked = learnt_ranking(collection, last, NEXT, ADA)
    rows = ranked.rows(0, collection.n_galaxies)
    assert len(rows) == N_NEXT and not set(rows.tolist()) & {*told[0], *told[1]}
    assert rows.tolist() == learnt(collection, last, NEXT, ADA).to_score.tolist()


def test_a_further_score_is_learned_from_at_once_and_taken_back_by_undo(collection, last, told):
    before = learnt(collection, last, PROCESS, ADA)
    row = int(before.to_score[0])
    labels_of(collection).score(str(collection.catalog["object_id"].iat[row]), 1, "Ada")
    after = learnt(collection, last, PROCESS, ADA)
    assert after.n == 31 and row not in after.to_score.tolist()
    labels_of(collection).undo("Ada")
    assert np.array_equal(learnt(collection, last, PROCESS, ADA).values, before.values)


def test_the_same_labels_are_learned_once(collection, last, told, monkeypatch):
    found = learnt(collection, last, PROCESS, ADA)
    monkeypatch.setattr(module, "learn", None)
    assert learnt(collection, last, NEXT, ADA) is found


def test_users_are_learned_apart(collection, last, told):
    with pytest.raises(BadInput, match="'Bo' has scored no galaxy yet"):
        learnt(collection, last, PROCESS, {"user": "Bo"})
    assert own_scores(collection, {"user": "Bo"}) is None
    assert np.isfinite(own_scores(collection, ADA)).sum() == 30


@pytest.mark.parametrize(
    "scores, said", [([5, 5], "score 1 more"), ([4, 4, 4, 4], "all 4 scores are 4")]
)
def test_too_few_or_equal_scores_teach_nothing(collection, last, scores, said):
    for row, score in enumerate(scores):
        labels_of(collection).score(str(collection.catalog["object_id"].iat[row]), score, "Ada")
    with pytest.raises(BadInput, match=said):
        learnt(collection, last, PROCESS, ADA)


def test_more_scores_than_a_process_can_learn_from_are_refused_for_it_alone(
    collection, last, told, monkeypatch
):
    monkeypatch.setattr(module, "MAX_PROCESS", 29)
    for method in (PROCESS, NEXT):
        with pytest.raises(BadInput, match="at most 29 scores, and 'Ada' gave 30: choose your"):
            learnt(collection, last, method, ADA)
    assert learnt(collection, last, FOREST, ADA).n == 30


def test_a_way_that_is_none_is_refused(collection, last, told):
    with pytest.raises(NotFound, match="no way 'oracle'"):
        learnt(collection, last, "oracle", ADA)
    assert set(NAMES) == {PROCESS, FOREST, NEXT}


def test_recall_is_told_with_its_numbers_and_interval(collection, last, told):
    found = learnt(collection, last, PROCESS, ADA)
    assert recall_text(found).startswith("Recall of the 15 that you scored 4 or more")
    rows = recall_rows(found)
    assert [first for first, _, _ in rows] == [f"first {one.first:,}" for one in found.recall]
    for (_, before, after), one in zip(rows, found.recall, strict=True):
        assert before.startswith(f"{100 * one.before.n_found / 15:.0f} % (")
        assert after.startswith(f"{100 * one.after.n_found / 15:.0f} % (")


def test_where_nothing_is_interesting_there_is_no_recall(collection, last):
    for row, score in enumerate([0, 1, 2, 3]):
        labels_of(collection).score(str(collection.catalog["object_id"].iat[row]), score, "Ada")
    assert "no recall" in recall_text(learnt(collection, last, PROCESS, ADA))


@pytest.mark.parametrize("labels", [None, "Ada", [], {}, {"user": None}])
def test_a_store_that_names_nobody_means_me(collection, labels):
    assert user_and_version(collection, labels)[0] == "me"


def test_it_begins_with_what_all_estimators_agree_on(collection, last, told):
    assert learnt(collection, last, PROCESS, ADA).base == "estimators agree"
    assert AGREEMENT in collection.density(last)
