import numpy as np
import pytest

from dashboard.candidates import candidates
from dashboard.panels import anomalies_listed
from dashboard.panels.anomalies import MAX_PER_PAGE, PER_PAGE, per_page, place_of
from dashboard.panels.anomalies_listed import Listed, listed_by
from dashboard.panels.anomalies_why import ratio_text
from dashboard.ranking import Ranking
from models.errors import NotFound


@pytest.fixture
def listed(collection):
    values = np.full(collection.n_galaxies, np.nan, np.float32)
    values[:25] = np.arange(25)[::-1]
    return Listed(Ranking(("test_anomalies", "listed"), values, True), "density")


def shown_page(collection, listed, first, n):
    found = candidates(collection, None, collection.checkpoints[0], listed.ranked)
    return anomalies_listed.shown_page(collection, listed, found, first, n)


def rows_of(thumbnails):
    return [int(getattr(thumbnail, "data-row")) for thumbnail in thumbnails]


def test_pages_go_through_the_candidates_and_name_their_places(collection, listed):
    first, caption = shown_page(collection, listed, 0, 10)
    second, more = shown_page(collection, listed, 10, 10)
    assert rows_of(first) == list(range(24, 14, -1)) and caption.startswith("1–10 of 25, density")
    assert rows_of(second) == list(range(14, 4, -1)) and more.startswith("11–20 of 25")
    assert second[0].children[1].children == "#11 10"


def test_beyond_the_last_candidate_is_the_last_page(collection, listed):
    for first in (25, 40, 10**7):
        thumbnails, caption = shown_page(collection, listed, first, 10)
        assert rows_of(thumbnails) == [4, 3, 2, 1, 0] and caption.startswith("21–25 of 25")
    assert shown_page(collection, listed, -3, 10)[1].startswith("1–10")


def test_as_many_are_shown_as_the_box_has_space_for(collection, listed):
    assert len(shown_page(collection, listed, 0, per_page(17))[0]) == 17
    assert per_page(None) == per_page("9") == per_page(3.5) == per_page(True) == PER_PAGE
    assert per_page(0) == per_page(-4) == 1 and per_page(10**6) == MAX_PER_PAGE


@pytest.mark.parametrize("first", [None, "12", 3.7, True, -5, [1]])
def test_a_place_that_is_none_is_the_first(first):
    assert place_of(first) == 0 and place_of(24) == 24


def test_a_large_distance_is_unusual(collection):
    checkpoint = collection.checkpoints[0]
    distances = collection.density(checkpoint)["neighbor_distance"]
    far = listed_by(collection, None, "neighbor_distance", checkpoint, ())
    assert rows_of(shown_page(collection, far, 0, 1)[0]) == [np.argmax(distances)]


def test_a_ranking_that_is_none_is_refused(collection):
    with pytest.raises(NotFound, match="no ranking 'brightest'"):
        listed_by(collection, None, "brightest", collection.checkpoints[0], ())


@pytest.mark.parametrize(
    "ratio, text",
    [(0.125, "0.12"), (9.4, "9.4"), (168.4, "168"), (12345, "12,345"), (1.686e11, "1.7 × 10¹¹")],
)
def test_a_ratio_of_densities_is_told_in_few_digits(ratio, text):
    assert ratio_text(ratio) == text
