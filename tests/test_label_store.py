import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from data.label_events import MAX_NAME, new_id, time_text
from data.label_ids import labels_of
from data.label_queries import NO_LABELS, insert
from data.label_store import LabelStore
from data.selection_ids import rows_of_ids
from data.store import Collection
from models.errors import BadInput, NotFound


@pytest.fixture
def store(tmp_path):
    return LabelStore(tmp_path / "kept" / "labels.sqlite")


def said(store, **asked):
    """Labels as (galaxy, user): (score, tags)."""
    return {
        (label.object_id, label.user): (label.score, label.tags) for label in store.labels(**asked)
    }


def test_the_last_score_of_a_user_holds_and_tags_add_up(store):
    store.score("a", 3)
    store.score("a", 5)
    store.score("a", 1, user="Ada")
    store.tag("a", "merger")
    store.tag("a", "dust lane")
    store.tag("b", "merger", user="Ada")
    assert said(store) == {
        ("a", "me"): (5, ("dust lane", "merger")),
        ("a", "Ada"): (1, ()),
        ("b", "Ada"): (None, ("merger",)),
    }
    assert store.users() == ["Ada", "me"] and store.tags() == ["dust lane", "merger"]
    assert said(store, object_ids=["b", "c"]) == {("b", "Ada"): (None, ("merger",))}


def test_what_is_taken_back_is_gone_and_stays_in_the_history(store):
    store.score("a", 0)
    store.tag("a", "merger")
    store.score("a", None)
    store.untag("a", "merger")
    assert said(store) == {}
    assert [(event.kind, event.value) for event in store.history("a")] == [
        ("score", 0),
        ("tag", 1),
        ("score", None),
        ("tag", 0),
    ]


def test_how_and_when_a_galaxy_was_reached_is_kept(store):
    before = time_text(datetime.now(UTC))
    reached = {"list": "anomalies", "rank": 7, "checkpoint": "epoch_20", "query": None}
    act = store.score("a", 3, reached=reached)
    (event,) = store.history("a")
    assert (event.reached, event.act, event.user) == (reached, act, "me")
    assert before <= event.at <= time_text(datetime.now(UTC))
    assert store.labels()[0].score_at == event.at and store.labels()[0].tags_at is None
    assert store.recent() == store.recent("me") == [event] and store.recent("Ada") == []


def test_many_are_one_act_stored_whole_and_undone_whole(store):
    names = [f"galaxy {number}" for number in range(1000)]
    store.score("galaxy 3", 5)
    act = store.score([*names, "galaxy 0"], 2)
    assert [label.score for label in store.labels()] == [2] * 1000
    undone = store.undo()
    assert {event.act for event in undone} == {act} and len(undone) == 1000
    assert all(event.is_undone for event in undone)
    assert said(store) == {("galaxy 3", "me"): (5, ())}


def test_undo_takes_back_one_act_after_another_and_redo_brings_them_again(store):
    store.score("a", 1)
    store.score("a", 2)
    store.tag("a", "merger")
    states = [said(store)]
    for _ in range(3):
        assert len(store.undo()) == 1
        states.append(said(store))
    assert states == [
        {("a", "me"): (2, ("merger",))},
        {("a", "me"): (2, ())},
        {("a", "me"): (1, ())},
        {},
    ]
    assert store.undo() == []
    for expected in reversed(states[:-1]):
        (back,) = store.redo()
        assert said(store) == expected and not back.is_undone
    assert store.redo() == []
    store.undo()
    store.undo()
    assert said(store) == states[2]
    store.redo()
    store.undo()
    assert said(store) == states[2]
    store.score("a", 4)
    assert store.redo() == []  # labelled since
    store.undo()
    assert said(store) == states[2]


def test_each_user_undoes_their_own(store):
    store.score("a", 1, user="Ada")
    store.score("a", 2, user="Bob")
    (undone,) = store.undo("Ada")
    assert undone.user == "Ada" and said(store) == {("a", "Bob"): (2, ())}
    assert store.undo("Ada") == [] and store.redo("Bob") == []
    store.redo("Ada")
    assert len(store.labels()) == 2
    assert store.undo("nobody") == []


def test_undoings_are_in_the_history_of_what_they_are_about(store):
    store.score("a", 1)
    store.score("b", 1)
    store.undo()
    store.redo()
    store.undo()
    assert [(event.kind, event.is_undone) for event in store.history("b")] == [
        ("score", True),
        ("undo", True),
        ("undo", False),
        ("undo", False),
    ]
    assert [event.kind for event in store.history("a")] == ["score"]
    assert len(store.events()) == 5


def test_a_history_is_found_without_reading_those_of_others(store):
    store.score("a", 1)
    with store.database.reading() as connection:
        plan = " ".join(
            row[3]
            for row in connection.execute(
                "EXPLAIN QUERY PLAN SELECT act FROM events WHERE undoes = 'x' AND kind = 'undo'"
            )
        )
    assert "undos_by_what" in plan and "SCAN" not in plan


def test_a_version_means_the_same_labels_for_ever(store):
    states = {store.version(): said(store)}
    for act in (
        lambda: store.score("a", 1),
        lambda: store.score("b", 2, user="Ada"),
        lambda: store.undo(),
        lambda: store.redo(),
        lambda: store.score(["a", "b"], None),
    ):
        act()
        states[store.version()] = said(store)
    assert len(states) == 6 and NO_LABELS in states
    for version, state in states.items():
        assert said(store, version=version) == state
    for wrong in ("99.00000000", "1.00000000", "x", ""):
        with pytest.raises(NotFound, match="never been at version"):
            store.labels(version=wrong)


def test_the_version_changes_with_a_label_of_another_process(store):
    store.score("a", 1)
    version = store.version()
    LabelStore(store.database.path).score("a", 1)
    assert store.version() != version


def test_times_go_forward_also_where_a_clock_was_set_back(store):
    store.score("a", 1)
    (event,) = store.events()
    ahead = time_text(datetime.now(UTC) + timedelta(minutes=50))
    with store.database.writing() as connection:
        insert(connection, [replace(event, id=new_id(), act=new_id(), at=ahead, value=2)])
    store.score("a", 3)
    assert said(store) == {("a", "me"): (3, ())}
    assert store.events()[-1].at > ahead


def test_the_same_events_make_the_same_labels_in_whatever_order_they_come(store, tmp_path, rng):
    for number in range(60):
        user = ("Ada", "Bob")[number % 2]
        if number % 5 == 4:
            (store.undo if number % 10 == 4 else store.redo)(user)
        else:
            store.score("abc"[number % 3], int(rng.integers(0, 6)), user=user)
    events = store.events()
    at = events[20].at  # some at the very same time, as in files of two machines
    events = [replace(event, at=at) if 20 <= k < 30 else event for k, event in enumerate(events)]
    states = []
    for name in ("first", "second"):
        other = LabelStore(tmp_path / f"{name}.sqlite")
        with other.database.writing() as connection:
            insert(connection, [events[place] for place in rng.permutation(len(events))])
        states.append(said(other))
    assert states[0] == states[1] and len(states[0]) > 3


def test_names_are_trimmed_and_composed_and_their_case_counts(store):
    store.tag("a", "  bande  de poussie\u0300re ", user=" Rene\u0301 ")
    store.tag("a", "Bande de poussière", user="René")
    assert said(store) == {("a", "René"): (None, ("Bande de poussière", "bande de poussière"))}
    store.tag("銀河 1", "🌀 渦", user="天文")
    assert said(store, object_ids=["銀河 1"]) == {("銀河 1", "天文"): (None, ("🌀 渦",))}


@pytest.mark.parametrize("value", [-1, 6, 2.5, "3", True, float("nan"), float("inf"), [3], 10**30])
def test_a_score_that_is_none_is_refused(store, value):
    with pytest.raises(BadInput, match="whole number from 0 to 5"):
        store.score("a", value)
    assert store.events() == []


@pytest.mark.parametrize("name", ["", "  ", "x" * (MAX_NAME + 1), "a\x00b", "a\u202eb", None, 3])
def test_a_name_that_is_none_is_refused(store, name):
    with pytest.raises(BadInput, match="A tag has"):
        store.tag("a", name)
    with pytest.raises(BadInput, match="The name of a user has"):
        store.score("a", 3, user=name)
    with pytest.raises(BadInput, match="The name of a user has"):
        store.undo(user=name)
    assert store.events() == []


def test_a_tag_that_files_could_not_hold_is_refused(store):
    with pytest.raises(BadInput, match="'a;b'"):
        store.tag("a", "a;b")


@pytest.mark.parametrize(
    "reached",
    [[], "x", {"rank": float("nan")}, {"x": object()}, {"x": "y" * 5000}, {"x": "\udc00"}],
)
def test_a_way_that_is_no_record_is_refused(store, reached):
    with pytest.raises(BadInput, match="How a galaxy was reached"):
        store.score("a", 3, reached=reached)
    assert store.events() == []


@pytest.mark.parametrize("names", [[], [3], [""], "", [None], range(3)])
def test_galaxies_that_are_not_named_are_refused(store, names):
    with pytest.raises(BadInput, match="named by identifiers"):
        store.score(names, 3)


def test_more_than_can_be_labelled_at_once_is_refused(store, monkeypatch):
    monkeypatch.setattr("data.label_store.MAX_AT_ONCE", 3)
    with pytest.raises(BadInput, match="At most 3 galaxies .* not 4"):
        store.score(list("abcd"), 3)
    assert store.events() == []


def test_text_that_looks_like_sql_is_text(store):
    name = "x'); DROP TABLE events; --"
    store.score(name, 3, user=name)
    assert said(store) == {(name, name): (3, ())}


def test_all_scores_alike_are_labels_like_any(store):
    store.score([f"galaxy {number}" for number in range(50)], 3)
    assert {label.score for label in store.labels()} == {3} and len(store.labels()) == 50


def opened(folder, tmp_path):
    return Collection.open(folder, tmp_path / "kept")


def test_galaxies_that_the_collection_has_not_are_named_and_nothing_is_stored(
    collection_folder, tmp_path
):
    here = opened(collection_folder, tmp_path)
    store, known = labels_of(here), here.catalog["object_id"].tolist()[:3]
    with pytest.raises(NotFound, match=r"7 of 10 galaxies .*'0', '1', '2', '3', '4' and 2 more"):
        store.score([*known, *map(str, range(7))], 3)
    assert store.events() == [] and not here.kept.exists()
    store.score(known, 3)
    assert len(store.labels()) == 3
    assert store.database.path == here.kept / "labels.sqlite" and store.database.path.is_file()
    assert not list(here.folder.rglob("labels.sqlite*"))  # beside the collection, never inside


def test_labels_hold_for_a_build_with_its_galaxies_in_another_order(
    collection_folder, tmp_path, rng
):
    here = opened(collection_folder, tmp_path)
    labelled = here.catalog["object_id"].iloc[[5, 100, 599]].tolist()
    for value, name in enumerate(labelled):
        labels_of(here).score(name, value)
    folder = tmp_path / "rebuilt" / collection_folder.name
    shutil.copytree(collection_folder, folder)
    info = json.loads((folder / "collection.json").read_text())
    (folder / "collection.json").write_text(json.dumps(info | {"seed": 99}))
    there = opened(folder, tmp_path)
    order = rng.permutation(there.n_galaxies)
    there.__dict__["catalog"] = there.catalog.iloc[order].reset_index(drop=True)
    found = {label.object_id: label.score for label in labels_of(there).labels()}
    assert found == dict(zip(labelled, range(3), strict=True))
    np.testing.assert_array_equal(order[rows_of_ids(there, labelled)], [5, 100, 599])


def test_the_last_acts_are_told_once_each_with_how_many_events_they_have(store):
    assert store.recent_acts() == []
    store.score("a", 3)
    store.tag(["a", "b", "c"], "ring", user="Ada")
    store.undo("Ada")
    store.score("b", 1)
    told = [(event.kind, event.user, n, event.is_undone) for event, n in store.recent_acts()]
    assert told == [
        *[("score", "me", 1, False), ("undo", "Ada", 1, False)],
        *[("tag", "Ada", 3, True), ("score", "me", 1, False)],
    ]
    assert [event.kind for event, _ in store.recent_acts(2)] == ["score", "undo"]
