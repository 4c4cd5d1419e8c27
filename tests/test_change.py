"""Which neighbors galaxies keep, against counting by sets; what is refused, and how it is told."""

from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import ids
from dashboard.change import (
    BEFORE,
    Change,
    before_of,
    change_between,
    changed_rows,
    counts_of,
    first_by,
    ks_of,
    neighbors_along,
)
from dashboard.panels.change import FADING, LEAST, MOST, N_SHOWN, ONE, STABLE, shown_change
from models.errors import BadInput, NotFound
from tests.test_map_colors import parts, words
from tests.test_wiring import post

FIRST, MIDDLE, LAST = "epoch_00", "epoch_05", "epoch_20"


def kept_by_sets(collection, before, after, k):
    one, other = (collection.neighbors(name)[:, :k].tolist() for name in (before, after))
    return np.array([len(set(a) & set(b)) for a, b in zip(one, other, strict=True)])


@pytest.mark.parametrize("k", [5, 15])
def test_kept_neighbors_and_jaccard_are_those_of_sets(collection, k):
    change = change_between(collection, FIRST, LAST, k)
    kept = kept_by_sets(collection, FIRST, LAST, k)
    np.testing.assert_array_equal(change.kept, kept)
    np.testing.assert_allclose(change.jaccard, kept / (2 * k - kept), rtol=1e-6)
    assert change_between(collection, FIRST, LAST, k).jaccard is not None


def test_the_list_is_ordered_and_of_the_selected_alone(collection):
    change = change_between(collection, MIDDLE, LAST, 15)
    mask = np.arange(collection.n_galaxies) % 3 == 0
    most = changed_rows(change, collection.order, mask, 50, is_most=True)
    assert mask[most].all() and len(set(most)) == 50
    assert (np.diff(change.jaccard[most]) >= 0).all()
    others = np.setdiff1d(np.flatnonzero(mask), most)
    assert change.jaccard[others].min() >= change.jaccard[most].max()
    least = changed_rows(change, collection.order, None, 7, is_most=False)
    assert (np.diff(change.jaccard[least]) <= 0).all()
    assert change.jaccard[least[0]] == change.jaccard.max()


def test_undefined_values_have_no_place_and_equal_ones_keep_the_order_given(rng):
    values = np.array([1.0, np.nan, 0.0, 1.0, np.inf, 0.0])
    rows = np.array([5, 4, 3, 2, 1, 0])
    assert first_by(values, rows, 10).tolist() == [5, 2, 3, 0]
    assert first_by(values, rows, 1).tolist() == [5]
    assert first_by(values, rows[:0], 3).tolist() == []
    many = rng.integers(0, 5, 300).astype(float)
    expected = np.argsort(many, kind="stable")[:40]
    assert first_by(many, np.arange(300), 40).tolist() == expected.tolist()


def test_the_counts_tell_n_and_the_error_of_the_mean(collection):
    change = change_between(collection, FIRST, LAST, 15)
    mask = np.arange(collection.n_galaxies) < 100
    counts = counts_of(change, mask)
    kept = kept_by_sets(collection, FIRST, LAST, 15)[:100]
    np.testing.assert_array_equal(counts.counts, np.bincount(kept, minlength=16))
    jaccard = kept / (30 - kept)
    assert counts.n == 100 and counts.mean == pytest.approx(jaccard.mean())
    assert counts.error == pytest.approx(jaccard.std(ddof=1) / 10)
    nothing = Change("a", "b", 2, np.zeros(3, np.float32), np.full(3, np.nan, np.float32))
    assert counts_of(nothing).n == 0 and counts_of(nothing).mean is None


def test_the_one_before_is_that_of_the_run(collection):
    assert before_of(collection, LAST) == MIDDLE
    assert before_of(collection, MIDDLE, LAST) == LAST
    with pytest.raises(BadInput, match="epoch 0 is the first of its run"):
        before_of(collection, FIRST, BEFORE)
    with pytest.raises(BadInput, match="epoch 5 is what is shown"):
        before_of(collection, MIDDLE, MIDDLE)
    with pytest.raises(NotFound, match="no checkpoint 'x'"):
        before_of(collection, MIDDLE, "x")
    infos = {"a_epoch_0": {"training_epoch": 0}, "b": {}}
    two = SimpleNamespace(checkpoints=tuple(infos), checkpoint_info=infos.get)
    with pytest.raises(BadInput, match="b is the only one of its run: choose one to compare"):
        before_of(two, "b")
    alone = SimpleNamespace(checkpoints=("epoch_0",))
    with pytest.raises(BadInput, match="one checkpoint only"):
        before_of(alone, "epoch_0")


def test_neighbors_of_alike_galaxies_are_said_to_be_arbitrary(collection):
    flat = SimpleNamespace(
        checkpoints=(FIRST, LAST),
        digest="flat",
        neighbors=collection.neighbors,
        distances=lambda name: np.zeros((collection.n_galaxies, 30), np.float32),
        checkpoint_info=collection.checkpoint_info,
    )
    with pytest.raises(BadInput, match="alike under epoch 0: which are neighbors is arbitrary"):
        change_between(flat, FIRST, LAST, 15)
    along = neighbors_along(flat, LAST, 3, 15)
    assert [at.rows for at in along] == [None, None]


@pytest.mark.parametrize("k", [0, 7, "15", None])
def test_a_number_of_neighbors_that_is_none_is_refused(collection, k):
    with pytest.raises(BadInput, match="5, 10, 15, 30 neighbors can be compared"):
        change_between(collection, FIRST, LAST, k)
    assert ks_of(collection) == (5, 10, 15, 30)


def test_a_galaxys_neighbors_are_told_at_every_checkpoint(collection):
    along = neighbors_along(collection, LAST, 11, 15)
    assert [at.checkpoint for at in along] == [FIRST, MIDDLE, LAST]
    assert along[0].is_kept is None
    for before, at in zip(along, along[1:], strict=False):
        assert at.rows.tolist() == collection.neighbors(at.checkpoint)[11, :15].tolist()
        assert at.is_kept.tolist() == [row in set(before.rows.tolist()) for row in at.rows]


# What is shown


def shown(collection, show, row=None, mask=None, other=BEFORE, checkpoint=LAST):
    return shown_change(collection, checkpoint, (other, "15", show), row, mask)


def rows_of(content):
    return [int(getattr(part, "data-row")) for part in parts(content, "thumbnail")]


def test_the_list_tells_what_each_kept_and_how_many_are_shown(collection):
    mask = np.arange(collection.n_galaxies) < 200
    content, caption = shown(collection, MOST, mask=mask)
    change = change_between(collection, MIDDLE, LAST, 15)
    rows = changed_rows(change, collection.order, mask, N_SHOWN, is_most=True).tolist()
    assert rows_of(content) == rows
    assert f"{change.kept[rows[0]]:.0f} of 15 kept" in words(content)
    assert caption == "epoch 5 → epoch 20, first 60 of 200 selected"
    histogram = parts(content, "change-histogram")
    assert "all" in words(histogram) and "n = 600" in words(histogram)
    assert "selected" in words(histogram) and "n = 200" in words(histogram)
    assert len(parts(content, "change-bar")) == 16
    few = np.arange(collection.n_galaxies) < 20
    assert shown(collection, LEAST, mask=few)[1].endswith("all 20 selected")


def test_kept_neighbors_are_marked_in_words_too(collection):
    content, caption = shown(collection, ONE, row=11)
    along = neighbors_along(collection, LAST, 11, 15)
    lines = parts(content, "change-row")
    assert len(lines) == 3 and "3 checkpoints of the run; first 12 of 15" in caption
    for at, line in zip(along[1:], lines[1:], strict=True):
        kept = parts(line, "kept")
        assert len(kept) == at.is_kept[:12].sum()
        assert all("kept: a neighbor at" in getattr(one, "aria-label") for one in kept)
        assert f"{at.is_kept.sum()} of 15 kept" in words(line)
        assert "of 600" in words(line)  # its anomaly rank
    assert "shown" in lines[-1].className and "shown" not in lines[0].className


@pytest.mark.parametrize("row", [None, "3", -1, 600])
def test_without_an_inspected_galaxy_the_way_to_one_is_told(collection, row):
    content, caption = shown(collection, ONE, row=row)
    assert "Click a galaxy" in words(content) and caption == ""


def test_a_selection_of_nothing_is_told(collection):
    content, _ = shown(collection, MOST, mask=np.zeros(collection.n_galaxies, bool))
    assert "No galaxy is selected" in words(content)


def test_candidates_are_told_with_their_ranks(collection):
    for kind in (STABLE, FADING):
        content, caption = shown(collection, kind)
        assert len(rows_of(content)) == N_SHOWN
        told = "2 trained checkpoints, epoch 5 to epoch 20, first 60 of 600 galaxies; below each: "
        assert caption.startswith(told)
        first = parts(content, "thumbnail")[0]
        assert "epoch 5: " in first.title and "epoch 20: " in first.title


def test_what_is_nothing_to_show_is_refused(collection):
    with pytest.raises(NotFound, match="nothing 'best' to show"):
        shown(collection, "best")


def asked(app, **changed):
    values = {
        ids.SHELF: "change",
        ids.CHECKPOINT: LAST,
        ids.CHANGE_FROM: BEFORE,
        ids.CHANGE_K: "15",
        ids.CHANGE_SHOW: MOST,
        ids.SELECTED: {"id": "", "n": None},
        ids.QUERY: None,
    } | changed
    return post(app, (ids.CHANGE, "children"), values).json["response"]


def test_nothing_is_worked_out_while_it_is_not_shown(app):
    assert asked(app, **{ids.SHELF: "gallery"}) == {}
    assert "data-row" in str(asked(app)[ids.CHANGE])


@pytest.mark.parametrize(
    "changed, said",
    [
        ({ids.CHECKPOINT: FIRST}, "is the first of its run"),
        ({ids.CHECKPOINT: "no such"}, "no checkpoint"),
        ({ids.CHANGE_FROM: "no such"}, "no checkpoint"),
        ({ids.CHANGE_K: "7"}, "neighbors can be compared"),
        ({ids.CHANGE_K: None}, "data-row"),
        ({ids.CHANGE_SHOW: "pretty"}, "nothing 'pretty'"),
        ({ids.SELECTED: {"id": "no such"}}, "Nothing is known"),
    ],
)
def test_what_cannot_be_shown_is_said_in_its_place(app, changed, said):
    assert said in str(asked(app, **changed)[ids.CHANGE]["children"])


def test_what_has_no_part_in_what_is_shown_cannot_be_chosen(app):
    for show, disabled in ((MOST, (False, False)), (ONE, (True, False)), (STABLE, (True, True))):
        answer = asked(app, **{ids.CHANGE_SHOW: show})
        found = (answer[ids.CHANGE_FROM]["disabled"], answer[ids.CHANGE_K]["disabled"])
        assert found == disabled
