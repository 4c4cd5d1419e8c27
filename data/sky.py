"""Positions on the sky: read from text, and the galaxies nearest to one."""

import re
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from models.errors import BadInput

_NUMBERS = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?d?[\s,;]+[+-]?\d+(\.\d*)?([eE][+-]?\d+)?d?")
_WAYS = "write it as '150.1 2.2' (degrees), '10:00:24 +02:12:00' or '10h00m24s +2d12m'"


@dataclass(frozen=True, eq=False)
class Sky:
    """Those of a catalog that have a position.

    rows : (n,) rows of the catalog
    tree : of their unit vectors
    """

    rows: np.ndarray
    tree: cKDTree

    @classmethod
    def of(cls, ra: np.ndarray, dec: np.ndarray) -> "Sky":
        """From degrees; NaN where unknown."""
        ra, dec = np.asarray(ra, float), np.asarray(dec, float)
        rows = np.flatnonzero(np.isfinite(ra) & np.isfinite(dec))
        return cls(rows, cKDTree(unit_vectors(ra[rows], dec[rows])))

    def nearest(self, ra: float, dec: float) -> tuple[int, float]:
        """Row nearest to a position, and how far it is in arcseconds; (-1, inf) for none."""
        if not len(self.rows):
            return -1, np.inf
        chord, place = self.tree.query(unit_vectors(ra, dec))
        return int(self.rows[place]), float(arcseconds(chord))


def parse_position(text: str) -> tuple[float, float]:
    """Right ascension and declination in degrees (ICRS) of a text, or BadInput.

    Two plain numbers are degrees; the first of two sexagesimal ones is hours.
    """
    # Here, since it takes half a second to import, which a page without a search need not wait for.
    from astropy import units
    from astropy.coordinates import SkyCoord

    text = text.strip()
    unit = units.deg if _NUMBERS.fullmatch(text) else (units.hourangle, units.deg)
    try:
        if len(text) > 100:
            raise ValueError("it is too long")
        position = SkyCoord(text.replace(",", " ").replace(";", " "), unit=unit, frame="icrs")
        ra, dec = float(position.ra.deg), float(position.dec.deg)
    except (ValueError, TypeError, IndexError):
        raise BadInput(f"'{text[:60]}' is no position on the sky; {_WAYS}.") from None
    return checked_position(ra, dec)


def checked_position(ra: float, dec: float) -> tuple[float, float]:
    """A position in degrees, right ascension from 0 to 360; BadInput where there is none such."""
    if not (np.isfinite(ra) and np.isfinite(dec) and abs(dec) <= 90):
        raise BadInput(
            f"There is no position {ra:g} {dec:g} on the sky; declination is -90 to 90 degrees."
        )
    return ra % 360, dec


def unit_vectors(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """(n, 3) of positions in degrees."""
    ra, dec = np.radians(ra), np.radians(dec)
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=-1)


def arcseconds(chord: np.ndarray) -> np.ndarray:
    """Separation on the sky of unit vectors that are so far apart."""
    return np.degrees(2 * np.arcsin(np.clip(chord / 2, 0, 1))) * 3600


def chord_of(separation: float) -> float:
    """How far apart unit vectors are at a separation in arcseconds."""
    return 2 * np.sin(np.radians(separation / 3600) / 2)


def in_words(separation: float) -> str:
    """A separation in arcseconds, in the unit that suits it."""
    for unit, size in (("degrees", 3600), ("arcmin", 60)):
        if separation >= size:
            return f"{separation / size:.3g} {unit}"
    return f"{separation:.3g} arcsec"


def repeated(ra: np.ndarray, dec: np.ndarray, n_known: int, separation: float) -> np.ndarray:
    """Which of a list are catalogued before: within a separation of one kept that comes earlier.

    Parameters
    ----------
    ra, dec : (n,) degrees, NaN where unknown: never repeated
    n_known : int
        The first so many are always kept.
    separation : float
        Arcseconds, inclusive.

    Returns
    -------
    (n,) bool array
    """
    is_repeated = np.zeros(len(ra), bool)
    places = np.flatnonzero(np.isfinite(ra) & np.isfinite(dec))
    if len(places):
        tree = cKDTree(unit_vectors(ra[places], dec[places]))
        pairs = places[tree.query_pairs(chord_of(separation), output_type="ndarray")]
        # By the later of each pair, so that whether the earlier is kept is known.
        for earlier, later in pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]:
            if later >= n_known and not is_repeated[earlier]:
                is_repeated[later] = True
    return is_repeated
