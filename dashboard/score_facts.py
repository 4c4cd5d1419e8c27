"""What the anomaly scores of density.npy are called and say, wherever a page tells them."""

from typing import NamedTuple

from models.space.estimators import (
    AGREEMENT,
    CENTER,
    FACTOR,
    ISOLATION,
    K_FACTOR,
    MIXTURE,
    N_CENTERS,
)


class ScoreFacts(NamedTuple):
    """A score in words.

    title : of the column, and what its values are
    ranking : galaxies in its order, the most unusual first; "" where it ranks none
    told : one line about it
    short : its name among others in a narrow place
    """

    title: str
    ranking: str
    told: str
    short: str = ""


SCORES = {
    "log_density": ScoreFacts(
        "log density",
        "lowest density",
        "Log of galaxies per unit volume of the representation space, up to a constant; low is "
        "unusual.",
        "density",
    ),
    "relative_density": ScoreFacts(
        "log relative density",
        "low for their surroundings",
        "Log of the density over that of the neighbors; low is unusual.",
        "relative density",
    ),
    "neighbor_distance": ScoreFacts(
        "distance to 10th neighbor",
        "far from the 10th neighbor",
        "In the representation space, in its own unit; high is unusual.",
        "10th neighbor",
    ),
    FACTOR: ScoreFacts(
        "local outlier factor",
        "high local outlier factor",
        f"How much sparser it is around the galaxy than around its {K_FACTOR} nearest; about 1 "
        "inside a group, high is unusual.",
        "outlier factor",
    ),
    ISOLATION: ScoreFacts(
        "isolation",
        "easily isolated",
        "Score of an isolation forest, from 0 to 1: high where few cuts of the components set the "
        "galaxy apart.",
        "isolation",
    ),
    MIXTURE: ScoreFacts(
        "log likelihood of mixture",
        "unlikely in a mixture",
        "Under a mixture of Gaussians fitted to the components; low is unusual.",
        "mixture",
    ),
    CENTER: ScoreFacts(
        "distance to nearest center",
        "far from every center",
        f"To the nearest of {N_CENTERS} k-means centers, in the unit of the representations; high "
        "is unusual.",
        "nearest center",
    ),
    AGREEMENT: ScoreFacts(
        "agreement",
        "estimators agree",
        "Geometric mean of the places by all estimators, as a share of the galaxies: low is "
        "unusual by all of them.",
        "agreement",
    ),
    "intrinsic_dim": ScoreFacts(
        "local dimension", "", "Dimension of the representations around the galaxy."
    ),
}
