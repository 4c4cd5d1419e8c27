"""The random views of a galaxy: whatever differs between two views, the encoder learns to ignore.

All geometry is one affine map and one resampling; five separate operations cost as much as the
network. Rotation and flips come first in importance, noise and blur next: depth and seeing are
shared by all of a cutout's pixels and are an easier thing to recognise than shape.
"""

from dataclasses import dataclass

import torch
from torch.nn.functional import affine_grid, conv2d, grid_sample, pad

from models.encoders.normalisation import stretched


@dataclass(frozen=True)
class Views:
    """Ranges from which a view is drawn, each galaxy and each view for itself.

    rotation : any angle: galaxies have no up
    flips : the mirror image is as likely: handedness is a matter of where we stand
    zoom : apparent size is a matter of distance; drawn evenly in its logarithm
    shift : centres are uncertain and cutouts are cut by hand; share of the side, at most
    squeeze : slight change of axis ratio, as from pixels that are not square
    blur : seeing differs from night to night; share of a blurred picture mixed in, at most
    noise : exposure differs; standard deviation of added sky noise, at most, in units of the
        galaxy's bright level
    gain : that bright level is itself uncertain; factor and its inverse
    softening : the display stretch was somebody's choice; range of asinh softenings
    """

    zoom: tuple[float, float] = (0.75, 1.5)
    shift: float = 0.08
    squeeze: float = 1.0
    blur: float = 1.0
    noise: tuple[float, float] = (0.0, 0.15)
    gain: float = 1.3
    softening: tuple[float, float] = (1.5, 8.0)


def random_view(x: torch.Tensor, rule: Views, rng: torch.Generator) -> torch.Tensor:
    """One view of each of (n, 1, s, s) normalised galaxies, stretched for the encoder."""
    n = len(x)
    # Mirroring at the border continues the sky; a black corner would tell the angle.
    grid = affine_grid(random_maps(n, rule, rng), list(x.shape), align_corners=False)
    x = grid_sample(x, grid, padding_mode="reflection", align_corners=False)
    x = torch.lerp(x, blurred(x), rule.blur * _uniform(n, rng))
    low, high = rule.noise
    sigma = low + (high - low) * _uniform(n, rng)
    x = x + sigma * torch.randn(x.shape, generator=rng, device=x.device)
    x = x * _log_uniform(n, (1 / rule.gain, rule.gain), rng)
    x = stretched(x, _log_uniform(n, rule.softening, rng))
    return x.contiguous(memory_format=torch.channels_last)


def random_maps(n: int, rule: Views, rng: torch.Generator) -> torch.Tensor:
    """(n, 2, 3) affine maps from a view's coordinates to its cutout's, both from -1 to 1."""
    angle = 2 * torch.pi * _uniform(n, rng).flatten()
    flip = (_uniform(n, rng).flatten() < 0.5).to(angle.dtype) * -2 + 1
    scale = 1 / _log_uniform(n, rule.zoom, rng).flatten()
    ratio = _log_uniform(n, (1 / rule.squeeze, rule.squeeze), rng).flatten()
    cos, sin = scale * angle.cos(), scale * angle.sin()
    shift = 2 * rule.shift * (2 * _uniform(2 * n, rng).reshape(2, n) - 1)
    across = torch.stack([flip * ratio * cos, -sin, shift[0]], dim=1)
    along = torch.stack([flip * ratio * sin, cos, shift[1]], dim=1)
    return torch.stack([across, along], dim=1)


def blurred(x: torch.Tensor) -> torch.Tensor:
    """Blur by a Gaussian of 1.2 pixels, mirrored at the border."""
    offsets = torch.arange(-3, 4, dtype=x.dtype, device=x.device)
    kernel = torch.exp(-0.5 * (offsets / 1.2) ** 2)
    kernel = kernel / kernel.sum()
    x = conv2d(pad(x, (3, 3, 0, 0), mode="reflect"), kernel.view(1, 1, 1, -1))
    return conv2d(pad(x, (0, 0, 3, 3), mode="reflect"), kernel.view(1, 1, -1, 1))


def _uniform(n: int, rng: torch.Generator) -> torch.Tensor:
    """(n, 1, 1, 1) numbers between 0 and 1."""
    return torch.rand((n, 1, 1, 1), generator=rng, device=rng.device)


def _log_uniform(n: int, limits: tuple[float, float], rng: torch.Generator) -> torch.Tensor:
    low, high = limits
    return low * (high / low) ** _uniform(n, rng)
