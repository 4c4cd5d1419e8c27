"""The pictures of a galaxy that the page asks for: as stored, smaller, one channel, stretched."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image

from dashboard.placeholder import MIMETYPE, placeholder
from data.cutouts import made_smaller
from data.planes import planes_of
from data.store import Collection
from models.cutout_files import decode_picture
from models.cutout_stretch import check_stretch, stretch, stretch_band
from models.errors import BadInput
from models.fits_planes import Planes

SIZES = (32, 48, 64, 96, 128, 192, 256, 384, 512)  # few: every one is a picture that is kept
COLOR = "rgb"
CHANNELS = (COLOR, "r", "g", "b")  # of a picture that was not measured in bands
QUALITY = 90
QUICK = 3  # compression of a PNG that is made while somebody waits


@dataclass(frozen=True)
class Asked:
    """What is asked of a picture; None is as it is stored."""

    stretch: str | None = None
    channel: str = COLOR
    size: int | None = None

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "Asked":
        """What the arguments of an address ask for, or BadInput."""
        kind = arguments.get("stretch") or None
        if kind is not None:
            check_stretch(kind)
        return cls(kind, arguments.get("channel") or COLOR, _known_size(arguments.get("size")))

    @property
    def is_as_stored(self) -> bool:
        return self == Asked()


@dataclass(frozen=True)
class Picture:
    """An encoded picture. `damage` is why it is a placeholder, "" where it is none."""

    encoded: bytes
    mimetype: str
    damage: str = ""


def cutout_picture(collection: Collection, row: int, asked: Asked) -> Picture:
    """The picture of a galaxy; where its cutout is damaged, one that says so.

    Raises NotFound where there is no such galaxy or no cutouts, BadInput where what is asked for
    does not exist.
    """
    if asked.stretch is not None:
        return _stretched(collection, row, asked)
    try:
        stored = collection.cutout(row)
        if asked.is_as_stored and _sound(collection)[row]:
            return Picture(*stored)
        image = decode_picture(stored[0])
        _sound(collection)[row] = True
    except BadInput as error:
        return damaged(str(error))
    _check_channel(asked.channel, CHANNELS)
    if asked.channel == COLOR and (asked.size is None or max(image.size) <= asked.size):
        return Picture(*stored)
    image = image.convert("RGB")
    if asked.channel != COLOR:
        image = image.getchannel(asked.channel.upper())
    return _encoded(image, stored[1], asked.size)


def channels_of(planes: Planes | None) -> tuple[str, ...]:
    """Names of what can be shown of a cutout: the color picture, and each of its bands."""
    if planes is None:
        return CHANNELS
    return planes.bands if len(planes.bands) == 1 else (COLOR, *planes.bands)


def damaged(reason: str) -> Picture:
    """A placeholder."""
    return Picture(placeholder(reason), MIMETYPE, reason)


def check_sound(collection: Collection, row: int) -> None:
    """Raise BadInput with what is wrong where a stored cutout cannot be decoded; tried once."""
    known = _sound(collection)
    if not known[row]:
        decode_picture(collection.cutout(row)[0])
        known[row] = True


@lru_cache(maxsize=4)
def _sound(collection: Collection) -> np.ndarray:
    """(n,) bool: those that were decoded without an error. Pages of it are made as they fill."""
    return np.zeros(collection.n_galaxies, dtype=bool)


def _stretched(collection: Collection, row: int, asked: Asked) -> Picture:
    try:
        planes = planes_of(collection, row)
    except BadInput as error:
        return damaged(str(error))
    if planes is None:
        raise BadInput(
            f"The cutout of row {row} is a JPEG or PNG picture: its stretch was fixed when "
            f"'{collection.name}' was built."
        )
    _check_channel(asked.channel, (COLOR, *planes.bands))
    if planes.undefined_share == 1:
        return damaged("No pixel of this cutout has a value.")
    if asked.channel == COLOR or len(planes.bands) == 1:
        pixels = stretch(planes.pixels, asked.stretch)
    else:
        band = planes.pixels[planes.bands.index(asked.channel)]
        if not np.isfinite(band).any():
            return damaged(f"No pixel of the band {asked.channel} has a value.")
        pixels = stretch_band(band, asked.stretch)
    return _encoded(Image.fromarray(pixels), "image/png", asked.size)


def _encoded(image: Image.Image, mimetype: str, size: int | None) -> Picture:
    image = image if size is None else made_smaller(image, size)
    encoded = BytesIO()
    if mimetype == "image/jpeg":
        image.save(encoded, "JPEG", quality=QUALITY, subsampling=0)
    else:
        image.save(encoded, "PNG", compress_level=QUICK)
    return Picture(encoded.getvalue(), mimetype)


def _check_channel(channel: str, known: tuple[str, ...]) -> None:
    if channel not in known:
        raise BadInput(f"There is no channel '{channel[:40]}'; there are {', '.join(known)}.")


def _known_size(text: str | None) -> int | None:
    if not text:
        return None
    sizes = {str(size): size for size in SIZES}
    if text not in sizes:
        raise BadInput(f"A cutout of size '{text[:40]}' is not made; sizes are {', '.join(sizes)}.")
    return sizes[text]
