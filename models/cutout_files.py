"""One cutout file, JPEG, PNG or FITS -> pixels."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from models.cutout_stretch import stretch
from models.errors import BadInput
from models.fits_planes import Planes, read_planes

FITS_SUFFIXES = (".fits", ".fit", ".fts")
SUFFIXES = (".jpg", ".jpeg", ".png", *FITS_SUFFIXES)

# How the files that every browser shows begin; their names may lie.
_SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}

# All that Pillow and astropy have been seen to raise at a damaged file.
DAMAGED = (
    *(OSError, ValueError, TypeError, SyntaxError, EOFError, KeyError, IndexError),
    *(struct.error, zlib.error, Image.DecompressionBombError),
)


def media_type(encoded: bytes) -> str | None:
    """Media type of a JPEG or PNG file, told by its first bytes; None for any other."""
    return next((kind for start, kind in _SIGNATURES.items() if encoded.startswith(start)), None)


def is_fits(file: Path) -> bool:
    """Whether a file is FITS by its name."""
    return file.suffix.lower() in FITS_SUFFIXES


def decode_cutout(file: Path) -> np.ndarray:
    """(height, width, 3) uint8 of one cutout file.

    Raises
    ------
    BadInput
        If the file is missing, damaged, or not one picture in few bands.
    """
    if is_fits(file):
        return stretch(read_fits(file).pixels)
    try:
        with Image.open(file) as picture:
            return np.asarray(picture.convert("RGB"))
    except DAMAGED as error:
        raise _unreadable(file) from error


def read_fits(file: Path) -> Planes:
    """The bands of a FITS cutout as they were measured. Raises BadInput as `decode_cutout` does."""
    try:
        return read_planes(file)
    except DAMAGED as error:
        raise _unreadable(file) from error


def decode_picture(encoded: bytes) -> Image.Image:
    """A JPEG or PNG file's bytes, decoded; BadInput with what is wrong where they cannot be."""
    try:
        picture = Image.open(BytesIO(encoded), formats=("JPEG", "PNG"))
        picture.load()
        return picture
    except DAMAGED as error:
        # Pillow's own words name a Python object where it knows no format.
        is_unknown = isinstance(error, Image.UnidentifiedImageError)
        reason = "its bytes are no JPEG or PNG picture" if is_unknown else str(error)
        raise BadInput(f"A cutout cannot be decoded: {reason}.") from None


def _unreadable(file: Path) -> BadInput:
    return BadInput(f"{file} is not a readable cutout; replace or remove it.")
