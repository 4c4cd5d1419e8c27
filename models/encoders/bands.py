"""What a grey encoder makes of each band: where a galaxy looks different from band to band.

Encoders see grey, so that they learn shapes (`normalisation.py`), and what has a color of its own
passes them by: arcs, jets, trails of satellites. But they can be shown one band at a time, each
with its own sky at 0 and its own bright level at 1, so that the color of the galaxy as a whole
is gone. What is left of the differences is where the light of the bands lies elsewhere.
"""

import torch

from models.encoders.normalisation import resized

N_PICTURES = 4  # the grey one and three bands
WEIGHT = 2.0  # differences scatter half as far as what they are of: with it both count alike


def grey_and_bands(pixels: torch.Tensor, size: int, field: float) -> torch.Tensor:
    """(m, h, w, 3) uint8 as (4 m, 1, size, size): all in grey, then all in each band."""
    bands = (pixels[..., band : band + 1] for band in range(pixels.shape[-1]))
    return torch.cat([resized(shown, size, field) for shown in (pixels, *bands)])


def beside_grey(pool: torch.Tensor) -> torch.Tensor:
    """(4 m, d) of `grey_and_bands` -> (m, 3 d): grey, and twice the differences of adjacent bands.

    Pictures that are alike in all bands differ nowhere, and have zeros there.
    """
    grey, first, second, third = pool.reshape(N_PICTURES, -1, pool.shape[1])
    return torch.cat([grey, WEIGHT * (first - second), WEIGHT * (second - third)], dim=1)
