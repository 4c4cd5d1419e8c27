"""The bands of FITS cutouts as they were measured, where a collection has kept them."""

from functools import lru_cache

from data import format
from data.cutouts import Cutouts
from data.store import Collection
from models.cutout_files import DAMAGED
from models.errors import BadCollection, BadInput
from models.fits_planes import Planes, read_planes

MAX_OPEN = 16  # of the last galaxies looked at: one is stretched anew many times


def has_planes(collection: Collection) -> bool:
    """Whether a collection has kept the bands of FITS cutouts; it may be of some galaxies only."""
    return format.CUTOUTS_FITS in collection.info["files"]


@lru_cache(maxsize=MAX_OPEN)
def planes_of(collection: Collection, row: int) -> Planes | None:
    """The bands of a galaxy's cutout, None where they were not kept.

    Raises BadInput where they cannot be read.
    """
    if not has_planes(collection):
        return None
    encoded = _file(collection).get(row)
    if encoded is None:
        return None
    try:
        return read_planes(encoded)
    except DAMAGED as error:
        raise BadInput(f"The FITS bands of a cutout cannot be read: {error}.") from None


@lru_cache(maxsize=4)
def _file(collection: Collection) -> Cutouts:
    cutouts = Cutouts(collection.folder / format.CUTOUTS_FITS)
    if len(cutouts) != collection.n_galaxies:
        raise BadCollection(
            f"{format.CUTOUTS_FITS} of '{collection.name}' has {len(cutouts):,} rows for "
            f"{collection.n_galaxies:,} galaxies; build it again."
        )
    return cutouts
