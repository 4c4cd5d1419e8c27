"""One cutout file, JPEG, PNG or FITS -> pixels."""

from pathlib import Path

import numpy as np
from PIL import Image

from models.errors import BadInput

FITS_SUFFIXES = (".fits", ".fit", ".fts")
SUFFIXES = (".jpg", ".jpeg", ".png", *FITS_SUFFIXES)

# How the files that every browser shows begin; their names may lie.
_SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}

SOFTENING = 8.0  # Lupton's Q: the larger, the earlier bright pixels are compressed
FAINTEST_RANGE = 10.0  # in units of the sky's noise: what an empty cutout is stretched over


def media_type(encoded: bytes) -> str | None:
    """Media type of a JPEG or PNG file, told by its first bytes; None for any other."""
    return next((kind for start, kind in _SIGNATURES.items() if encoded.startswith(start)), None)


def decode_cutout(file: Path) -> np.ndarray:
    """(height, width, 3) uint8 of one cutout file.

    Raises
    ------
    BadInput
        If the file is missing, damaged, or not one picture in one or three bands.
    """
    try:
        if file.suffix.lower() in FITS_SUFFIXES:
            return stretch(_fits_planes(file))
        with Image.open(file) as picture:
            return np.asarray(picture.convert("RGB"))
    except (OSError, ValueError, TypeError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput(f"{file} is not a readable cutout; replace or remove it.") from error


def _fits_planes(file: Path) -> np.ndarray:
    """(1 or 3, height, width) float64: the first image in the file, bands as they are stored."""
    # The page asks this file for the types of pictures, and starts without astropy.
    from astropy.io import fits

    with fits.open(file, memmap=False) as units:
        planes = next(
            (unit.data for unit in units if unit.is_image and unit.data is not None), None
        )
        if planes is None:
            raise ValueError("no image in the file")
        planes = np.array(planes, dtype=np.float64)
    planes = planes[None] if planes.ndim == 2 else planes
    if planes.ndim != 3 or planes.shape[0] not in (1, 3):
        raise ValueError("neither one nor three bands")
    return planes


def stretch(planes: np.ndarray) -> np.ndarray:
    """Make a colour picture of fluxes, the way of Lupton et al. (2004).

    Each band has its sky (the median) taken off. The mean of the bands, the intensity, is
    compressed by asinh; colours keep their ratios, and a pixel too bright for the screen is
    scaled down in all bands together. Rows are flipped: FITS counts them from the bottom.

    Parameters
    ----------
    planes : (1 or 3, height, width) array
        Fluxes; three bands in order of wavelength, shortest first (g, r, z), shown as blue,
        green, red. Undefined pixels are shown as sky.

    Returns
    -------
    (height, width, 3) uint8
    """
    sky = np.nanmedian(planes, axis=(1, 2), keepdims=True)
    flux = np.nan_to_num(planes - sky, nan=0.0, posinf=0.0, neginf=0.0)
    intensity = flux.mean(0)
    noise = 1.4826 * np.median(np.abs(intensity - np.median(intensity)))
    full = max(np.quantile(intensity, 0.995), FAINTEST_RANGE * noise) or 1.0

    compressed = np.arcsinh(SOFTENING * intensity / full) / np.arcsinh(SOFTENING)
    ratio = np.divide(compressed, intensity, out=np.zeros_like(intensity), where=intensity != 0)
    colors = np.clip(flux * ratio, 0, None)
    colors /= np.maximum(colors.max(0), 1)
    picture = np.broadcast_to(colors[::-1], (3, *intensity.shape))[:, ::-1]
    return np.round(255 * picture).astype(np.uint8).transpose(1, 2, 0)
