"""Labels by row: what is read again only where it changed is what would be read anew."""

import numpy as np
import pytest

from data import labels_by_row
from data.kept import Kept
from data.label_ids import labels_of
from data.label_import import import_labels
from data.labels_by_row import labelled
from data.store import Collection

USERS, TAGS = ("Ada", "Bob", "me"), ("merger", "ring", "odd")


@pytest.fixture
def here(collection_folder, tmp_path, monkeypatch):
    """The collection, with labels of its own and nothing kept of others'."""
    forget(monkeypatch)
    return Collection.open(collection_folder, tmp_path / "kept")


def forget(monkeypatch):
    monkeypatch.setattr(labels_by_row, "_LABELLED", Kept(2**24))
    monkeypatch.setattr(labels_by_row, "_LAST", {})


def told(found):
    """What labels say, in an order of their own."""
    pairs = sorted(zip(found.rows.tolist(), map(str, found.labels), strict=True))
    return pairs, found.absent, found.users, found.tags


def act(store, rng, ids):
    """Somebody does something to labels; several galaxies at once, now and then."""
    some = [str(name) for name in rng.choice(ids, rng.integers(1, 4), replace=False)]
    user, tag = str(rng.choice(USERS)), str(rng.choice(TAGS))
    score = None if rng.random() < 0.2 else int(rng.integers(0, 6))
    acts = {
        "score": lambda: store.score(some, score, user=user),
        "tag": lambda: store.tag(some, tag, user=user),
        "untag": lambda: store.untag(some, tag, user=user),
        "undo": lambda: store.undo(user),
        "redo": lambda: store.redo(user),
    }
    acts[str(rng.choice(list(acts), p=[0.4, 0.2, 0.1, 0.2, 0.1]))]()


@pytest.mark.parametrize("most", [5_000, 2])
def test_after_every_act_they_are_what_is_read_anew(here, monkeypatch, rng, most):
    monkeypatch.setattr(labels_by_row, "MAX_CHANGED", most)
    store, ids = labels_of(here), here.catalog["object_id"].to_numpy(dtype=str)[:12]
    seen = {}
    for _ in range(60):
        act(store, rng, ids)
        if rng.random() < 0.7:  # not every version is looked at
            seen[store.version()] = told(labelled(here, store.version()))
    assert len(seen) > 20 and any(pairs for pairs, *_ in seen.values())
    for version in reversed(seen):
        forget(monkeypatch)
        assert told(labelled(here, version)) == seen[version]


def test_of_an_earlier_version_nothing_of_a_later_one_is_taken(here, monkeypatch):
    store, first = labels_of(here), str(here.catalog["object_id"].iat[0])
    store.score(first, 5)
    before = store.version()
    store.score(first, 1)
    assert labelled(here, store.version()).scores.tolist() == [1]
    assert labelled(here, before).scores.tolist() == [5]
    assert labelled(here, store.version()).scores.tolist() == [1]


def test_what_has_not_changed_is_not_read_again(here, monkeypatch):
    store, ids = labels_of(here), here.catalog["object_id"].to_numpy(dtype=str)
    store.score([str(name) for name in ids[:50]], 3)
    labelled(here, store.version())
    store.score(str(ids[7]), 4)
    asked, read = [], store.labels
    monkeypatch.setattr(
        type(store),
        "labels",
        lambda _, names=None, version=None: asked.append(names) or read(names, version),
    )
    found = labelled(here, store.version())
    assert asked == [[str(ids[7])]]
    assert len(found.rows) == 50 and found.scores[found.rows == 7].tolist() == [4]


def test_galaxies_that_are_not_here_are_counted_once(here, tmp_path):
    store = labels_of(here)
    file = tmp_path / "labels.csv"
    known = str(here.catalog["object_id"].iat[0])
    file.write_text(f"object_id,score\n{known},3\n")
    import_labels(store, file, "me")
    assert labelled(here, store.version()).n_absent == 0
    everywhere = type(store)(store.database.path)  # of a program that knows no collection
    everywhere.score(["elsewhere", "nowhere"], 2)
    assert labelled(here, store.version()).absent == {"elsewhere", "nowhere"}
    everywhere.score(["elsewhere", known], 4)
    found = labelled(here, store.version())
    assert found.absent == {"elsewhere", "nowhere"} and found.scores.tolist() == [4]


def test_arrays_are_of_the_labels_in_their_order(here):
    store, ids = labels_of(here), here.catalog["object_id"].to_numpy(dtype=str)
    store.score([str(ids[3]), str(ids[5])], 2, user="Ada")
    store.tag(str(ids[5]), "ring", user="Bob")
    found = labelled(here, store.version())
    by = [found.users[place] for place in found.by]
    assert by == [label.user for label in found.labels]
    assert found.rows[found.having("ring")].tolist() == [5]
    assert np.isnan(found.scores[found.having("ring")]).all()
    assert (np.diff(np.sort(found.at)) >= 0).all() and found.at.min() > 1.7e15  # microseconds
