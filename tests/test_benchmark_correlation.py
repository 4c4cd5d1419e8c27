"""Every pair counter that the benchmark compares with counts the same pairs as ours."""

import json
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from benchmarks import correlation, counting, references
from benchmarks.counting import Case, compare_counting, from_queries
from benchmarks.peers import PEERS, SCIPY, SKLEARN, Peer, each_once
from benchmarks.points import even_edges, largest_separation, ten_blobs
from benchmarks.rows import Row, as_table
from benchmarks.timing import take_turns
from models.space.pairs import count_pairs

INSTALLED = [peer for peer in PEERS if peer.why_missing() is None]
EXACT = [peer for peer in INSTALLED if not peer.rounding]


@pytest.fixture(scope="module")
def points():
    return ten_blobs(400, 3)


@pytest.fixture(scope="module")
def edges(points):
    return even_edges(points, 1.0, 30)


def test_the_blobs_are_the_same_in_every_run():
    np.testing.assert_array_equal(ten_blobs(50, 3), ten_blobs(50, 3))
    assert ten_blobs(50, 3).dtype == np.float32


@pytest.mark.parametrize("n_dim", [1, 3, 40])
def test_the_largest_separation_is_that_of_all_pairs(n_dim):
    points = ten_blobs(300, n_dim)
    np.testing.assert_allclose(largest_separation(points), pdist(points).max(), rtol=1e-12)


def test_the_full_range_holds_every_pair(points, edges):
    assert count_pairs(points, edges).sum() == 400 * 399 // 2


def test_our_pairs_of_queries_match_brute_force(points, edges):
    # All pairs less those of the points that are not queries; pairs of two queries count twice.
    far = points.astype(np.float64)
    brute = sum(
        np.histogram(np.delete(np.linalg.norm(far - far[i], axis=1), i), edges)[0]
        for i in range(30)
    )
    np.testing.assert_array_equal(from_queries(points, edges, 30), brute)


def test_the_libraries_that_are_always_there_are_compared_with():
    assert {SCIPY.name, SKLEARN.name} <= {peer.name for peer in INSTALLED}


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_peer_is_missing_just_when_its_package_is(peer):
    try:
        version(peer.package)
    except PackageNotFoundError:
        assert peer.package in {"Corrfunc", "TreeCorr"}
        assert "No module" in peer.why_missing()
    else:
        assert peer.why_missing() is None


def test_a_package_that_is_not_there_is_said_to_be_missing():
    peer = Peer("Nobody", "no_such_counter", "no-such-counter", SCIPY.count)
    assert "no_such_counter" in peer.why_missing()


@pytest.mark.parametrize("part", [1.0, 0.2])
@pytest.mark.parametrize("peer", EXACT, ids=lambda peer: peer.name)
def test_peers_in_double_precision_count_the_same_pairs(peer, part, points):
    edges = even_edges(points, part, 30)
    counts = peer.count(points, edges, len(points), 2)
    np.testing.assert_array_equal(counts, count_pairs(points, edges))


@pytest.mark.parametrize("peer", EXACT, ids=lambda peer: peer.name)
def test_peers_that_take_part_of_the_points_count_the_same_pairs(peer, points, edges):
    if peer.share == 1:
        # Fast enough for all: not asked for less.
        assert peer.n_queries(len(points)) == len(points)
        return
    n_queries = peer.n_queries(len(points))
    counts = peer.count(points, edges, n_queries, 2)
    np.testing.assert_array_equal(counts, from_queries(points, edges, n_queries))


def test_inexact_peers_that_are_installed_count_every_pair_in_about_its_bin(points, edges):
    ours = count_pairs(points, edges)
    separations = pdist(points.astype(np.float64))
    near = np.array([np.sum(np.abs(separations - edge) < 1e-5 * edges[-1]) for edge in edges[1:]])
    for peer in INSTALLED:
        counts = peer.count(points, edges, peer.n_queries(len(points)), 2)
        if peer.rounding == "float32":  # it differs at edges alone
            moved = np.cumsum(counts - ours)  # pairs that crossed each edge
            assert (np.abs(moved) <= near).all() and counts.sum() == ours.sum()
        if peer.rounding == "cells whole":
            assert counts.sum() == ours.sum()
            assert np.abs(counts - ours).sum() < 0.1 * ours.sum()


def test_pairs_of_a_point_with_itself_are_taken_off_only_where_they_are():
    ordered = np.array([10, 4])  # 4 points at one place or nearly: 6 ordered pairs, 4 with itself
    np.testing.assert_array_equal(each_once(ordered, np.array([0.0, 1, 2]), 4, 4), [3, 2])
    np.testing.assert_array_equal(each_once(ordered, np.array([0.5, 1, 2]), 4, 4), [5, 2])
    np.testing.assert_array_equal(each_once(ordered, np.array([0.0, 1, 2]), 9, 4), [6, 4])


def test_a_comparison_says_how_many_pairs_differ():
    wrong = Peer("Wrong", "scipy", "scipy", lambda *a: SCIPY.count(*a) + np.eye(30, dtype=int)[3])
    right, other = compare_counting(Case(300, 4, 1.0, (SCIPY, wrong), {"Wrong": 1e9}), 1, 3)
    assert right.pairs == 30 * 299  # from a tenth of the points
    assert right.n_elsewhere == 0 and right.target is None and right.is_met is None
    assert other.n_elsewhere == 1 and other.pairs == 300 * 299 // 2
    assert other.is_met is False and "1 elsewhere" in as_table([other])


def test_a_missing_peer_leaves_no_row():
    gone = Peer("Nobody", "no_such_counter", "no-such-counter", SCIPY.count)
    assert list(compare_counting(Case(100, 2, 1.0, (gone,)), 1, 3)) == []


def test_ratios_are_of_times_and_per_core_of_times_by_threads():
    row = Row("case", "peer", 6.0, 2.0, threads=1, our_threads=2, target=3.0)
    assert row.value == 3 and row.value_per_core == 1.5 and row.is_met
    limit = Row("case", "bound", 2.0, 3.0, threads=2, our_threads=2, target=1.4, is_limit=True)
    assert limit.value == 1.5 and limit.is_met is False


def test_sizes_that_say_nothing_are_not_judged():
    row = Row("case", "peer", 1.0, 2.0, 1, 1, target=3.0, is_judged=False)
    assert row.is_met is None and "not judged" in as_table([row])


def test_calls_take_turns():
    order = []
    seconds = take_turns({name: lambda name=name: order.append(name) for name in "ab"}, 3)
    assert order == list("ababab") and set(seconds) == {"a", "b"}


def test_the_products_are_of_every_tile_with_those_after_it():
    # Tiles of 32, 32 and 16 points: three whole products, two of 32 x 16, one of 16 x 16.
    assert references.multiply_tiles(ten_blobs(80, 4), 32) == 3 * 32**2 + 2 * 32 * 16 + 16**2
    assert references.multiply_tiles(ten_blobs(20, 4), 32) == 20**2


def test_the_random_catalog_agrees_with_the_exact_probabilities():
    row = references.compare_with_randoms(200, 5, 1, 3, target=1.0, is_judged=True)
    assert row.value > 1 and row.is_met
    assert float(row.difference.split()[1].rstrip(",")) < 0.3  # of bins with 100 pairs and more


def test_the_command_writes_every_row_and_fails_on_a_missed_target(tmp_path, monkeypatch, capsys):
    cases = (Case(300, 3, 1.0, PEERS, {SCIPY.name: 1e9}),)
    monkeypatch.setattr(correlation, "CASES", cases)
    monkeypatch.setattr(counting, "N_WARM", 50)
    monkeypatch.setattr(correlation, "compare_with_products", lambda *a, **k: PRODUCTS)
    monkeypatch.setattr(correlation, "compare_with_randoms", lambda *a, **k: PRODUCTS)
    path = tmp_path / "out.json"
    assert correlation.main(["--json", str(path)]) == 1
    report = json.loads(path.read_text())
    assert report["n_missed"] == 1 and len(report["rows"]) == len(INSTALLED) + 3
    assert report["machine"]["cpu"] and report["versions"]["numpy"] == np.__version__
    printed = capsys.readouterr().out
    assert "3 of 4 targets met; missed: 300 x 3, full range against scipy cKDTree." in printed
    assert correlation.main(["--quick"]) == 0


PRODUCTS = Row("products", "BLAS", 1.0, 1.0, 1, 1, target=1.5, is_limit=True)


def test_fewer_than_three_rounds_are_refused(capsys):
    with pytest.raises(SystemExit):
        correlation.main(["--repeats", "2"])
    assert "3 rounds" in capsys.readouterr().err
