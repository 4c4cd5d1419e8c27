"""Columns that follow the labels: named for what they are of, told apart by version where used."""

import pytest

from data.label_columns import label_column
from data.label_ids import labels_of
from data.label_present import (
    at_present,
    following_columns,
    follows,
    is_of_labels,
    pinned_at,
    title_at_present,
    unpinned,
)
from data.store import Collection


@pytest.fixture
def here(collection_folder, tmp_path):
    return Collection.open(collection_folder, tmp_path)


def test_a_column_that_follows_is_the_present_one(here):
    names = here.catalog["object_id"].tolist()
    store = labels_of(here)
    store.score(names[3], 4, user="Ada")
    first = at_present(here, "score@now")
    store.score(names[5], 2, user="Ada")
    second = at_present(here, "score@now")
    assert first != second and unpinned(first) == unpinned(second) == "score@now"
    assert label_column(here, second)[5] == 2
    assert label_column(here, first)[3] == 4 and not label_column(here, first)[5] == 2


@pytest.mark.parametrize("name", ["score@now", "score:Ada @home@now", "tag:a@1.00000000@now"])
def test_what_follows_is_told_from_what_does_not(name):
    assert follows(name) and is_of_labels(name)
    pinned = pinned_at(name, "7.0123abcd")
    assert pinned.endswith("@7.0123abcd") and unpinned(pinned) == name
    assert not follows(pinned) and is_of_labels(pinned)
    assert title_at_present(name) == title_at_present(pinned)


@pytest.mark.parametrize("name", ["score", "score@", "x@now", "tag:@now", "redshift", None, 3])
def test_any_other_name_stays_as_it_is(here, name):
    assert not follows(name) and not is_of_labels(name)
    assert at_present(here, name) == name and unpinned(name) == name


def test_columns_come_with_the_labels(here):
    assert following_columns(here) == ()
    store = labels_of(here)
    store.tag(here.catalog["object_id"].iat[0], "ring")
    assert following_columns(here) == ("tag:ring@now",)


def test_labels_that_cannot_be_read_have_no_columns(here):
    path = labels_of(here).database.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database, but long enough to be looked at" * 50)
    assert following_columns(here) == ()
