"""Far outliers of a map, brought to its edge."""

import numpy as np

REACH = 4  # half-widths of the map, from the 5th to the 95th percentile


def clip_outliers(projection: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions to draw and to select by, and which of them were moved to the edge.

    One point hundreds of widths away would leave no room for the rest, and breaks a browser's
    search for the point under the pointer.

    Parameters
    ----------
    projection : (n_galaxies, 2) array

    Returns
    -------
    positions : (n_galaxies, 2) float32 array
        At most 4 half-widths from the median in either direction.
    is_moved : (n_galaxies,) bool array
    """
    low, middle, high = np.quantile(projection, [0.05, 0.5, 0.95], axis=0)
    reach = REACH * np.maximum(high - low, 1e-6) / 2
    positions = np.clip(projection, middle - reach, middle + reach).astype(np.float32)
    return positions, (positions != projection.astype(np.float32)).any(axis=1)
