"""Fluxes -> what a screen shows: the stretches of a FITS cutout."""

import numpy as np

from models.errors import BadInput

STRETCHES = ("linear", "asinh", "zscale")
SOFTENING = 8.0  # Lupton's Q: the larger, the earlier bright pixels are compressed
FAINTEST_RANGE = 10.0  # in units of the sky's noise: what an empty cutout is stretched over
PERCENTILES = (0.5, 99.5)  # black and white of the linear stretch
BRIGHTEST = 0.995  # quantile of the pixels that is white in the asinh stretch


def stretch(planes: np.ndarray, kind: str = "asinh") -> np.ndarray:
    """Make a color picture of fluxes, the way of Lupton et al. (2004).

    Each band has its sky (the median) taken off. The mean of the bands, the intensity, decides
    what is black and white; colors keep their ratios, and a pixel too bright for the screen is
    scaled down in all bands together. Rows are flipped: FITS counts them from the bottom.

    Parameters
    ----------
    planes : (n_bands, height, width) array
        Fluxes in order of wavelength, shortest first (g, r, z): the first band is blue, the last
        red, the one in the middle green; of two bands, green is their mean. One band is grey.
        A pixel undefined in one band is sky there; undefined in all, it is black.
    kind : one of STRETCHES
        asinh compresses the bright end; linear is from the 0.5th to the 99.5th percentile of the
        intensity; zscale is linear between the limits of IRAF's algorithm.

    Returns
    -------
    (height, width, 3) uint8
    """
    bands = _blue_green_red(np.asarray(planes, dtype=np.float64))
    is_known = np.isfinite(bands)
    flux = np.stack([_less_sky(band) for band in bands])
    is_defined = is_known.any(0)
    intensity = flux.mean(0)
    if kind == "asinh":
        compressed = _asinh(intensity, _full_range(intensity[is_defined]))
        ratio = np.divide(compressed, intensity, out=np.zeros_like(intensity), where=intensity != 0)
        colors = flux * ratio
    else:
        low, high = _limits(intensity[is_defined], kind)
        colors = (flux - low) / (high - low) if high > low else np.zeros_like(flux)
    colors = np.clip(colors, 0, None) * is_defined
    colors /= np.maximum(colors.max(0), 1)
    return _as_picture(colors[::-1])


def stretch_band(plane: np.ndarray, kind: str = "asinh") -> np.ndarray:
    """(height, width, 3) uint8: one band, (height, width) fluxes, in grey; undefined is black."""
    plane = np.asarray(plane, dtype=np.float64)
    is_defined = np.isfinite(plane)
    if kind == "asinh":
        flux = _less_sky(plane)
        grey = _asinh(flux, _full_range(flux[is_defined]))
    else:
        flux = np.where(is_defined, plane, 0.0)
        low, high = _limits(flux[is_defined], kind)
        grey = (flux - low) / (high - low) if high > low else np.zeros_like(flux)
    grey = np.clip(grey, 0, 1) * is_defined
    return _as_picture(np.broadcast_to(grey, (3, *grey.shape)))


def check_stretch(kind: str) -> None:
    """Raise BadInput where there is no stretch of that name."""
    if kind not in STRETCHES:
        raise BadInput(f"There is no stretch '{kind[:40]}'; there are {', '.join(STRETCHES)}.")


def _blue_green_red(planes: np.ndarray) -> np.ndarray:
    """(3, height, width): the bands that are shown as blue, green and red."""
    if len(planes) == 2:
        is_one = np.isfinite(planes).sum(0) == 1
        mean = np.where(is_one, np.nan_to_num(planes, nan=0.0).sum(0), planes.mean(0))
        return np.stack([planes[0], mean, planes[1]])
    return planes[[0, len(planes) // 2, -1]]


def _less_sky(plane: np.ndarray) -> np.ndarray:
    """Fluxes over the sky; 0 where undefined, and everywhere in a plane that is blank."""
    is_known = np.isfinite(plane)
    if not is_known.any():
        return np.zeros_like(plane)
    return np.where(is_known, plane - np.median(plane[is_known]), 0.0)


def _full_range(intensity: np.ndarray) -> float:
    """The intensity that is white: of the brightest pixels, or well above the noise."""
    if not intensity.size:
        return 1.0
    noise = 1.4826 * np.median(np.abs(intensity - np.median(intensity)))
    return max(np.quantile(intensity, BRIGHTEST), FAINTEST_RANGE * noise) or 1.0


def _asinh(flux: np.ndarray, full: float) -> np.ndarray:
    return np.arcsinh(SOFTENING * flux / full) / np.arcsinh(SOFTENING)


def _limits(values: np.ndarray, kind: str) -> tuple[float, float]:
    """What is black and what is white; equal where the values do not differ, or there are none."""
    if not len(values):
        return 0.0, 0.0
    if kind == "zscale":
        from astropy.visualization import ZScaleInterval

        low, high = ZScaleInterval().get_limits(values)
        return float(low), float(high)
    low, high = np.percentile(values, PERCENTILES)
    return float(low), float(high)


def _as_picture(colors: np.ndarray) -> np.ndarray:
    """(3, height, width) from 0 to 1 -> (height, width, 3) uint8, the first row at the top."""
    return np.round(255 * colors[:, ::-1]).astype(np.uint8).transpose(1, 2, 0)
