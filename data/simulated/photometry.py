"""Ages, dust and redshift to fluxes in g, r and i."""

import numpy as np

from data.simulated.light import Layer

# Extinction over that in r, for g, r, i (Cardelli, Clayton & Mathis 1989).
EXTINCTION = np.array([1.42, 1.0, 0.74])


def flux(magnitude: float | np.ndarray) -> float | np.ndarray:
    """Nanomaggies."""
    return 10 ** ((22.5 - magnitude) / 2.5)


def band_ratios(age: float, redshift: float) -> np.ndarray:
    """Flux in g, r, i over that in r, from young (age 0) to old (age 1) stars.

    The colours run along the sequence of nearby galaxies, g - r from 0.1 to 0.85; redshift
    moves the 4000 Angstrom break of old stars through g.
    """
    age = float(np.clip(age, -0.3, 1.2))
    g_minus_r = 0.12 + 0.72 * age + (0.5 + 1.8 * max(age, 0)) * redshift
    r_minus_i = 0.0 + 0.42 * age + 0.4 * redshift
    return 10 ** (np.array([-g_minus_r, 0.0, r_minus_i]) / 2.5)


def paint(
    layers: list[Layer], depth: np.ndarray | float, magnitude: float, redshift: float
) -> np.ndarray:
    """(3, size, size) nanomaggies per pixel of a galaxy of the given r magnitude in all."""
    light = 0.0
    for layer in layers:
        ratios = band_ratios(layer.age, redshift).astype(np.float32)[:, None, None]
        light = light + layer.share / layer.light.sum() * ratios * layer.light
    if np.ndim(depth):
        light = light * np.exp(-EXTINCTION.astype(np.float32)[:, None, None] * depth)
    return (light * (flux(magnitude) / light[1].sum())).astype(np.float32)
