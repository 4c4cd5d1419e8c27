"""An image that a user brings: read with care, and encoded by a checkpoint as its training saw.

A stored cutout that is uploaded lands on itself: the same bytes are decoded, resized, normalised
and encoded as when the collection was built.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from gzip import GzipFile
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from data.store import Collection
from models.cutout_files import DAMAGED
from models.cutout_stretch import stretch
from models.errors import BadInput, first_few
from models.fits_planes import read_planes

MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000
MAX_SIDE = 4096  # pixels
LEAST_SIDE = 8
FORMATS = ("JPEG", "PNG", "WEBP")
_GZIPPED = b"\x1f\x8b"
_FITS = (b"SIMPLE  =", _GZIPPED)
_KNOWN = "JPEG, PNG, WebP or FITS"


@dataclass(frozen=True, eq=False)
class Uploaded:
    """A picture as an encoder takes it.

    name : of the file
    pixels : (height, width, 3) uint8
    notes : sentences of what was made of it
    """

    name: str
    pixels: np.ndarray
    notes: tuple[str, ...]


def read_upload(name: str, content: bytes) -> Uploaded:
    """A picture from a file's bytes, whatever its name says they are.

    Raises BadInput, in a sentence, where the file is too large, is no picture, or is damaged;
    how large a picture is is read before its pixels are.
    """
    shown = f"'{Path(name).name[:60] or 'the file'}'"
    if len(content) > MAX_BYTES:
        raise BadInput(
            f"{shown} has {len(content) / 1e6:.0f} MB, and at most {MAX_BYTES / 1e6:.0f} MB are "
            "read; cut the galaxy out of it."
        )
    if not content:
        raise BadInput(f"{shown} is empty; choose another file.")
    if content.startswith(_FITS):
        return _fits(name, shown, content)
    return _picture(name, shown, content)


def encode_upload(collection: Collection, checkpoint: str, uploaded: Uploaded) -> np.ndarray:
    """(d,) float32: where the picture lies in the representation space of a checkpoint.

    In the precision in which representations are stored. The first time, torch is imported and
    weights are read: some seconds.

    Raises BadInput where the collection has no weights of the checkpoint, and names those it has.
    """
    weights = collection.weights(checkpoint)
    if weights is None:
        able = [name for name in collection.checkpoints if collection.weights(name)]
        way_on = f"choose {first_few(able)}" if able else "no checkpoint of it has any"
        raise BadInput(
            f"The weights of '{checkpoint}' are not in this collection, so it cannot encode a "
            f"picture; {way_on}."
        )
    from models.encoders.encoder import encode

    layer = collection.checkpoint_info(checkpoint).get("layer") or "pool"
    encoded = encode(_encoder(weights), [uploaded.pixels[None]], layer=layer, device="cpu")[0]
    if not np.isfinite(encoded).all():
        raise BadInput(f"'{checkpoint}' makes no finite numbers of '{uploaded.name}'.")
    return encoded.astype(collection.representations(checkpoint).dtype).astype(np.float32)


@lru_cache(maxsize=4)
def _encoder(weights: Path) -> object:
    from models.encoders.encoder import load_encoder

    return load_encoder(weights)


def _picture(name: str, shown: str, content: bytes) -> Uploaded:
    try:
        picture = Image.open(BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise BadInput(f"{shown} has far too many pixels; {_side_rule()}.") from None
    except DAMAGED:
        raise BadInput(f"{shown} is no picture that can be read; give {_KNOWN}.") from None
    _check_size(shown, *picture.size)
    try:
        picture.load()
    except DAMAGED:
        raise BadInput(f"{shown} is damaged or cut short; save it anew.") from None
    notes = []
    picture = ImageOps.exif_transpose(picture)
    if picture.mode in ("1", "L", "LA", "I", "I;16", "F"):
        notes.append("It has one channel, which stands for all three.")
    if picture.mode in ("I", "I;16", "F"):
        pixels = stretch(np.asarray(picture, np.float32)[None])
        notes.append("Its many levels were stretched to 256 (asinh).")
    else:
        if "A" in picture.getbands() or "transparency" in picture.info:
            clear = picture.convert("RGBA")
            picture = Image.alpha_composite(Image.new("RGBA", clear.size, "black"), clear)
            notes.append("What is transparent is black.")
        pixels = np.asarray(picture.convert("RGB"))
    return Uploaded(name, np.array(pixels), tuple(notes))


def _fits(name: str, shown: str, content: bytes) -> Uploaded:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what astropy cannot read it goes on to refuse
            content = _unpacked(shown, content)
            for width, height in _sides(content):
                _check_size(shown, width, height)
            planes = read_planes(content)
    except BadInput:
        raise
    except DAMAGED as error:
        is_ours = isinstance(error, ValueError) and "picture in" in str(error)
        is_ours = is_ours or str(error) == "no image in the file"
        reason = str(error) if is_ours else "it is damaged or cut short"
        raise BadInput(f"{shown} is no FITS picture: {reason}.") from None
    undefined = planes.undefined_share
    if undefined == 1:
        raise BadInput(f"No pixel of {shown} has a value.")
    n_bands = len(planes.bands)
    bands = f"band {planes.bands[0]}" if n_bands == 1 else f"bands {', '.join(planes.bands)}"
    notes = [f"Its {bands} made a picture (asinh stretch), as in a build."]
    if undefined:
        notes.append(f"{100 * undefined:.2g} % of its pixels have no value and are black.")
    return Uploaded(name, stretch(planes.pixels), tuple(notes))


def _unpacked(shown: str, content: bytes) -> bytes:
    """A file's bytes, no longer gzipped; BadInput where a few of them hold far too many."""
    if not content.startswith(_GZIPPED):
        return content
    unpacked = GzipFile(fileobj=BytesIO(content)).read(MAX_UNPACKED + 1)
    if len(unpacked) > MAX_UNPACKED:
        raise BadInput(
            f"{shown} holds more than {MAX_UNPACKED / 1e6:.0f} MB, unpacked; cut the galaxy out "
            "of it."
        )
    return unpacked


def _sides(content: bytes) -> Iterator[tuple[int, int]]:
    """Width and height of each image by its header, compressed ones as they will be."""
    from astropy.io import fits

    with fits.open(BytesIO(content), memmap=False) as units:
        for unit in units:
            if unit.is_image and unit.header.get("NAXIS", 0) >= 2:
                yield unit.header["NAXIS1"], unit.header["NAXIS2"]


def _check_size(shown: str, width: int, height: int) -> None:
    if max(width, height) > MAX_SIDE or min(width, height) < LEAST_SIDE:
        raise BadInput(f"{shown} has {width:,} x {height:,} pixels; {_side_rule()}.")


def _side_rule() -> str:
    return f"a side must be {LEAST_SIDE} to {MAX_SIDE:,}: cut the galaxy out of it"
