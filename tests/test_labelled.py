"""What is told of labels: by galaxy, user, score and tag, and what selects them."""

import numpy as np
import pytest

from dashboard.labelled import (
    BY_SCORE,
    BY_TIME,
    EVERYONE,
    MINE,
    given_labels,
    score_step,
    scores_of,
    tag_step,
    tags_of,
    users_of,
)
from data.label_ids import labels_of
from data.labels_by_row import labelled
from data.selection import resolve
from data.store import Collection
from models.errors import BadInput


@pytest.fixture
def here(collection_folder, tmp_path):
    found = Collection.open(collection_folder, tmp_path)
    store, names = labels_of(found), found.catalog["object_id"].tolist()
    store.score(names[5], 2, user="Ada")
    store.score([names[5], names[9]], 4, user="me")
    store.tag(names[7], "ring", user="Ada")
    store.tag([names[7], names[9]], "tail", user="me")
    return found


def given(collection, whose=EVERYONE, order=BY_SCORE):
    version = labels_of(collection).version()
    return given_labels(labelled(collection, version), "me", whose, order)


def test_galaxies_are_in_the_order_of_their_scores(here):
    found = given(here).first(10)
    assert [one.row for one in found] == [9, 5, 7]
    assert [one.score for one in found[:2]] == [4, 3] and np.isnan(found[2].score)
    assert found[1].in_words == "Ada: score 2; me: score 4"
    assert found[2].in_words == "Ada: ring; me: tail" and found[2].all_tags == ["ring", "tail"]


def test_or_of_their_times_the_last_first(here):
    names = here.catalog["object_id"].tolist()
    labels_of(here).score(names[5], 1, user="Ada")
    assert given(here, order=BY_TIME).first(1)[0].row == 5


def test_mine_are_those_of_the_user_alone(here):
    mine = given(here, MINE)
    found = {one.row: one for one in mine.first(len(mine))}
    assert found[5].scores == {"me": 4} and found[7].all_tags == ["tail"]
    assert users_of(mine) == [("me", 3, 2)]


def test_users_scores_and_tags_are_counted(here):
    found = given(here)
    assert users_of(found) == [("Ada", 2, 1), ("me", 3, 2)]
    assert tags_of(found) == [("tail", 2), ("ring", 1)]
    assert scores_of(found) == [(5, 0), (4, 1), (3, 2), (2, 2), (1, 2), (0, 2)]


def test_what_is_selected_is_what_was_counted(here):
    version = labels_of(here).version()
    for least, n in scores_of(given(here)):
        step = {"op": "set"} | score_step(version, least)
        assert len(resolve({"steps": [step]}, here)) == n
    own = {"op": "set"} | score_step(version, 4, "me")
    assert resolve({"steps": [own]}, here).tolist() == [5, 9]
    for tag, n in tags_of(given(here)):
        step = {"op": "set"} | tag_step(version, tag, 2)
        assert len(resolve({"steps": [step]}, here)) == n


@pytest.mark.parametrize("n_users", [1, 3, 7, 900])
def test_a_tag_of_one_among_many_users_is_selected(n_users):
    assert 0 < tag_step("1.00000000", "x", n_users)["min"] <= 1 / n_users


@pytest.mark.parametrize("whose, order", [("others", BY_SCORE), (MINE, "name")])
def test_what_is_no_way_to_list_is_refused(here, whose, order):
    with pytest.raises(BadInput, match="Labels are listed of"):
        given(here, whose, order)
