"""How many directions a representation space really uses."""

import numpy as np

DISCARDED = 0.1  # largest ratios, where neighbourhoods stop being alike (Facco et al. 2017)


def two_nn_dimension(distances: np.ndarray) -> dict:
    """Estimate the intrinsic dimension from the two nearest neighbours of each point.

    In d dimensions the ratio mu = r_2 / r_1 has P(mu > m) = m^-d (Facco et al. 2017). The largest
    tenth of the ratios counts as "at least this large" only: the maximum-likelihood estimate
    of a censored exponential.

    Parameters
    ----------
    distances : (n_points, 2 or more) array
        To the nearest neighbours, itself excluded, ascending.

    Returns
    -------
    dict
        "value", "error", "error_is", "n", and "n_duplicates" left out for r_1 = 0. NaN if
        fewer than 10 points are left or nearly all ratios are 1.
    """
    nearest, second = np.asarray(distances[:, :2], np.float64).T
    logs = np.sort(np.log(second[nearest > 0] / nearest[nearest > 0]))
    n_used = int(len(logs) * (1 - DISCARDED))
    result = {
        "value": np.nan,
        "error": np.nan,
        "error_is": "of independent ratios; points share neighbours, so it is somewhat too small",
        "n": len(logs),
        "n_duplicates": len(nearest) - len(logs),
    }
    if len(logs) >= 10 and logs[n_used - 1] > 0:
        total = logs[:n_used].sum() + (len(logs) - n_used) * logs[n_used - 1]
        result["value"] = float(n_used / total)
        result["error"] = result["value"] / float(np.sqrt(n_used))
    return result


def effective_rank(variances: np.ndarray) -> float:
    """Exponential of the entropy of the variances' shares (Roy & Vetterli 2007).

    Parameters
    ----------
    variances : (n_dim,) array
        Along the principal axes.

    Returns
    -------
    float
        From 1, all variance in one direction, to n_dim, equal in all; NaN if all are 0.
    """
    total = np.sum(variances)
    if not total > 0:
        return float("nan")
    shares = variances[variances > 0] / total
    return float(np.exp(-(shares * np.log(shares)).sum()))


def top_component_share(variances: np.ndarray) -> float:
    """Share of the variance along the first principal axis; NaN if there is no variance."""
    total = np.sum(variances)
    return float(np.max(variances) / total) if total > 0 else float("nan")
