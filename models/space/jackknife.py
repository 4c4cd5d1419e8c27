"""Delete-a-group jackknife: errors of whatever can be measured again without some of the points.

The points are dealt into groups, and everything is measured once without each. Nothing is drawn
with replacement: a point drawn twice would be a pair at separation 0, and its own nearest neighbor.
"""

import numpy as np

N_GROUPS = 20  # the error then has itself an error of some 16 %


def groups_in_turn(n_points: int, n_groups: int = N_GROUPS) -> np.ndarray:
    """(n_points,) group of each point: one after the other, random if the points' order is.

    The same for every space of the same points.
    """
    return np.arange(n_points) % min(n_groups, n_points)


def jackknife_error(replicates: np.ndarray) -> float:
    """Standard error from what was measured without each group (Shao & Wu 1989).

    Parameters
    ----------
    replicates : (n_groups,) array

    Returns
    -------
    float
        NaN with fewer than two groups, or where a replicate is undefined.
    """
    n_groups = len(replicates)
    if n_groups < 2 or not np.isfinite(replicates).all():
        return float("nan")
    return float(np.sqrt((n_groups - 1) * np.var(replicates)))
