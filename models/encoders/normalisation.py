"""From cutouts as stored to what an encoder sees: grey, sky 0, brightest part 1.

Without this step a network learns how bright galaxies are: brightness is what two views of a
galaxy share most. It belongs to the encoder and is the same in training and in encoding.
"""

from dataclasses import dataclass

import torch
from torch.nn.functional import interpolate

CENTER = 4  # the central half in each direction: rows and columns from 1/4 to 3/4


@dataclass(frozen=True)
class Normalisation:
    """How a cutout is cut down and scaled.

    field : central share of each side that is seen; galaxies rarely fill their cutout, and its
        rim is other galaxies and sky
    sky : quantile of the outermost pixels that becomes 0
    high : quantile of the central half that becomes 1; neighbors at the rim do not count
    faintest : smallest range, in units of full scale, that is stretched to 1: a cutout without
        a galaxy must not have its noise blown up
    softening : x -> asinh(softening x) / asinh(softening) brings out the faint outskirts
    """

    field: float = 0.75
    sky: float = 0.5
    high: float = 0.98
    faintest: float = 0.04
    softening: float = 3.0


def resized(pixels: torch.Tensor, size: int, field: float) -> torch.Tensor:
    """Central field of (n, h, w, 3) uint8 cutouts as (n, 1, size, size) uint8 in grey.

    Grey is the plain mean of the three bands: colour is nearly a class label for brightness
    and age, and is easier to learn than shape.
    """
    height, width = (round(field * side) for side in pixels.shape[1:3])
    top, left = (pixels.shape[1] - height) // 2, (pixels.shape[2] - width) // 2
    center = pixels[:, top : top + height, left : left + width]
    grey = center.float().mean(-1)[:, None]
    if grey.shape[2:] != (size, size):
        grey = interpolate(grey, (size, size), mode="bilinear", antialias=True)
    return grey.round().clamp(0, 255).to(torch.uint8)


def normalised(grey: torch.Tensor, rule: Normalisation) -> torch.Tensor:
    """(n, 1, s, s) uint8 as float32, linear in the pixels, with sky 0 and high level 1.

    Scaling all of a galaxy's light above the sky leaves the result as it is, down to the
    rounding of the pixels.
    """
    x = grey.float() / 255
    n, _, s, _ = x.shape
    rim = torch.cat([x[..., 0, :], x[..., -1, :], x[..., 1:-1, 0], x[..., 1:-1, -1]], dim=-1)
    middle = slice(s // CENTER, s - s // CENTER)
    sky = torch.quantile(rim.reshape(n, -1), rule.sky, dim=1)
    high = torch.quantile(x[..., middle, middle].reshape(n, -1), rule.high, dim=1)
    span = (high - sky).clamp(min=rule.faintest)
    return (x - sky.view(-1, 1, 1, 1)) / span.view(-1, 1, 1, 1)


def stretched(x: torch.Tensor, softening: float | torch.Tensor) -> torch.Tensor:
    """Compress bright pixels by asinh; 0 and 1 stay where they are."""
    softening = torch.as_tensor(softening, dtype=x.dtype, device=x.device)
    return _asinh(softening * x) / _asinh(softening)


def _asinh(x: torch.Tensor) -> torch.Tensor:
    # Four times as fast as torch.asinh on a CPU; exact for sky a little below 0 as well.
    return torch.log(x + torch.sqrt(x * x + 1))
