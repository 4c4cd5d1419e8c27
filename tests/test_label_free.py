"""The study of label-free numbers: what each is, how they are ranked, and the command."""

import json

import numpy as np
import pytest
import torch
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr

from benchmarks import label_free, label_free_ranks, label_free_statistics
from benchmarks.label_free_encoding import open_galaxies
from benchmarks.label_free_ranks import (
    Runs,
    chance,
    correlations,
    loss_of_choice,
    other_runs,
    unit_ranks,
)
from benchmarks.label_free_statistics import (
    STATISTICS,
    close_pairs,
    log_integral,
    quantile,
    spectrum,
    total_variation,
    uniformity,
)
from benchmarks.label_free_statistics import label_free as measure
from models.checkpoints import save_checkpoint
from models.encoders.encoder import Design, Encoder, design_as_info
from models.errors import BadInput
from models.space.correlation import default_edges, rms_separation, two_point_correlation
from models.space.gaussian import fit_gaussian, separation_probability

EPOCHS = np.arange(8.0)


@pytest.fixture(autouse=True)
def small_nulls(monkeypatch):
    monkeypatch.setattr(label_free_statistics, "N_NULL", 5)


@pytest.fixture
def runs(rng):
    accuracy = rng.normal(size=(3, 8))
    statistics = {"same": 2 * accuracy, "opposite": -accuracy, "noise": rng.normal(size=(3, 8))}
    return Runs(statistics, accuracy, EPOCHS)


@pytest.fixture(scope="module")
def blobs():
    rng = np.random.default_rng(1)
    centers = rng.normal(size=(4, 20)) * 3
    return (centers[rng.integers(4, size=400)] + rng.normal(size=(400, 20))).astype(np.float32)


# --- ranks -----------------------------------------------------------------------------------


def test_the_rank_correlation_is_spearmans(runs):
    found = correlations(runs)
    wanted = [
        spearmanr(a, b).statistic
        for a, b in zip(runs.statistics["noise"], runs.accuracy, strict=True)
    ]
    np.testing.assert_allclose(found["noise"], wanted)
    np.testing.assert_allclose(found["same"], 1)
    np.testing.assert_allclose(found["opposite"], -1)


def test_ties_share_their_rank():
    tied = np.array([1.0, 1, 2, 5, 5, 9])
    other = np.array([3.0, 1, 2, 6, 4, 5])
    found = unit_ranks(tied) @ unit_ranks(other)
    np.testing.assert_allclose(found, spearmanr(tied, other).statistic)


def test_time_given_the_correlation_is_the_partial_one(runs):
    found = correlations(runs, freed_of_time=True)["noise"]
    for rho, values, accuracy in zip(found, runs.statistics["noise"], runs.accuracy, strict=True):
        ab, at, bt = (
            spearmanr(x, y).statistic
            for x, y in ((values, accuracy), (values, EPOCHS), (accuracy, EPOCHS))
        )
        np.testing.assert_allclose(rho, (ab - at * bt) / np.sqrt((1 - at**2) * (1 - bt**2)))


def test_what_rises_with_time_alone_is_nothing_when_time_is_given(runs):
    trend = Runs({"trend": np.tile(EPOCHS**3, (3, 1))}, runs.accuracy, EPOCHS)
    assert np.isnan(correlations(trend, freed_of_time=True)["trend"]).all()


def test_a_statistic_of_its_own_run_is_told_from_one_of_time(rng):
    trend = EPOCHS + np.zeros((3, 1))
    own = rng.normal(size=(3, 8))
    runs = Runs({"time": trend, "own": own}, own, EPOCHS)
    assert abs(other_runs(runs)["own"]) < 0.7 < correlations(runs)["own"].mean()
    rising = Runs({"time": trend}, trend, EPOCHS)
    np.testing.assert_allclose(other_runs(rising)["time"], 1)


def test_one_run_has_no_other(runs):
    alone = Runs({"same": runs.accuracy[:1]}, runs.accuracy[:1], EPOCHS)
    assert np.isnan(other_runs(alone)["same"])


def test_a_checkpoint_without_a_value_in_any_run_is_left_out(runs):
    values = runs.statistics["noise"].copy()
    values[:, 0] = np.nan
    found = correlations(Runs({"loss": values}, runs.accuracy, EPOCHS))["loss"]
    wanted = spearmanr(values[1, 1:], runs.accuracy[1, 1:]).statistic
    np.testing.assert_allclose(found[1], wanted, atol=1e-12)


def test_an_undefined_value_leaves_the_correlation_undefined(runs):
    values = runs.accuracy.copy()
    values[0, 3] = np.nan
    found = correlations(Runs({"holed": values}, runs.accuracy, EPOCHS))["holed"]
    assert np.isnan(found[0]) and np.isfinite(found[1:]).all()


def test_chance_is_as_wide_as_the_variance_of_spearmans_rho(runs, rng, monkeypatch):
    monkeypatch.setattr(label_free_ranks, "N_PERMUTATIONS", 2000)
    limits = chance(runs, rng)
    expected = 1.96 / np.sqrt(3 * 7)  # three runs, variance 1 / (n - 1) each
    np.testing.assert_allclose([-limits.low, limits.high], expected, rtol=0.1)
    assert limits.largest > limits.high


def test_rotated_accuracies_keep_their_neighbors(rng):
    values = np.arange(12.0).reshape(2, 6)
    rotated = label_free_ranks._rotate(values, rng)
    for before, after in zip(values, rotated, strict=True):
        assert any(np.array_equal(np.roll(before, k), after) for k in range(6))
    smooth = Runs({"wave": np.sin(EPOCHS)[None]}, np.sin(EPOCHS)[None], EPOCHS)
    assert chance(smooth, rng, rotated=True).high > chance(smooth, rng).high


def test_the_later_half_is_the_last_checkpoints(runs):
    late = runs.later_half()
    np.testing.assert_array_equal(late.epochs, [4, 5, 6, 7])
    np.testing.assert_array_equal(late.statistics["same"], 2 * runs.accuracy[:, 4:])


def test_choosing_by_the_right_sign_loses_nothing(runs):
    lost = loss_of_choice(runs, {"same": 1, "opposite": -1, "noise": 1})
    assert lost["same"] == lost["opposite"] == 0
    assert loss_of_choice(runs, {"same": -1, "opposite": 1, "noise": 1})["same"] == pytest.approx(
        np.ptp(runs.accuracy, axis=1).mean()
    )


# --- statistics ------------------------------------------------------------------------------


def test_every_statistic_is_measured_and_finite(blobs):
    found = measure(blobs)
    assert set(found) == set(STATISTICS) - {"epoch", "loss"}
    assert all(np.isfinite(value) for value in found.values())


def test_statistics_of_clusters_exceed_those_of_a_gaussian_of_the_same_shape(blobs):
    rng = np.random.default_rng(2)
    gaussian = rng.multivariate_normal(np.zeros(20), np.cov(blobs.T), len(blobs))
    clustered, none = measure(blobs), measure(gaussian.astype(np.float32))
    for name in ("KL, default", "KL, deck", "total variation", "top bump", "close pairs, 1e-2"):
        assert clustered[name] > none[name] + 0.01, name
    assert abs(none["KL, default"]) < 0.01 and abs(none["close pairs, 1e-2"]) < 0.2


def test_statistics_do_not_depend_on_the_scale(blobs):
    small, large = measure(blobs), measure(blobs * 1024)
    for name in small:
        np.testing.assert_allclose(large[name], small[name], rtol=1e-4, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("probability", [1e-4, 0.01, 0.9])
def test_the_quantile_inverts_the_probability(probability):
    variances = 1 / np.arange(1, 16)
    edges = np.array([0, quantile(probability, variances)])
    np.testing.assert_allclose(separation_probability(edges, variances), probability, rtol=1e-7)


def test_the_slope_is_that_of_the_dimension_which_the_points_fill(rng):
    # Points of a plane, held against a Gaussian in 6 dimensions.
    points = np.pad(rng.normal(size=(2500, 2)), [(0, 0), (0, 4)]).astype(np.float32)
    edges = [0, *(quantile(probability, np.ones(6)) for probability in (1e-4, 1e-2))]
    close, closer = separation_probability(np.array(edges), np.ones(2)).cumsum()[::-1]
    wanted = np.log(close / closer) / np.log(100)
    assert wanted < 0.5
    np.testing.assert_allclose(close_pairs(points, np.ones(6))["slope"], wanted, rtol=0.05)


def test_the_total_variation_is_half_the_sum_of_the_differences(blobs):
    points = blobs[:, :3]
    edges = default_edges(rms_separation(points))
    correlation = two_point_correlation(points, edges)
    used = correlation.used
    q = np.histogram(pdist(points.astype(np.float64)), edges)[0] / correlation.pairs_possible
    p = separation_probability(edges, fit_gaussian(points)[1])
    rest = abs(p[used].sum() - q[used].sum())
    wanted = (np.abs(q - p)[used].sum() + rest) / 2
    np.testing.assert_allclose(total_variation(correlation), wanted, rtol=1e-6)


def test_the_log_integral_of_no_structure_is_about_nothing(rng):
    points = rng.normal(size=(3000, 2))
    correlation = two_point_correlation(points, default_edges(rms_separation(points)))
    assert abs(log_integral(correlation)) < 0.1


def test_the_uniformity_of_perpendicular_directions(rng):
    # Every two are sqrt(2) apart: ln exp(-2 * 2).
    np.testing.assert_allclose(uniformity(7 * np.eye(9), rng), -4)


def test_a_power_law_of_slope_one_is_the_nearest_to_one():
    ranks = np.arange(1, 50)
    assert spectrum(3 / ranks)["spectrum near 1"] == pytest.approx(0, abs=1e-9)
    assert spectrum(3 / ranks**1.5)["spectrum near 1"] == pytest.approx(-0.5)
    assert spectrum(np.ones(8))["RankMe"] == pytest.approx(8)


# --- the command -----------------------------------------------------------------------------


def save_run(folder, epochs, seed):
    """A run folder whose checkpoints are networks that were never trained."""
    torch.manual_seed(seed)
    for epoch in epochs:
        encoder = Encoder(Design(width=4, size=16, projection=6, hidden=8))
        arrays = {name: tensor.numpy() for name, tensor in encoder.state_dict().items()}
        info = {"training_epoch": epoch, "loss": 1 / (epoch + 1), **design_as_info(encoder.design)}
        save_checkpoint(folder / "checkpoints", arrays, info)
    return folder


@pytest.fixture
def images(tmp_path, rng):
    """120 noisy discs of two sizes, which are their classes."""
    y, x = np.mgrid[:16, :16] - 7.5
    codes = np.arange(120) % 2
    light = 150.0 * (x**2 + y**2 < np.where(codes, 9, 36)[:, None, None])
    pixels = np.clip(light[..., None] + rng.normal(30, 10, (120, 16, 16, 3)), 0, 255)
    path = tmp_path / "images.npz"
    np.savez(path, images=pixels.astype(np.uint8), ans=codes)
    return path


def test_the_command_ranks_the_checkpoints_of_runs(tmp_path, images, monkeypatch, capsys):
    monkeypatch.setattr(label_free_ranks, "N_PERMUTATIONS", 200)
    folders = [str(save_run(tmp_path / f"run_{seed}", (0, 1, 4), seed)) for seed in (0, 1)]
    kept, path = tmp_path / "kept", tmp_path / "out.json"
    arguments = ["--run", *folders, "--images", str(images), "--encoded", str(kept)]
    assert label_free.main([*arguments, "--json", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "120 galaxies; runs: 2, checkpoints of each: 3." in printed
    assert all(f"| {name} | " in printed for name in STATISTICS)
    report = json.loads(path.read_text())
    assert report["n_galaxies"] == report["n_labelled"] == 120
    assert len(report["rho"]["score, default"]) == 2
    assert 0.3 < report["checkpoints"][0][0]["accuracy"] <= 1
    stored = sorted(kept.rglob("*.npy"))
    assert len(stored) == 6 and np.load(stored[0]).shape == (120, 32)
    written = [file.stat().st_mtime_ns for file in stored]
    assert label_free.main(arguments) == 0  # from what is kept: the same, and not encoded again
    assert capsys.readouterr().out == printed
    assert [file.stat().st_mtime_ns for file in stored] == written


def test_runs_of_different_epochs_are_refused(tmp_path, images, capsys):
    folders = [
        str(save_run(tmp_path / "a", (0, 1, 4), 0)),
        str(save_run(tmp_path / "b", (0, 2, 4), 0)),
    ]
    assert label_free.main(["--run", *folders, "--images", str(images), "--sample", "60"]) == 2
    assert "different epochs" in capsys.readouterr().err


def test_two_checkpoints_cannot_be_ranked(tmp_path, images, capsys):
    folder = save_run(tmp_path / "short", (0, 1), 0)
    assert label_free.main(["--run", str(folder), "--images", str(images)]) == 2
    assert "2 checkpoints; at least 3" in capsys.readouterr().err


def test_a_sample_is_the_same_each_time_and_keeps_its_classes(images):
    sampled, again = (open_galaxies(images, None, 30, 0) for _ in range(2))
    np.testing.assert_array_equal(sampled.rows, again.rows)
    np.testing.assert_array_equal(sampled.codes, sampled.rows % 2)
    assert len(np.unique(sampled.rows)) == 30


def test_classes_come_from_a_table_by_id(images, tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("id,label\n003,spiral\n005,edge-on\n007,\n")
    galaxies = open_galaxies(images, table, None, 0)
    assert galaxies.codes[[3, 5]].tolist() == [1, 0]
    assert (np.delete(galaxies.codes, [3, 5]) == -1).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [("id,kind\n001,a\n", "label or class"), ("id,label\nx,a\ny,b\n", "check its ids")],
)
def test_a_table_that_does_not_fit_is_refused(images, tmp_path, content, message):
    table = tmp_path / "labels.csv"
    table.write_text(content)
    with pytest.raises(BadInput, match=message):
        open_galaxies(images, table, None, 0)
