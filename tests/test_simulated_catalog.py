import numpy as np
import pytest
from astropy import units
from astropy.coordinates import SkyCoord
from astropy.cosmology import FlatLambdaCDM

from data.simulated.anomalies import KINDS
from data.simulated.catalog import FAINTEST, Survey
from data.simulated.galaxies import CLASSES


@pytest.fixture(scope="module")
def survey():
    return Survey(n=1500, seed=1, size=64)


@pytest.fixture(scope="module")
def facts(survey):
    return [survey.facts(row) for row in range(survey.n)]


def column(facts, name):
    return np.array([getattr(each, name) for each in facts])


@pytest.mark.parametrize("n", [1, 49, 600, 1234, 20_000])
def test_exactly_one_in_a_hundred_is_anomalous(n):
    planted = Survey(n=n, seed=0, size=64).anomalies
    assert len(planted) == round(n / 100)
    assert not planted or max(planted) < n
    if len(planted) >= len(KINDS):
        numbers = [list(planted.values()).count(kind) for kind in KINDS]
        assert max(numbers) - min(numbers) <= 1


def test_there_are_at_least_six_kinds():
    assert len(set(KINDS)) >= 6


def test_lenses_are_smooth_galaxies():
    survey = Survey(n=6000, seed=0, size=64)
    lenses = [row for row, kind in survey.anomalies.items() if kind == "gravitational arc"]
    assert all("Smooth" in CLASSES[survey.label(row)][0] for row in lenses)


def test_a_galaxy_is_the_same_in_a_larger_survey(survey, facts):
    larger = Survey(n=3000, seed=1, size=64)
    for row in (0, 7, 900):
        assert larger.facts(row).magnitude == facts[row].magnitude
        assert larger.facts(row).object_id == facts[row].object_id


def test_classes_are_as_frequent_as_in_galaxy10(facts):
    numbers = np.array([number for _, number, _ in CLASSES])
    expected = len(facts) * numbers / numbers.sum()
    counted = np.bincount(column(facts, "label"), minlength=len(CLASSES))
    assert (np.abs(counted - expected) < 4 * np.sqrt(expected)).all()


def test_identifiers_are_unique_and_of_18_digits(facts):
    identifiers = column(facts, "object_id")
    assert len(set(identifiers)) == len(facts)
    assert all(len(each) == 18 and each.isdigit() for each in identifiers)


def test_the_footprint_keeps_clear_of_the_milky_way(facts):
    sky = SkyCoord(column(facts, "ra"), column(facts, "dec"), unit="deg")
    assert (np.abs(sky.galactic.b.deg) > 24.9).all()
    assert sky.dec.deg.min() >= -8 and sky.dec.deg.max() <= 34


def test_galaxies_cluster_on_the_sky_and_in_redshift(facts):
    sky = SkyCoord(column(facts, "ra"), column(facts, "dec"), unit="deg")
    nearest, separation, _ = sky.match_to_catalog_sky(sky, nthneighbor=2)
    # The stripe has some 10,000 square degrees: 1,500 thrown at random are 1.3 degrees apart.
    close = separation < 0.25 * units.deg
    assert close.mean() > 0.08  # 0.03 at random
    redshift = column(facts, "redshift")
    assert np.median(np.abs(redshift - redshift[nearest])[close]) < 0.5 * np.median(
        np.abs(redshift - np.roll(redshift, 1))
    )


def test_at_one_luminosity_the_nearer_is_brighter_and_larger(facts):
    redshift, magnitude = column(facts, "redshift"), column(facts, "magnitude")
    cosmology = FlatLambdaCDM(H0=70, Om0=0.3)
    absolute = magnitude - cosmology.distmod(redshift).value
    assert absolute.min() > -24 and absolute.max() < -17.9
    alike = np.abs(absolute + 21) < 0.4
    near = redshift < np.median(redshift[alike])
    assert magnitude[alike & near].mean() < magnitude[alike & ~near].mean() - 0.3
    size = column(facts, "radius_arcsec")
    assert size[alike & near].mean() > 1.2 * size[alike & ~near].mean()


def test_sizes_in_kiloparsecs_are_those_of_galaxies(facts):
    cosmology = FlatLambdaCDM(H0=70, Om0=0.3)
    kpc = (
        column(facts, "radius_arcsec")
        / cosmology.arcsec_per_kpc_proper(column(facts, "redshift")).value
    )
    assert 2 < np.median(kpc) < 12 and np.percentile(kpc, 99) < 40


def test_the_survey_has_a_limit(facts):
    assert column(facts, "magnitude").max() < FAINTEST


def test_what_is_seen_says_nothing_of_the_class(facts):
    smooth = np.array(["Smooth" in CLASSES[each.label][0] for each in facts])
    for name in ("magnitude", "radius_arcsec", "redshift", "width_arcsec"):
        values = column(facts, name)
        apart = abs(values[smooth].mean() - values[~smooth].mean())
        assert apart < 0.25 * values.std(), name
