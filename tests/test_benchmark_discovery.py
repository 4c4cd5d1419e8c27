"""The benchmark of discovery counts what it plants, and says what it did not find."""

import json

import h5py
import numpy as np
import pytest

from benchmarks import discovery, discovery_draws
from benchmarks.discovery_discriminant import discriminants
from benchmarks.discovery_draws import Draw, space_of
from benchmarks.discovery_ellipses import N_FEATURES, ellipse_features
from benchmarks.discovery_labels import (
    COMPONENTS,
    OURS,
    Loop,
    Taught,
    learn_as_astronomaly,
    simulated_scores,
    taught,
)
from benchmarks.discovery_rankings import (
    Found,
    chosen_elsewhere,
    mean_over_draws,
    recalls,
    unusual_first,
)
from benchmarks.discovery_real import balanced, of_nearest
from benchmarks.discovery_targets import target_claims

N, N_RINGS = 1_500, 12


@pytest.fixture(scope="module")
def draw():
    """Ordinary galaxies, rings together far out, and arcs that are like any other galaxy."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(N, 10))
    kinds = np.full(N, "", "<U4")
    rows = rng.permutation(N)
    points[rows[:N_RINGS]] = 0.4 * rng.normal(size=(N_RINGS, 10)) + 8 * np.eye(10)[0]
    kinds[rows[:N_RINGS]], kinds[rows[N_RINGS : 2 * N_RINGS]] = "ring", "arc"
    later = points @ np.linalg.qr(rng.normal(size=(10, 10)))[0]
    spaces = {name: space_of(name, p, e) for name, p, e in (("a", points, 3), ("b", later, 6))}
    return Draw(4, kinds, spaces)


@pytest.fixture(scope="module")
def rankings(draw):
    return unusual_first(draw)


def test_what_stands_out_is_first_in_every_ranking_and_by_chance_is_not(draw, rankings):
    found = {(f.space, f.estimator): f for f in recalls(draw, rankings)}
    assert found["a", "isolation"].of_kind["ring"] == 1
    assert found["worst of trained", "isolation"].of_kind["ring"] == 1
    assert found["a", "isolation"].of_kind["arc"] < 0.5
    both = found["a", "isolation"].of_kind
    assert found["a", "isolation"].recall[2] == pytest.approx((both["ring"] + both["arc"]) / 2)
    by_chance = found["random", "seen"].recall
    assert by_chance[2] == pytest.approx(200 / N, abs=0.25) and (np.diff(by_chance) >= 0).all()


def test_labels_find_the_kind_that_is_apart_and_not_the_one_that_is_not(draw, rankings):
    for loop in (Loop("b", "process"), Loop("b", "Astronomaly", COMPONENTS)):
        told = {lesson.kind: lesson for lesson in taught(draw, rankings, loop)}
        assert told["ring"].recall[2] == 1 and told["ring"].n_labeled[3] > 2
        assert told["arc"].recall[2] < 0.6
    assert discriminants(draw, "a")["ring"] == 1 and discriminants(draw, "a")["arc"] < 0.5


def test_the_simulated_user_calls_one_kind_interesting(draw):
    scores = simulated_scores(draw, "ring")
    assert set(scores[draw.kinds == "ring"]) == {5.0} and set(scores[draw.kinds == "arc"]) == {1.0}
    assert scores[draw.kinds == ""].mean() == pytest.approx(0.3, abs=0.05)


def test_astronomaly_sinks_what_is_dull_and_keeps_what_is_far_from_labels():
    features = np.array([[0.0, 0], [0.1, 0], [9, 0], [9.1, 0], [0, 30], [30, 0]], np.float32)
    base = np.array([5.0, 4, 5, 4, 3, 1])
    told = learn_as_astronomaly(features, np.array([0, 2]), np.array([0.0, 5]), base, "", n_next=2)
    assert told.value[1] < 0.6 * told.value[3]
    assert told.value[4] == pytest.approx(2.5)  # of 0 to 5, untouched
    assert list(told.next_rows) == [3, 4]


def test_the_best_of_many_is_chosen_on_other_draws():
    lucky = np.eye(3)  # each ranking is best on one draw alone
    draws = [
        [Found("a", str(j), np.full(3, lucky[i, j] + (j == 2) * 0.1), {}) for j in range(3)]
        for i in range(3)
    ]
    told, best = chosen_elsewhere(draws, 1, ["a"])
    assert best == ("a", "2") and told.max() <= 0.1 + 1e-9
    assert mean_over_draws([1.0]).n == 1 and np.isnan(mean_over_draws([1.0]).half)
    assert mean_over_draws([0.0, 1.0]).half == pytest.approx(12.706 / 2, rel=1e-3)


def test_a_target_is_missed_where_the_peer_finds_as_much():
    def of(space, estimator, recall):
        return Found(space, estimator, np.full(3, recall), {})

    def draws(recall):
        theirs = [of(name, "isolation", 0.1) for name in ("pixels", "pixels_as_seen")]
        return [[of("a", "isolation", recall + 0.01 * i), *theirs] for i in range(3)]

    lessons = [[Taught(Loop("a", m), "ring", 9, np.full(4, 0.9), np.zeros(4)) for m in
                ("process", "forest")]] * 3  # fmt: skip
    assert target_claims(draws(0.3), lessons)[0].is_met
    missed = target_claims(draws(0.1), lessons)
    assert not missed[0].is_met and all(claim.is_met for claim in missed[1:])


def test_precision_and_gain_of_the_nearest_agree_with_their_definition():
    codes = np.array([0] * 6 + [1] * 6)
    rows = np.array([[1, 6, 2, 7, 3, 8, 4, 9, 5, 10], [6, 7, 8, 9, 10, 11, 0, 2, 3, 4]])
    rows = np.concatenate([rows, np.tile(np.r_[6:11, 0:5], (10, 1))])
    precision, gain = of_nearest(rows, codes)
    assert precision[:2] == pytest.approx([0.5, 0.4])
    worth = 1 / np.log2(np.arange(2, 12))
    assert gain[0] == pytest.approx(worth[::2].sum() / worth[:5].sum())
    share = balanced(np.array([1.0] * 90 + [0.0] * 10), np.array([0] * 90 + [1] * 10), 0)
    assert (share.value, share.low, share.high) == (0.5, 0.5, 0.5)


def test_a_round_galaxy_has_round_ellipses_and_a_trail_does_not():
    y, x = np.mgrid[:48, :48] - 23.5
    round_ = [200 * np.exp(-(x**2 + y**2) / 2 / width**2) for width in np.linspace(4, 7, 20)]
    crossed = round_[3] + 60 * (np.abs(x - y) < 2)
    features = ellipse_features(np.array([*round_, crossed]))
    assert features.shape == (21, N_FEATURES) and np.isfinite(features).all()
    assert np.abs(features[-1]).max() > 2 * np.abs(features[:-1]).max()


def test_its_smallest_form_measures_everything(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(discovery_draws, "PIXELS_ACROSS", 8)
    monkeypatch.setattr(discovery, "loops_of", lambda draw: [Loop("epoch_016", m) for m in OURS])
    sdss = tmp_path / "sdss"
    sdss.mkdir()
    rng = np.random.default_rng(0)
    with h5py.File(sdss / "galaxies.h5", "w") as file:
        file["images"] = rng.integers(0, 255, (60, 32, 32, 3), dtype=np.uint8)
        file["ans"] = np.arange(60) % 2
        file.attrs["class_names"] = ["Elliptical", "Merger"]
    given = ["--n", "100", "--draws", "1", "--work", str(tmp_path / "kept"), "--threads", "1"]
    status = discovery.main([*given, "--sdss", str(sdss), "--json", str(tmp_path / "told.json")])
    told = json.loads((tmp_path / "told.json").read_text())
    assert status == int(any(claim["is_met"] is False for claim in told["claims"]))
    printed = capsys.readouterr().out
    assert "class Merger among the first 200" in printed and "nDCG@10" in printed
    names = {one["space"] for one in told["rankings"][0]}
    assert {"epoch_000", "epoch_016", "pixels", "ellipses", "random"} <= names
    assert {one["loop"] for one in told["labels"][0]} >= {"process on epoch_016"}
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").rglob("*.npy")}
    discovery.main(given)
    assert "SDSS is left out" in capsys.readouterr().out
    assert before == {path: path.stat().st_mtime_ns for path in before}  # nothing encoded again
