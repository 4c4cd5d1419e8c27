"""Far outliers of a map, brought to its edge."""

import numpy as np

REACH = 4  # half-widths of the map, from the 5th to the 95th percentile
MARGIN = 0.03  # of the map's width, between its edge and the galaxies that are drawn there


def clip_outliers(
    projection: np.ndarray, sample: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Positions to draw and to select by, and which of them were moved to the edge.

    One point hundreds of widths away would leave no room for the rest, and breaks a browser's
    search for the point under the pointer.

    Parameters
    ----------
    projection : (n_galaxies, 2) array
    sample : (n_sample, 2) array, optional
        Some of it, drawn at random, by which the edge is found: to order all of ten million
        galaxies takes a second.

    Returns
    -------
    positions : (n_galaxies, 2) float32 array
        Those more than 4 half-widths from the median in either direction are far, and brought to
        the edge of a box a little larger than that of the others.
    is_moved : (n_galaxies,) bool array
    """
    drawn = projection if sample is None else sample
    low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95], axis=0)
    reach = REACH * np.maximum(high - low, 1e-6) / 2
    projection = np.asarray(projection, np.float32)
    first, last = (middle - reach).astype(np.float32), (middle + reach).astype(np.float32)
    is_within = (projection >= first) & (projection <= last)
    is_near = is_within[:, 0] & is_within[:, 1]  # .all(axis=1) takes ten times as long
    near = projection[is_near]
    if len(near) in (0, len(projection)):
        return np.clip(projection, first, last), ~is_near
    low, high = near.min(axis=0), near.max(axis=0)
    margin = np.maximum(MARGIN * (high - low), MARGIN * reach).astype(np.float32)
    positions = np.clip(projection, low - margin, high + margin)
    is_moved = positions != projection
    return positions, is_moved[:, 0] | is_moved[:, 1]
