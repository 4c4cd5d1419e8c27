import numpy as np
import pytest

from data import format
from data.made_up import build_made_up
from data.similar import row_at, similar, similar_table
from data.store import Collection
from models.errors import BadInput, NotFound
from models.space import search_index

CHECKPOINT = "epoch_20"


@pytest.fixture
def points(collection):
    return np.asarray(collection.representations(CHECKPOINT), float)


def nearest(points, vector, among):
    distances = np.linalg.norm(points[among] - vector, axis=1)
    order = np.argsort(distances, kind="stable")
    return np.asarray(among)[order], distances[order]


def test_one_galaxy_has_its_stored_neighbors(collection):
    found = similar(collection, CHECKPOINT, [5], k=10, guard_arcsec=0)
    np.testing.assert_array_equal(found.rows, collection.neighbors(CHECKPOINT)[5, :10])
    np.testing.assert_allclose(found.distances, collection.distances(CHECKPOINT)[5, :10], rtol=1e-6)
    assert found.is_exact and found.recall is None and found.n_searched == 599


def test_a_selection_is_searched_alone_or_left_out(collection, points):
    chosen = np.arange(0, 600, 4)
    for given, among in (("inside", chosen), ("outside", np.setdiff1d(np.arange(600), chosen))):
        found = similar(collection, CHECKPOINT, [4, 8], k=12, guard_arcsec=0, **{given: chosen})
        among = np.setdiff1d(among, [4, 8])
        rows, _ = nearest(points, points[[4, 8]].mean(0), among)
        np.testing.assert_array_equal(found.rows, rows[:12])
        assert found.n_searched == len(among)


def test_a_vector_is_searched_from_as_its_galaxy_is(collection, points):
    found = similar(collection, CHECKPOINT, vector=points[7], k=5, metric="cosine")
    assert found.rows[0] == 7 and found.distances[0] == pytest.approx(0, abs=1e-12)


def test_neither_those_like_nor_those_unlike_are_answers(collection):
    found = similar(collection, CHECKPOINT, [1, 2], unlike=[3], k=596)
    assert not np.isin([1, 2, 3], found.rows).any()


def test_fewer_than_asked_for_are_said_to_be(collection):
    found = similar(collection, CHECKPOINT, [0], k=50, inside=np.arange(8), guard_arcsec=0)
    assert len(found.rows) == 7
    assert found.notes == ("7 galaxies were found of the 50 asked for, among 7.",)


@pytest.fixture
def with_pairs(collection_folder):
    """A collection of its own object, in whose catalog some galaxies are listed twice."""
    collection = Collection.open(collection_folder)
    near = collection.neighbors(CHECKPOINT)[5]
    catalog = collection.catalog.copy()
    catalog["ra"], catalog["dec"] = np.linspace(10, 20, 600), np.linspace(-5, 5, 600)
    for copy, of, arcsec in ((near[0], 5, 0.4), (near[3], near[2], 0.9), (near[5], near[4], 1.1)):
        catalog.loc[copy, "ra"] = catalog.loc[of, "ra"]
        catalog.loc[copy, "dec"] = catalog.loc[of, "dec"] + arcsec / 3600
    collection.__dict__["catalog"] = catalog
    return collection, near


def test_an_object_catalogued_twice_is_an_answer_once(with_pairs):
    collection, near = with_pairs
    found = similar(collection, CHECKPOINT, [5], k=6, guard_arcsec=1.0)
    np.testing.assert_array_equal(found.rows, near[[1, 2, 4, 5, 6, 7]])
    assert found.n_repeated == 2 and "2 were left out" in found.notes[0]
    assert similar(collection, CHECKPOINT, [5], k=6, guard_arcsec=0).n_repeated == 0


def test_as_many_as_asked_for_come_although_most_are_repeated(with_pairs):
    collection, _ = with_pairs
    collection.catalog.loc[:499, ["ra", "dec"]] = 0.0
    found = similar(collection, CHECKPOINT, vector=np.ones(32), k=90)
    assert len(found.rows) == 90 and (found.rows < 500).sum() == 1


def test_without_positions_nothing_is_guarded_and_it_is_said(collection_folder):
    collection = Collection.open(collection_folder)
    collection.__dict__["catalog"] = collection.catalog.assign(ra=np.nan)
    found = similar(collection, CHECKPOINT, [5], k=6)
    assert found.n_repeated == 0 and "No position is known" in found.notes[0]
    with pytest.raises(NotFound, match="has a position"):
        row_at(collection, "1 2")


def test_a_position_finds_its_galaxy_or_says_how_far_the_nearest_is(with_pairs):
    collection, _ = with_pairs
    ra, dec = collection.catalog.loc[300, ["ra", "dec"]]
    assert row_at(collection, f"{ra:.7f} {dec + 1 / 3600:.7f}") == (300, pytest.approx(1, rel=1e-2))
    object_id = collection.catalog["object_id"].iat[300]
    with pytest.raises(
        NotFound, match=f"within 5 arcsec .* nearest, {object_id}, is 10 arcsec away"
    ):
        row_at(collection, (ra, dec - 10 / 3600))
    assert row_at(collection, (ra, dec - 10 / 3600), 11)[0] == 300


def test_the_table_has_distances(collection):
    found = similar(collection, CHECKPOINT, [5], k=4, metric="cosine")
    table = similar_table(collection, found)
    assert list(table) == ["rank", "object_id", "ra", "dec", "cosine_distance"]
    assert list(table["object_id"]) == list(collection.catalog["object_id"].iloc[found.rows])
    assert table["cosine_distance"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"like": [600]}, NotFound, "no row 600"),
        ({"like": []}, BadInput, "Nothing is searched for"),
        ({"like": [1], "k": 0}, BadInput, "Between 1 and"),
        ({"like": [1], "metric": "city"}, BadInput, "no distance"),
        ({"like": [1], "vector": np.ones(32)}, BadInput, "not from both"),
        ({"vector": np.ones(5)}, BadInput, "has 5 numbers and the galaxies have 32"),
        ({"like": [1], "inside": np.arange(0)}, BadInput, "no galaxy to search among"),
        ({"like": [1], "guard_arcsec": -1}, BadInput, "guard"),
    ],
)
def test_what_cannot_be_searched_is_refused(collection, asked, error, says):
    with pytest.raises(error, match=says):
        similar(collection, CHECKPOINT, **asked)
    with pytest.raises(NotFound, match="no galaxy 'nobody'"):
        collection.rows_of(["nobody"])


def test_a_collection_of_very_many_has_an_index_of_each_metric(tmp_path, monkeypatch):
    monkeypatch.setattr(search_index, "MAX_EXACT", 300)
    folder = build_made_up(tmp_path / "many", n_galaxies=600)
    collection = Collection.open(folder)
    for metric, file in format.INDEXES.items():
        known = collection.checkpoint_info(CHECKPOINT)["indexes"][metric]
        assert f"checkpoints/{CHECKPOINT}/{file}" in collection.info["files"]
        found = similar(collection, CHECKPOINT, [5], k=10, metric=metric)
        assert not found.is_exact and found.recall == known["recall"] >= 0.98
        assert found.recall_error > 0 and found.recall_n == known["n_queries"]
        assert similar(collection, CHECKPOINT, [5], metric=metric, inside=np.arange(200)).is_exact
        monkeypatch.setattr(search_index, "MAX_EXACT", 600)
        exact = similar(collection, CHECKPOINT, [5], k=10, metric=metric)
        monkeypatch.setattr(search_index, "MAX_EXACT", 300)
        assert np.isin(exact.rows, found.rows).mean() >= 0.9


def test_a_collection_of_few_has_none(collection):
    assert collection.checkpoint_info(CHECKPOINT)["indexes"] == {}
    assert collection.search_index(CHECKPOINT, "cosine") is None


def test_a_large_collection_without_an_index_is_searched_exactly_and_says_so(
    collection, monkeypatch
):
    monkeypatch.setattr(search_index, "MAX_EXACT", 300)
    found = similar(collection, CHECKPOINT, [5], k=10, guard_arcsec=0)
    np.testing.assert_array_equal(found.rows, collection.neighbors(CHECKPOINT)[5, :10])
    assert found.is_exact and "there is no index" in found.notes[-1]
