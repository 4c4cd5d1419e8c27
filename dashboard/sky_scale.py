"""How large a cutout is: on the sky, and at the galaxy's distance."""

import math
from dataclasses import dataclass
from functools import lru_cache

from data import format
from data.cutouts import Cutouts
from data.planes import planes_of
from data.store import Collection
from models.cutout_files import decode_picture

COLUMN = "pxscale"  # of the catalog: arcseconds per pixel of the images that were brought
COSMOLOGY = "Planck18"  # of astropy.cosmology, which cites the paper


@dataclass(frozen=True)
class SkyScale:
    """The width of a cutout on the sky.

    width_arcsec : of the picture, whatever number of pixels shows it
    source : where the scale of its pixels comes from, in words
    """

    width_arcsec: float
    source: str


def sky_scale(collection: Collection, row: int) -> SkyScale | None:
    """How wide a galaxy's cutout is, None where the scale of its pixels is unknown.

    The catalog says it, else the header of a FITS cutout, else who built the collection. Raises
    BadInput where the cutout is damaged.
    """
    planes = planes_of(collection, row)
    known = [
        (_in_catalog(collection, row), f"{COLUMN} of the catalog"),
        (planes.arcsec_per_px if planes else math.nan, "FITS header"),
        (
            _parameters(collection).get("pixel_scale") or math.nan,
            "given when the collection was built",
        ),
    ]
    for arcsec_per_px, source in known:
        if math.isfinite(arcsec_per_px) and arcsec_per_px > 0:
            width_px = planes.pixels.shape[2] if planes else _original_width_px(collection, row)
            return None if width_px is None else SkyScale(arcsec_per_px * width_px, source)
    return None


@lru_cache(maxsize=4096)
def kpc_per_arcsec(redshift: float) -> float | None:
    """Proper kiloparsecs that an arcsecond spans at a redshift, None where it is not above 0."""
    if not (math.isfinite(redshift) and redshift > 0):
        return None
    from astropy import cosmology  # a second: only where a redshift is shown

    return float(getattr(cosmology, COSMOLOGY).kpc_proper_per_arcmin(redshift).value / 60)


def _in_catalog(collection: Collection, row: int) -> float:
    if COLUMN not in collection.catalog:
        return math.nan
    try:
        return float(collection.catalog[COLUMN].iat[row])
    except (TypeError, ValueError):
        return math.nan


def _parameters(collection: Collection) -> dict:
    """What the collection was built with; one that was made otherwise says nothing."""
    return (collection.info.get("provenance") or {}).get("parameters") or {}


def _original_width_px(collection: Collection, row: int) -> float | None:
    """Width of the image that was brought: the stored one may be smaller. None where unknown."""
    width, height = decode_picture(collection.cutout(row)[0]).size
    original_px = _original_px(collection)
    if original_px is not None:
        return width * original_px / max(width, height)
    parameters = _parameters(collection)
    # Collections built before the original size was noted.
    is_untold = (
        parameters.get("cutout_size") == max(width, height) and "keep_fits" not in parameters
    )
    return None if is_untold else float(width)


@lru_cache(maxsize=4)
def _original_px(collection: Collection) -> int | None:
    if format.CUTOUTS not in collection.info["files"]:  # drawn on demand
        return None
    return Cutouts(collection.folder / format.CUTOUTS).original_px
