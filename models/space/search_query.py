"""The point of representation space that is searched from, of one galaxy or of several."""

from collections.abc import Sequence

import numpy as np

from models.errors import BadInput

METRICS = ("euclidean", "cosine")
AWAY = 0.25  # of the way from the mean of those unlike to the mean of those like, beyond the latter


def query_vector(
    points: np.ndarray,
    like: Sequence[int],
    unlike: Sequence[int] = (),
    *,
    metric: str = "euclidean",
) -> np.ndarray:
    """Where to search from for galaxies like some and unlike others.

    ``a + AWAY (a - b)``, with a the mean of those like and b of those unlike (Rocchio 1971). It is
    the same as to rank by ``|x - a|^2 - g |x - b|^2`` with ``g = AWAY / (1 + AWAY)``, which is
    0.2, but it is one point, so that an index can be asked for it. AWAY is low because the point
    is off the galaxies where the unlike are far: with 0.25, none farther from a than half of
    ``|a - b|`` comes before a galaxy at a.

    Parameters
    ----------
    points : (n, d) array
    like, unlike : rows of `points`
        At least one is like.
    metric : {"euclidean", "cosine"}
        With the cosine, means are of directions: each galaxy counts the same whatever its norm.

    Returns
    -------
    (d,) float64 array
        In the unit of the points; with the cosine, of no certain norm.

    Raises
    ------
    BadInput
        If none is like, a galaxy is on both sides, or with the cosine one has no direction.
    """
    like, unlike = np.unique(np.asarray(like, np.int64)), np.unique(np.asarray(unlike, np.int64))
    if not len(like):
        raise BadInput("Nothing is searched for: name a galaxy that others are to be like.")
    both = np.intersect1d(like, unlike)
    if len(both):
        raise BadInput(
            f"Row {both[0]} is among those like and those unlike; leave it out of one of them."
        )
    center = _mean(points, like, metric)
    if not len(unlike):
        return center
    return center + AWAY * (center - _mean(points, unlike, metric))


def as_metric(vectors: np.ndarray, metric: str) -> np.ndarray:
    """(m, d) vectors as float64, with the cosine of unit norm; NaN where one has no direction."""
    check_metric(metric)
    vectors = np.atleast_2d(np.asarray(vectors, np.float64))
    if metric == "euclidean":
        return vectors
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(norms > 0, vectors / norms, np.nan)


def check_metric(metric: str) -> None:
    """Refuse a distance that is not one of METRICS."""
    if metric not in METRICS:
        raise BadInput(f"There is no distance '{metric}'; choose from {', '.join(METRICS)}.")


def _mean(points: np.ndarray, rows: np.ndarray, metric: str) -> np.ndarray:
    vectors = as_metric(points[rows], metric)
    undefined = ~np.isfinite(vectors).all(1)
    if undefined.any():
        raise BadInput(
            f"The representation in row {rows[np.argmax(undefined)]} has no direction (it is 0); "
            "search by Euclidean distance."
        )
    return vectors.mean(0)
