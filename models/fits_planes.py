"""The picture in a FITS file: its bands as they were measured, and what its header says of them."""

import gzip
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # a page without FITS cutouts starts without astropy
    from astropy.io.fits import Header

MAX_BANDS = 10  # more planes are a spectral cube, which is no picture
BAND_KEYS = ("BAND", "FILTER", "FILTER1", "EXTNAME")  # where a plane's passband may be named
_PASSBANDS = re.compile(r"(?i)(?:[a-z]+[-_. ]?)?[ugrizyjhk][ps']?|n?uv|fuv|f\d{3,4}[wmnlpx]+\d?")
# Where a picture is on the sky, and its unit: what is kept of a header.
_KEPT = re.compile(
    r"(?:CTYPE|CRVAL|CRPIX|CDELT|CUNIT|CROTA)[12]|(?:CD|PC)[12]_[12]|RADESYS|EQUINOX|LONPOLE|"
    r"LATPOLE|BUNIT|MAGZERO|ZPT|PIXSCALE"
)


@dataclass(frozen=True, eq=False)
class Planes:
    """A picture in one or several bands, as it was measured.

    pixels : (n_bands, height, width), in the file's unit; NaN where undefined
    bands : a short name of each band, no two alike
    header : what is kept of the file's header
    """

    pixels: np.ndarray
    bands: tuple[str, ...]
    header: "Header"

    @property
    def arcsec_per_px(self) -> float:
        """Side of a pixel on the sky by the header, NaN where it does not say."""
        return _pixel_scale(self.header)

    @property
    def undefined_share(self) -> float:
        """Share of the pixels that have no value in any band."""
        return float(1 - np.isfinite(self.pixels).any(axis=0).mean())


def read_planes(file: Path | bytes) -> Planes:
    """The first image of a FITS file, or of its bytes, gzipped or not.

    An image of two dimensions is one band; further images of its shape are bands too where each
    names another passband (BAND, FILTER or EXTNAME): masks and variances do not. A cube has its
    bands along its first axis; BANDS, or BAND0, BAND1, ..., may name them.

    Raises ValueError where there is no image in 1 to 10 bands, OSError where the file is damaged.
    """
    from astropy.io import fits

    if isinstance(file, bytes):
        file = BytesIO(gzip.decompress(file) if file.startswith(b"\x1f\x8b") else file)
    with fits.open(file, memmap=False) as units:
        images = [unit for unit in units if unit.is_image and unit.data is not None]
        if not images:
            raise ValueError("no image in the file")
        first = images[0]
        if first.data.ndim == 2:
            images = _other_bands(images)
            pixels = np.stack([_native(unit.data) for unit in images])
            bands = [_passband(unit.header) for unit in images]
        else:
            pixels = _native(first.data)
            bands = _named_in_cube(first.header, len(pixels))
        if pixels.ndim != 3 or not 1 <= len(pixels) <= MAX_BANDS or 0 in pixels.shape:
            raise ValueError(f"{pixels.shape} pixels: not a picture in 1 to {MAX_BANDS} bands")
        return Planes(pixels, _distinct(bands), _kept(first.header))


def pack_planes(planes: Planes, object_id: str) -> bytes:
    """The bytes of a gzipped FITS file with these bands, lossless beyond single precision."""
    from astropy.io import fits

    pixels = planes.pixels
    if pixels.dtype.kind == "f":
        pixels = pixels.astype(np.float32)
    unit = fits.PrimaryHDU(pixels, header=planes.header.copy())
    unit.header["OBJECT"] = object_id
    for number, band in enumerate(planes.bands):
        unit.header[f"BAND{number}"] = band
    encoded = BytesIO()
    unit.writeto(encoded)
    # No time in it: the same picture is the same bytes.
    return gzip.compress(encoded.getvalue(), compresslevel=6, mtime=0)


def _native(pixels: np.ndarray) -> np.ndarray:
    """FITS is big-endian; everything after wants this machine's order."""
    return np.asarray(pixels, dtype=pixels.dtype.newbyteorder("="))


def _other_bands(images: list) -> list:
    """The first image, and those of its shape where all of them name a passband of their own."""
    alike = [unit for unit in images if unit.data.shape == images[0].data.shape]
    named = [unit for unit in alike if _passband(unit.header)]
    names = {_passband(unit.header) for unit in named}
    return named if named[:1] == images[:1] and len(names) == len(named) else images[:1]


def _passband(header: "Header") -> str:
    """The passband that a header names, "" where it names none."""
    for key in BAND_KEYS:
        name = str(header.get(key, "")).strip()
        if name and _PASSBANDS.fullmatch(name):
            return name
    return ""


def _named_in_cube(header: "Header", n_bands: int) -> list[str]:
    letters = str(header.get("BANDS", "")).replace(",", "").replace(" ", "")
    if len(letters) == n_bands:
        return list(letters)
    return [str(header.get(f"BAND{number}", "")).strip() for number in range(n_bands)]


def _distinct(bands: Sequence[str]) -> tuple[str, ...]:
    """The names given, where each has its own that fits an address; else numbers from 1."""
    is_named = all(re.fullmatch(r"[\w .'-]{1,16}", band) for band in bands)
    is_named = is_named and len({band.lower() for band in bands}) == len(bands)
    return tuple(bands) if is_named else tuple(str(n + 1) for n in range(len(bands)))


def _kept(header: "Header") -> "Header":
    from astropy.io import fits

    kept = fits.Header()
    for key, value in header.items():
        if _KEPT.fullmatch(key) and not isinstance(value, fits.card.Undefined):
            kept[key] = value
    return kept


def _pixel_scale(header: "Header") -> float:
    """Arcseconds: the root of a pixel's area on the sky, NaN where the header has no position."""
    given = _number(header.get("PIXSCALE"))
    if str(header.get("CTYPE1", ""))[:4].rstrip("-") not in ("RA", "DEC", "GLON", "GLAT"):
        return given
    if any(f"CD{i}_{j}" in header for i in (1, 2) for j in (1, 2)):
        matrix = [[_number(header.get(f"CD{i}_{j}", 0)) for j in (1, 2)] for i in (1, 2)]
    else:
        steps = [_number(header.get(f"CDELT{i}", 1)) for i in (1, 2)]
        matrix = [
            [steps[i] * _number(header.get(f"PC{i + 1}_{j + 1}", float(i == j))) for j in (0, 1)]
            for i in (0, 1)
        ]
    area = abs(matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0])
    unit = {"arcsec": 1.0, "arcmin": 60.0}.get(str(header.get("CUNIT1", "deg")).strip(), 3600.0)
    return float(math.sqrt(area) * unit) if area > 0 else given


def _number(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else math.nan
