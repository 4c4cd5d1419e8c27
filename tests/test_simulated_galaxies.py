import numpy as np
import pytest

from data.simulated.galaxies import CLASS_NAMES, CLASSES
from data.simulated.light import Frame
from data.simulated.optics import Conditions, add_noise, blur, to_rgb
from data.simulated.photometry import paint

RADIUS, N_EACH = 4.0, 12
STILL_NIGHT = Conditions(1.2, 3.0, np.zeros((3, 2)))


def picture(name, seed):
    """Brightness of a noisy picture of one galaxy, as read from its pixels."""
    rng = np.random.default_rng(seed)
    frame = Frame.around(7.5 * RADIUS, 96)
    galaxy = CLASSES[CLASS_NAMES.index(name)][2](frame, RADIUS, rng)
    light = paint(galaxy.layers, galaxy.depth, 15.5, 0.04)
    seen = frame.inside(blur(light, frame.pixel_arcsec, STILL_NIGHT))
    pixels = to_rgb(add_noise(seen, frame.pixel_arcsec, rng)).mean(axis=2)
    return np.clip(pixels - np.median(pixels[:8]), 0, None)


@pytest.fixture(scope="module")
def pictures():
    return {name: [picture(name, seed) for seed in range(N_EACH)] for name in CLASS_NAMES}


def polar(pixels):
    half = (len(pixels) - 1) / 2
    y, x = np.indices(pixels.shape) - half
    return np.hypot(x, y), np.arctan2(y, x)


def axis_ratio(pixels):
    radius, _ = polar(pixels)
    weight = np.where((radius < 36) & (pixels > 12), pixels, 0)
    y, x = np.indices(pixels.shape)
    covariance = np.cov(np.stack([x.ravel(), y.ravel()]), aweights=weight.ravel())
    small, large = np.linalg.eigvalsh(covariance)
    return np.sqrt(small / large)


def lopsidedness(pixels):
    """Share of the light that a half turn does not bring back."""
    return np.abs(pixels - pixels[::-1, ::-1]).sum() / pixels.sum()


def azimuthal_power(pixels, lowest=2, highest=8):
    """Light in the waves around the circle, over the mean, from the half-light radius outwards."""
    radius, azimuth = polar(pixels)
    power = []
    for inner in range(10, 30, 2):
        ring = (radius >= inner) & (radius < inner + 2)
        mean = max(pixels[ring].mean(), 5)
        for m in range(lowest, highest):
            power.append(abs((pixels[ring] * np.exp(1j * m * azimuth[ring])).mean()) / mean)
    return float(np.sum(power))


def typical(measure, pictures, name):
    return np.median([measure(each) for each in pictures[name]])


@pytest.mark.parametrize("name", CLASS_NAMES)
def test_every_class_has_light_and_all_of_it_finite(name, rng):
    frame = Frame.around(30, 64)
    galaxy = CLASSES[CLASS_NAMES.index(name)][2](frame, 4.0, rng)
    light = paint(galaxy.layers, galaxy.depth, 16.0, 0.05)
    assert np.isfinite(light).all() and (light >= 0).all()
    assert light[1].sum() == pytest.approx(10 ** ((22.5 - 16.0) / 2.5), rel=1e-3)
    assert 0 < galaxy.axis_ratio <= 1


def test_round_is_round_and_cigar_is_long(pictures):
    measured = [
        typical(axis_ratio, pictures, name)
        for name in ("Round Smooth", "In-between Round Smooth", "Cigar Shaped Smooth")
    ]
    assert measured[0] > 0.85 > 0.8 > measured[1] > 0.55 > 0.5 > measured[2]


def test_edge_on_disks_are_thin(pictures):
    for name in ("Edge-on without Bulge", "Edge-on with Bulge"):
        assert typical(axis_ratio, pictures, name) < 0.45


def test_a_bulge_makes_an_edge_on_disk_rounder(pictures):
    with_, without = "Edge-on with Bulge", "Edge-on without Bulge"
    assert typical(axis_ratio, pictures, with_) > 1.1 * typical(axis_ratio, pictures, without)


def test_round_smooth_is_concentrated_and_falls_outwards(pictures):
    for pixels in pictures["Round Smooth"]:
        radius, _ = polar(pixels)
        rings = [pixels[(radius >= r) & (radius < r + 4)].mean() for r in range(0, 40, 4)]
        assert (np.diff(rings) < 1).all()
        assert rings[0] > 3 * rings[5]


def test_arms_have_power_around_the_circle_where_smooth_galaxies_have_none(pictures):
    smooth = typical(azimuthal_power, pictures, "Round Smooth")
    for name in ("Unbarred Tight Spiral", "Unbarred Loose Spiral", "Barred Spiral"):
        assert typical(azimuthal_power, pictures, name) > 1.5 * smooth, name


def test_tides_break_the_symmetry(pictures):
    calm = typical(lopsidedness, pictures, "Round Smooth")
    for name in ("Disturbed", "Merging"):
        assert typical(lopsidedness, pictures, name) > 2 * calm, name


def test_arms_wind_both_ways(pictures):
    # The mirror image of a spiral is as likely: the mean over both windings has no handedness.
    turns = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        frame = Frame.around(30, 48)
        galaxy = CLASSES[CLASS_NAMES.index("Unbarred Loose Spiral")][2](frame, 4.0, rng)
        young = galaxy.layers[1].light
        radius, azimuth = np.hypot(frame.x, frame.y), np.arctan2(frame.y, frame.x)
        phases = []
        for inner in (3.0, 3.8, 4.6, 5.4):
            ring = (radius >= inner) & (radius < inner + 0.8)
            phases.append(np.angle((young[ring] * np.exp(2j * azimuth[ring])).sum()))
        turns.append(np.diff(np.unwrap(phases)).mean() > 0)
    assert 0.2 < np.mean(turns) < 0.8
