import numpy as np
import pytest

from models.space.alignment import aligned, residual


@pytest.mark.parametrize("mirror", [1, -1])
def test_a_known_turn_is_undone(rng, mirror):
    points = rng.normal(size=(50, 2))
    angle = 2.1
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = points * [1, mirror] @ turn + [30, -4]
    np.testing.assert_allclose(aligned(moved, points), points, atol=1e-5)


def test_size_and_shape_are_kept(rng):
    points, onto = rng.normal(size=(40, 2)), 5 * rng.normal(size=(40, 2))
    turned = aligned(points, onto)
    np.testing.assert_allclose(
        np.linalg.norm(turned[1:] - turned[:-1], axis=1),
        np.linalg.norm(points[1:] - points[:-1], axis=1),
        rtol=1e-5,
    )
    np.testing.assert_allclose(turned.mean(0), onto.mean(0), atol=1e-5)


def test_no_other_turn_is_nearer(rng):
    points = rng.normal(size=(40, 2))
    onto = points + rng.normal(scale=0.5, size=(40, 2))
    best = ((aligned(points, onto) - onto) ** 2).sum()
    for angle in np.linspace(0, 2 * np.pi, 60):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        turned = (points - points.mean(0)) @ turn + onto.mean(0)
        assert best <= ((turned - onto) ** 2).sum() + 1e-4


def test_points_on_a_line_or_in_one_place_can_be_aligned():
    line = np.column_stack([np.arange(9.0), np.zeros(9)])
    np.testing.assert_allclose(aligned(line[:, ::-1], line), line, atol=1e-5)
    np.testing.assert_allclose(aligned(np.ones((9, 2)), line).mean(0), line.mean(0))


def test_the_residual_is_0_of_a_turn_and_large_where_nothing_is_shared(rng):
    points = rng.normal(size=(3000, 2))
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    assert residual(points @ turn * [1, -1] + 9, points) < 1e-6
    assert residual(rng.normal(size=(3000, 2)), points) == pytest.approx(np.sqrt(2), abs=0.1)
    noise = rng.normal(scale=0.1, size=(3000, 2))
    assert residual(points + noise, points) == pytest.approx(0.1, abs=0.01)
    assert np.isnan(residual(points, np.ones((3000, 2))))
