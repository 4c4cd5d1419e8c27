"""Which galaxies the survey sees: where, how far, how bright, how large, of which class.

Every galaxy has random numbers of its own, derived from the survey's seed and its row, so it is
the same whoever draws it, and in whatever order.
"""

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from astropy.cosmology import FlatLambdaCDM

from data.simulated.anomalies import KINDS
from data.simulated.galaxies import CLASSES

ANOMALOUS = 0.01  # share of galaxies with a planted anomaly
FAINTEST = 17.3  # r magnitude, near the limit of the SDSS main galaxy sample
BRIGHTEST = 13.5
SMALLEST_ARCSEC = 2.5  # half-light radius below which no class can be told at this seeing
REDSHIFTS = (0.008, 0.2)
N_CLUSTERS = 1500
# Streams of random numbers: one purpose each, so that planting an anomaly moves nothing else.
CLASS, FACTS, LIGHT, FIELD, NIGHT, ANOMALY = range(6)


@dataclass(frozen=True)
class Facts:
    """What is true of one galaxy before it is drawn."""

    row: int
    label: int
    object_id: str
    ra: float
    dec: float
    redshift: float
    magnitude: float
    radius_arcsec: float
    width_arcsec: float
    anomaly: str


@dataclass(frozen=True)
class Survey:
    """`n` galaxies of one seed, as pictures of `size` pixels."""

    n: int
    seed: int
    size: int

    def rng(self, row: int, purpose: int) -> np.random.Generator:
        """The random numbers of one galaxy for one purpose."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(row, purpose)))

    @cached_property
    def anomalies(self) -> dict[int, str]:
        """Kind of anomaly by row: exactly one galaxy in a hundred, the kinds in equal numbers."""
        count = round(ANOMALOUS * self.n)
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(0, 1, 2)))
        rows = rng.choice(self.n, count, replace=False)
        # Lenses and the hosts of jets are ellipticals, as far as there are enough.
        rows = sorted(rows, key=lambda row: "Smooth" not in CLASSES[self.label(row)][0])
        return {int(row): KINDS[k * len(KINDS) // count] for k, row in enumerate(rows)}

    @cached_property
    def clusters(self) -> np.ndarray:
        """(N_CLUSTERS, 3) RA, Dec and redshift of clusters of galaxies, by redshift."""
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(0, 1, 3)))
        redshifts = np.sort(REDSHIFTS[1] * rng.beta(2.2, 2.6, N_CLUSTERS))
        return np.array([(*_on_the_sky(rng), redshift) for redshift in redshifts])

    def label(self, row: int) -> int:
        """Class of a galaxy, as often as in Galaxy10 DECaLS."""
        weights = np.array([number for _, number, _ in CLASSES], float)
        rng = self.rng(row, CLASS)
        return int(rng.choice(len(CLASSES), p=weights / weights.sum()))

    def facts(self, row: int) -> Facts:
        """Everything about the galaxy of a row."""
        rng = self.rng(row, FACTS)
        redshift, magnitude, radius = _observable(rng)
        ra, dec = self._position(redshift, rng)
        return Facts(
            row=row,
            label=self.label(row),
            object_id=self._object_id(row, rng),
            ra=ra,
            dec=dec,
            redshift=redshift,
            magnitude=magnitude,
            radius_arcsec=radius,
            # Galaxy Zoo cut its pictures in proportion to the galaxy, give or take.
            width_arcsec=radius * 7.6 * float(rng.lognormal(0, 0.22)),
            anomaly=self.anomalies.get(row, ""),
        )

    def _object_id(self, row: int, rng: np.random.Generator) -> str:
        """18 digits like those of SDSS; the row inside keeps them apart."""
        return f"5877{rng.integers(10**6):06d}{row:08d}"

    def _position(self, redshift: float, rng: np.random.Generator) -> tuple[float, float]:
        """In a cluster near that redshift, or anywhere in the survey."""
        if rng.random() < 0.45:
            return _on_the_sky(rng)
        nearest = np.searchsorted(self.clusters[:, 2], redshift) + rng.integers(-6, 7)
        ra, dec, _ = self.clusters[np.clip(nearest, 0, N_CLUSTERS - 1)]
        # One megaparsec, in degrees, at that distance.
        spread = np.rad2deg(1.0 / (_distance_mpc(redshift) / (1 + redshift)))
        along, across = rng.standard_t(3, 2) * min(spread, 3.0)
        moved = float(np.clip(dec + across, -89, 89))
        ra = float((ra + along / np.cos(np.deg2rad(moved))) % 360)
        return (ra, moved) if _is_in_footprint(ra, moved) else _on_the_sky(rng)


def _is_in_footprint(ra: float, dec: float) -> bool:
    """A stripe from Dec -8 to 34 in which the plane of the Milky Way is left out."""
    pole_ra, pole_dec = np.deg2rad(192.86), np.deg2rad(27.13)
    sin_latitude = np.sin(np.deg2rad(dec)) * np.sin(pole_dec) + np.cos(np.deg2rad(dec)) * np.cos(
        pole_dec
    ) * np.cos(np.deg2rad(ra) - pole_ra)
    return bool(-8 <= dec <= 34 and abs(sin_latitude) > np.sin(np.deg2rad(25)))


def _on_the_sky(rng: np.random.Generator) -> tuple[float, float]:
    """A place in the footprint, uniform on the sphere."""
    while True:
        ra = float(rng.uniform(0, 360))
        dec = float(
            np.rad2deg(np.arcsin(rng.uniform(np.sin(np.deg2rad(-8)), np.sin(np.deg2rad(34)))))
        )
        if _is_in_footprint(ra, dec):
            return ra, dec


@cache
def _distances() -> tuple[np.ndarray, np.ndarray]:
    """Luminosity distance (Mpc) on a grid of redshifts, H0 = 70, Omega_m = 0.3."""
    redshifts = np.linspace(0.001, 0.3, 600)
    return redshifts, FlatLambdaCDM(H0=70, Om0=0.3).luminosity_distance(redshifts).value


def _distance_mpc(redshift: float | np.ndarray) -> np.ndarray:
    return np.interp(redshift, *_distances())


def _observable(rng: np.random.Generator) -> tuple[float, float, float]:
    """Redshift, r magnitude and half-light radius (arcsec) of a galaxy that passes the cuts.

    Redshift as space grows, luminosity from a Schechter function (Blanton et al. 2003) and size
    from luminosity (Shen et al. 2003); the first of many that is bright and large enough.
    """
    while True:
        n_tries = 400
        redshift = REDSHIFTS[1] * rng.random(n_tries) ** (1 / 2.2)
        absolute = _absolute_magnitudes(n_tries, rng)
        luminosity_mpc = _distance_mpc(redshift)
        magnitude = absolute + 5 * np.log10(luminosity_mpc) + 25
        radius_kpc = 10 ** (0.70 - 0.18 * (absolute + 21.2)) * rng.lognormal(0, 0.35, n_tries)
        arcsec_per_kpc = 206.265 * (1 + redshift) ** 2 / luminosity_mpc
        radius = radius_kpc * arcsec_per_kpc
        seen = (magnitude > BRIGHTEST) & (magnitude < FAINTEST) & (radius > SMALLEST_ARCSEC)
        seen &= redshift > REDSHIFTS[0]
        if seen.any():
            k = int(np.argmax(seen))
            return float(redshift[k]), float(magnitude[k]), float(radius[k])


def _absolute_magnitudes(n: int, rng: np.random.Generator) -> np.ndarray:
    """Draws from a Schechter function (M* = -21.2, slope -1.05) brighter than -18."""
    brightest, faintest, knee, slope = -23.6, -18.0, -21.2, -1.05
    grid = np.linspace(brightest, faintest, 300)
    light = 10 ** (-0.4 * (grid - knee))
    growth = np.cumsum(light ** (slope + 1) * np.exp(-light))
    return np.interp(rng.random(n) * growth[-1], growth, grid)
