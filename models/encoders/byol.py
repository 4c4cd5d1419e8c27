"""BYOL, bootstrap your own latent (Grill et al. 2020, arXiv:2006.07733): the method on a page.

Two views of a galaxy go through two networks. The online one learns to predict, from one view,
what the target one makes of the other; the target is a slow average of the online one. Nothing
pushes different galaxies apart: that the two do not agree on one constant rests on the
predictor, on the target's lag and on batch norm.
"""

import copy
import math

import torch
from torch import nn
from torch.nn.functional import normalize

from models.encoders.encoder import Design, Encoder, two_layers


class BYOL(nn.Module):
    """Online encoder, projector and predictor; target encoder and projector (figure 2).

    Departure: both views pass a network in one batch, so that batch norm sees them together;
    the paper passes them one after the other. Views are drawn alike, so the averages agree.
    """

    def __init__(self, design: Design) -> None:
        super().__init__()
        self.online = Encoder(design)
        self.predictor = two_layers(design.projection, design.hidden, design.projection)
        self.target = copy.deepcopy(self.online).requires_grad_(False)

    def forward(self, view: torch.Tensor, other: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Loss of a batch of view pairs, and their representations (2 n, 8 width)."""
        views = torch.cat([view, other])
        online = self.online(views)
        with torch.no_grad():
            targets = self.target(views).projector
        # The loss compares directions that differ little in the end: no half precision here.
        with torch.autocast(views.device.type, enabled=False):
            return symmetric_loss(self.predictor(online.projector), targets), online.pool

    @torch.no_grad()
    def update_target(self, momentum: float) -> None:
        """Target <- momentum target + (1 - momentum) online (equation 1).

        Running means of batch norm are not weights: the target keeps its own.
        """
        pairs = zip(self.target.parameters(), self.online.parameters(), strict=True)
        for slow, fast in pairs:
            slow.lerp_(fast, 1 - momentum)


def regression_loss(predictions: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """2 - 2 cos of the angle between each prediction and its target (equation 2): (n,)."""
    return 2 - 2 * (normalize(predictions, dim=1) * normalize(targets, dim=1)).sum(1)


def symmetric_loss(predictions: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Each view predicts the other and the two losses are added (section 3.1).

    Rows 0 ... n - 1 are the first views, n ... 2 n - 1 the second ones.
    """
    crossed = targets.roll(len(targets) // 2, dims=0)
    return 2 * regression_loss(predictions, crossed).mean()


def target_momentum(step: int, n_steps: int, base: float) -> float:
    """Rise from `base` at the first step to 1 at the end along a cosine (section 3.2)."""
    return 1 - (1 - base) * (math.cos(math.pi * step / n_steps) + 1) / 2


def decorrelation(representations: torch.Tensor) -> torch.Tensor:
    """Sum of squared correlations between different outputs, per output.

    A departure from BYOL, taken from VICReg's covariance term (Bardes et al. 2022, equation 4),
    but on the representations instead of the projections and of standardised outputs, so that
    shrinking them does not lower it. Without it one direction holds most of the variance within
    some hundred steps.
    """
    n, n_dim = representations.shape
    centred = representations - representations.mean(0)
    scaled = centred / (centred.square().mean(0) + 1e-4).sqrt()
    correlation = scaled.T @ scaled / n
    return (correlation.square().sum() - correlation.diagonal().square().sum()) / n_dim
