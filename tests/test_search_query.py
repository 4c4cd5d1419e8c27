import numpy as np
import pytest

from models.errors import BadInput
from models.space.search_exact import search_exact
from models.space.search_query import AWAY, query_vector


def groups(rng, centers, n=60):
    """(n per center, d) points around each center, with a width of 1 in every direction."""
    centers = np.repeat(np.asarray(centers, float), n, axis=0)
    return (centers + rng.normal(size=centers.shape)).astype(np.float32)


def test_one_is_itself_and_several_are_their_mean(rng):
    points = rng.normal(size=(20, 6)).astype(np.float16)
    np.testing.assert_array_equal(query_vector(points, [4]), points[4])
    mean = points[[4, 7]].astype(float).mean(0)
    np.testing.assert_allclose(query_vector(points, [4, 7]), mean)


def test_it_ranks_as_nearness_to_those_like_less_nearness_to_those_unlike(rng):
    points = rng.normal(size=(200, 6)).astype(np.float32)
    vector = query_vector(points, [0, 1, 2], [3, 4])
    likes, unlikes = points[:3].mean(0, dtype=float), points[3:5].mean(0, dtype=float)
    g = AWAY / (1 + AWAY)
    rank = ((points - likes) ** 2).sum(1) - g * ((points - unlikes) ** 2).sum(1)
    np.testing.assert_array_equal(search_exact(points, vector, 200).rows[0], np.argsort(rank))


def test_those_unlike_push_their_own_kind_back(rng):
    # Two kinds that overlap, and one far away on the other side.
    points = groups(rng, [[0, 0, 0, 0], [1.5, 0, 0, 0], [-12, 0, 0, 0]])
    like, unlike = range(10), range(60, 70)

    def share_of_own_kind(vector):
        return (search_exact(points, vector, 40).rows < 60).mean()

    pushed = share_of_own_kind(query_vector(points, like, unlike))
    assert pushed > share_of_own_kind(query_vector(points, like)) + 0.05


def test_those_unlike_far_away_do_not_throw_the_query_out_of_its_group(rng):
    points = groups(rng, [[0] * 8, [20] + [0] * 7, [-20] + [0] * 7])
    found = search_exact(points, query_vector(points, range(5), range(60, 65)), 50)
    assert (found.rows < 60).all()


def test_the_mean_for_the_cosine_is_of_directions(rng):
    points = np.array([[100, 0], [0, 1]], np.float32)
    vector = query_vector(points, [0, 1], metric="cosine")
    assert vector[0] == pytest.approx(vector[1])


def test_what_says_nothing_is_refused(rng):
    points = rng.normal(size=(9, 3)).astype(np.float32)
    points[8] = 0
    with pytest.raises(BadInput, match="Nothing is searched for"):
        query_vector(points, [])
    with pytest.raises(BadInput, match="Row 2 is among those like and those unlike"):
        query_vector(points, [1, 2], [2])
    with pytest.raises(BadInput, match="row 8 has no direction"):
        query_vector(points, [1, 8], metric="cosine")
