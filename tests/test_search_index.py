from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import faiss
import numpy as np
import pytest

from models.space import search_index as module
from models.space.search_exact import search_exact
from models.space.search_index import (
    SearchIndex,
    build_index,
    facts_of,
    open_index,
    search_points,
)

N = 6_000


@pytest.fixture(scope="module")
def points():
    """(N, 48): five dimensions, bent into 48, with a little of every direction; a 0 among them."""
    rng = np.random.default_rng(1)
    latent = rng.normal(size=(N, 5))
    bent = np.tanh(latent @ rng.normal(size=(5, 48)) / 2) + rng.normal(scale=0.02, size=(N, 48))
    bent[N - 7] = 0
    return (bent + 0.3 * (np.arange(N) != N - 7)[:, None]).astype(np.float32)


@pytest.fixture(scope="module", params=["euclidean", "cosine"])
def built(request, points, tmp_path_factory):
    """An index of each metric, its facts and its file."""
    path = tmp_path_factory.mktemp("index") / "index.faiss"
    facts = build_index(points, path, metric=request.param)
    return open_index(path, facts), facts, path


@pytest.fixture
def few_exact(monkeypatch):
    monkeypatch.setattr(module, "MAX_EXACT", 1_000)


def recall_of(found, true):
    return np.mean([np.isin(mine, theirs).mean() for mine, theirs in zip(true, found, strict=True)])


def test_its_recall_is_what_queries_that_it_was_not_built_with_find(points, built):
    index, facts, path = built
    assert facts.recall >= 0.98 and 0 < facts.recall_error < 0.01
    assert facts.n_queries >= 999 and facts.n_neighbors == 10
    assert facts.size == path.stat().st_size and facts.seconds > 0
    between = (points[100:300] + points[101:301]) / 2
    true = search_exact(points, between, 10, metric=facts.metric)
    found = [rows for rows, _ in index.search(points, between, 10)]
    assert recall_of(found, true.rows) >= 0.95


def test_distances_are_the_true_ones_in_order(points, built):
    index, facts, _ = built
    rows, distances = index.search(points, points[50:51], 20)[0]
    assert rows[0] == 50 and (np.diff(distances) >= 0).all()
    true = search_exact(points, points[50], N, metric=facts.metric)
    place = {row: distance for row, distance in zip(true.rows[0], true.distances[0], strict=True)}
    np.testing.assert_allclose(distances, [place[row] for row in rows], rtol=1e-9, atol=1e-15)


def test_a_mapped_file_finds_what_the_index_in_memory_finds(points, built):
    index, facts, path = built
    in_memory = SearchIndex(faiss.read_index(str(path)), index.n_probed, facts.metric)
    for mine, theirs in zip(
        index.search(points, points[:20], 10),
        in_memory.search(points, points[:20], 10),
        strict=True,
    ):
        np.testing.assert_array_equal(mine[0], theirs[0])


def test_threads_with_different_selections_do_not_disturb_each_other(points, built):
    index, _, _ = built
    selections = [None, np.arange(0, N, 2), np.arange(1, N, 2), np.arange(N // 2)]

    def search(number):
        return index.search(points, points[number : number + 1], 10, selections[number % 4])[0][0]

    alone = [search(number) for number in range(200)]
    with ThreadPoolExecutor(4) as pool:
        for mine, theirs in zip(pool.map(search, range(200)), alone, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_few_are_searched_exactly_and_many_by_the_index(points, built, few_exact):
    index, facts, _ = built
    vector, most, few = points[9] * 1.01, np.arange(0, N, 3), np.arange(0, N, 10)
    for rows, wants_exact in ((None, False), (most, False), (few, True)):
        found, is_exact = search_points(
            points, vector, 10, metric=facts.metric, index=index, rows=rows
        )
        assert is_exact is wants_exact
        assert found.n_searched == (N if rows is None else len(rows))
        true = search_exact(points, vector, 10, metric=facts.metric, rows=rows)
        assert np.isin(found.rows, true.rows).mean() >= 0.9
        assert rows is None or np.isin(found.rows, rows).all()
    assert search_points(points, vector, 10, metric=facts.metric)[1]  # there is no index


def test_a_point_without_a_direction_is_never_found_by_the_cosine(points, built):
    index, facts, _ = built
    everything = SearchIndex(index.index, 10_000, facts.metric)
    rows = everything.search(points, points[:1], N)[0][0]
    assert (N - 7 in rows) == (facts.metric == "euclidean")


def test_facts_come_back_from_json(built):
    assert facts_of(asdict(built[1]) | {"later": 1}) == built[1]
