"""All metrics of a checkpoint: errors as large as the scatter, undefined with a reason."""

import numpy as np
import pytest

from models.space.correlation import default_edges, rms_separation
from models.space.projection import principal_axes
from models.space.timeline import OF_CLASSES, STRUCTURE, measure_checkpoint, usable_codes

N, N_DIM, N_COMPONENTS = 400, 8, 6
WIDTHS = 1 / np.sqrt(1 + np.arange(N_DIM) / 3)


def draw(rng, n):
    """Three classes that overlap, on axes of unequal width."""
    codes = rng.integers(0, 3, n)
    centers = np.zeros((3, N_DIM))
    centers[1, 0] = centers[2, 1] = 2.2
    points = (rng.normal(size=(n, N_DIM)) + centers[codes]) * WIDTHS
    return (points + 0.5).astype(np.float32), codes


@pytest.fixture(scope="module")
def space():
    """Axes and bins of a large collection, of which samples are measured."""
    large, _ = draw(np.random.default_rng(9), 20_000)
    axes = principal_axes(large)
    edges = default_edges(rms_separation(axes.project(large, N_COMPONENTS)))
    return axes, edges


def measure(space, representations, codes, **further):
    axes, edges = space
    points = axes.project(representations, N_COMPONENTS)
    return measure_checkpoint(representations, points, edges, codes, **further)


def test_errors_are_as_large_as_the_scatter_over_independent_draws(space):
    rng = np.random.default_rng(1)
    draws = [measure(space, *draw(rng, N)) for _ in range(40)]
    ratios = {}
    for name in draws[0]:
        scatter = np.std([found[name].value for found in draws], ddof=1)
        ratios[name] = np.sqrt(np.mean([found[name].error ** 2 for found in draws])) / scatter
    # A scatter of 40 draws is known to 11 %, and three times that must not fail.
    wrong = {name: ratio for name, ratio in ratios.items() if not 0.67 < ratio < 1.5}
    assert not wrong and set(ratios) == {*STRUCTURE, *OF_CLASSES}


def test_the_same_galaxies_give_the_same_numbers(space, rng):
    galaxies = draw(rng, 100)
    assert measure(space, *galaxies) == measure(space, *galaxies)


def test_a_collapsed_checkpoint_is_undefined_with_the_reason(space):
    same = np.full((60, N_DIM), 3, np.float32)
    codes = np.arange(60) % 2
    for edges in (space[1], None):
        found = measure_checkpoint(same, same[:, :3], edges, codes)
        assert set(found) == {*STRUCTURE, *OF_CLASSES}
        for measured in found.values():
            assert np.isnan(measured.value) and "same representation" in measured.reason


def test_a_nearly_collapsed_checkpoint_does_not_crash(space, rng):
    galaxies = np.repeat(rng.normal(size=(2, N_DIM)), 40, axis=0).astype(np.float32)
    codes = np.repeat([0, 1], 40)
    points = galaxies[:, :3]
    edges = default_edges(rms_separation(points))
    found = measure_checkpoint(galaxies, points, edges, codes)
    assert found["knn_accuracy"].value == 1
    assert np.isnan(found["two_nn_dimension"].value) and found["two_nn_dimension"].reason


def test_without_classes_their_metrics_say_why(space, rng):
    galaxies, codes = draw(rng, 80)
    found = measure(space, galaxies, np.full(80, -1))
    for name in OF_CLASSES:
        assert np.isnan(found[name].value) and "classes" in found[name].reason
    assert all(np.isfinite(found[name].value) for name in STRUCTURE)


def test_where_some_have_no_class_the_others_are_measured(space, rng):
    galaxies, codes = draw(rng, 200)
    codes[::4] = -1
    found = measure(space, galaxies, codes)
    assert found["knn_accuracy"].n == found["silhouette"].n == 150
    assert found["score"].n == found["kmeans_silhouette"].n == 200


def test_few_galaxies_are_refused_and_progress_is_told(space, rng):
    with pytest.raises(ValueError, match="at least 40"):
        measure(space, *draw(rng, 39))
    shares = []
    measure(space, *draw(rng, 60), progress=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1


def test_classes_of_few_galaxies_are_left_out():
    codes, usable = usable_codes(np.repeat([0, 1, 2, -1], [5, 4, 6, 3]), 3)
    np.testing.assert_array_equal(usable, [0, 2])
    np.testing.assert_array_equal(codes, np.repeat([0, -1, 1, -1], [5, 4, 6, 3]))
    codes, usable = usable_codes(np.repeat([0, 1], [9, 4]), 2)
    assert len(usable) == 0 and (codes == -1).all()
