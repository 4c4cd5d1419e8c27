"""What Astronomaly usually describes a galaxy by: ellipses through its isophotes.

Lochner & Bassett (2021), Astronomy and Computing 36, 100481, and the example on Galaxy Zoo in
their code. A peer, written anew: their ellipses are fitted to outlines by OpenCV, these have the
second moments of what an outline encloses.
"""

import numpy as np
from scipy import ndimage

PERCENTILES = (90, 80, 70, 60, 50, 0)  # of the galaxy's own pixels, the innermost isophote first
N_FEATURES = 4 * len(PERCENTILES)
CLIPPED = 3.0  # standard deviations at which the sky is clipped
ROUNDS = 5  # of clipping, as astropy has
FEWEST_PX = 5  # for an ellipse


def ellipse_features(pictures: np.ndarray) -> np.ndarray:
    """Describe galaxies by residual, offset, aspect and turn of six ellipses.

    Offset, aspect and turn are told relative to the innermost ellipse.

    Parameters
    ----------
    pictures : (n, size, size) array
        One band, the galaxy in the middle.

    Returns
    -------
    (n, 24) float32 array
        Each column of mean 0 and variance 1; a galaxy without six ellipses has 0 throughout.
    """
    features = np.stack([_of_one(picture.astype(np.float64)) for picture in pictures])
    is_known = np.isfinite(features).all(axis=1)
    scaled = np.zeros(features.shape, np.float32)
    if is_known.any():
        known = features[is_known]
        scale = known.std(axis=0)
        scaled[is_known] = (known - known.mean(axis=0)) / np.where(scale > 0, scale, 1)
    return scaled


def _of_one(picture: np.ndarray) -> np.ndarray:
    middle = np.array(picture.shape) / 2
    galaxy = _nearest_part(picture > _sky(picture), middle)
    if not galaxy.any():
        return np.full(N_FEATURES, np.nan)
    alone = np.where(galaxy, picture - picture.min(), 0.0)
    own = alone[alone > 0]
    found, center = [], middle
    for percentile in PERCENTILES:
        inside = _nearest_part(alone > np.percentile(own, percentile), center) if len(own) else own
        if inside.sum() < FEWEST_PX:
            return np.full(N_FEATURES, np.nan)
        found.append(_ellipse(inside))
        center = found[0][1:3]
    residual, y, x, aspect, angle = np.array(found).T
    turn = np.abs(angle - angle[0]) % np.pi
    turn = np.minimum(turn, np.pi - turn)
    return np.concatenate([residual, np.hypot(y - y[0], x - x[0]), aspect / aspect[0], turn])


def _sky(picture: np.ndarray) -> float:
    """Median and a standard deviation of the clipped pixels together."""
    kept = picture.ravel()
    for _ in range(ROUNDS):
        off = np.abs(kept - np.median(kept))
        if (off <= CLIPPED * kept.std()).all():
            break
        kept = kept[off <= CLIPPED * kept.std()]
    return float(np.median(kept) + kept.std())


def _nearest_part(mask: np.ndarray, center: np.ndarray) -> np.ndarray:
    """The connected part of a mask whose own center is nearest, its holes filled."""
    parts, n_parts = ndimage.label(mask, np.ones((3, 3)))
    if n_parts == 0:
        return mask
    sizes = np.bincount(parts.ravel(), minlength=n_parts + 1)[1:]
    along = [
        np.bincount(parts.ravel(), np.broadcast_to(axis, mask.shape).ravel(), n_parts + 1)[1:]
        for axis in np.ogrid[: mask.shape[0], : mask.shape[1]]
    ]
    off = np.hypot(along[0] / sizes - center[0], along[1] / sizes - center[1])
    # What cannot be reached from beyond the rim is inside: much faster than ndimage's own filling.
    around, _ = ndimage.label(np.pad(parts != 1 + off.argmin(), 1, constant_values=True))
    return (around != around[0, 0])[1:-1, 1:-1]


def _ellipse(inside: np.ndarray) -> tuple[float, ...]:
    """Residual, center, aspect and angle of the ellipse with the moments of a filled outline."""
    y, x = np.nonzero(inside)
    center = np.array([y.mean(), x.mean()])
    # A pixel is a square: a twelfth is its own second moment, and no ellipse has no width.
    covariance = np.cov(y, x, ddof=0) + np.eye(2) / 12
    (minor, major), axes = np.linalg.eigh(covariance)
    rows, columns = np.ogrid[: inside.shape[0], : inside.shape[1]]
    inverse = np.linalg.inv(4 * covariance)
    dy, dx = rows - center[0], columns - center[1]
    is_in = inverse[0, 0] * dy**2 + 2 * inverse[0, 1] * dy * dx + inverse[1, 1] * dx**2 <= 1
    residual = float(np.mean(is_in != inside))
    angle = float(np.arctan2(axes[0, 1], axes[1, 1]))
    return residual, *center, float(np.sqrt(major / minor)), angle
