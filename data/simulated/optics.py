"""Atmosphere, telescope and camera: light on the sky to a picture in three bands.

The survey is as deep as SDSS and has its pixels, sky and throughput. Fluxes are nanomaggies
(a magnitude of 22.5 is 1); arrays of three are g, r, i.
"""

from dataclasses import dataclass

import numpy as np
from astropy.visualization import make_lupton_rgb
from scipy import fft, ndimage

DETECTOR_PX_ARCSEC = 0.396
ELECTRONS = 4 * np.array([1010.0, 940.0, 690.0])  # per nanomaggy: four exposures of SDSS
SKY = 10 ** ((22.5 - np.array([21.9, 20.9, 20.2])) / 2.5)  # nanomaggies per square arcsecond
READ_NOISE = 7.0  # electrons per detector pixel

# The colour scale: weights of g, r, i (shown as blue, green, red), and Lupton's two numbers.
RGB_WEIGHTS = np.array([1.72, 1.17, 1.09])
STRETCH, SOFTENING = 0.85, 5.5
BLACK = -0.012  # nanomaggies per detector pixel


@dataclass(frozen=True)
class Conditions:
    """The night: seeing (FWHM in r), wings of the PSF, and shifts between the bands, arcsec."""

    seeing_arcsec: float
    wings: float
    shifts_arcsec: np.ndarray  # (3, 2)

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Conditions":
        """Conditions of one exposure."""
        seeing = float(np.clip(rng.lognormal(np.log(1.15), 0.12), 0.8, 1.6))
        return cls(seeing, float(rng.uniform(2.5, 4.5)), rng.normal(0, 0.04, (3, 2)))


def moffat(size: int, fwhm_px: float, wings: float) -> np.ndarray:
    """Moffat's point-spread function of unit sum, its centre at pixel (0, 0) of a periodic grid."""
    axis = fft.fftfreq(size, 1 / size).astype(np.float32)
    core = fwhm_px / (2 * np.sqrt(2 ** (1 / wings) - 1))
    profile = (1 + (axis[:, None] ** 2 + axis**2) / core**2) ** np.float32(-wings)
    return profile / profile.sum()


def blur(light: np.ndarray, pixel_arcsec: float, conditions: Conditions) -> np.ndarray:
    """What the atmosphere leaves of (3, size, size) light: each band with its PSF and its shift."""
    size = fft.next_fast_len(light.shape[-1], real=True)
    along_y = fft.fftfreq(size)[:, None].astype(np.float32)
    along_x = fft.rfftfreq(size).astype(np.float32)
    # Seeing goes with wavelength to the power -1/5.
    blurred = []
    for band, widening, shift in zip(
        light, (1.055, 1.0, 0.96), conditions.shifts_arcsec / pixel_arcsec, strict=True
    ):
        psf = moffat(size, widening * conditions.seeing_arcsec / pixel_arcsec, conditions.wings)
        phase = along_x * np.float32(shift[0]) + along_y * np.float32(shift[1])
        moved = np.exp(np.complex64(-2j * np.pi) * phase)
        seen = fft.irfft2(fft.rfft2(band, (size, size)) * fft.rfft2(psf) * moved, (size, size))
        blurred.append(seen[: light.shape[1], : light.shape[2]])
    return np.maximum(np.stack(blurred), 0)


def add_noise(light: np.ndarray, pixel_arcsec: float, rng: np.random.Generator) -> np.ndarray:
    """Light with Poisson noise of sky and sources and the read noise, sky subtracted.

    light : (3, size, size) nanomaggies per pixel of the picture. Returned per detector pixel.

    Where the picture's pixels are finer than the detector's, the grain of the noise is that of
    the detector, as in a cutout that was enlarged; where they are coarser it averages out.
    """
    size = light.shape[-1]
    per_detector_px = light * (DETECTOR_PX_ARCSEC / pixel_arcsec) ** 2
    sky = SKY * DETECTOR_PX_ARCSEC**2 * ELECTRONS
    electrons = ELECTRONS.astype(np.float32)[:, None, None]
    dark = (sky + READ_NOISE**2).astype(np.float32)[:, None, None]
    scatter = np.sqrt(per_detector_px * electrons + dark) / electrons
    n_detector = max(round(size * pixel_arcsec / DETECTOR_PX_ARCSEC), 4)
    if n_detector < size:
        grain = rng.normal(size=(3, n_detector, n_detector)).astype(np.float32)
        zoom = size / n_detector
        noise = np.stack([ndimage.zoom(band, zoom, order=3, mode="mirror") for band in grain])
    else:
        noise = rng.normal(size=light.shape) * DETECTOR_PX_ARCSEC / pixel_arcsec
    return per_detector_px + noise * scatter


def signal_to_noise(magnitude: float, radius_arcsec: float) -> float:
    """In r, of the light within the half-light radius."""
    signal = 0.5 * 10 ** ((22.5 - magnitude) / 2.5) * ELECTRONS[1]
    area = np.pi * radius_arcsec**2
    sky = SKY[1] * ELECTRONS[1] * area
    return float(signal / np.sqrt(signal + sky + READ_NOISE**2 * area / DETECTOR_PX_ARCSEC**2))


def to_rgb(light: np.ndarray) -> np.ndarray:
    """(size, size, 3) uint8 colour picture (Lupton et al. 2004) of light per detector pixel."""
    blue, green, red = light * RGB_WEIGHTS[:, None, None]
    return make_lupton_rgb(red, green, blue, minimum=BLACK, stretch=STRETCH, Q=SOFTENING)
