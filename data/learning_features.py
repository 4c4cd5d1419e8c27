"""What scores are learned from: where galaxies lie in a space, the far ones drawn in."""

import numpy as np

from data.kept import Kept
from data.store import Collection
from models.space.projection import PrincipalAxes, drawn_in

_KEPT = Kept(2**28)  # 256 MB: two and a half million galaxies


def learning_features(collection: Collection, checkpoint: str) -> np.ndarray:
    """(n_galaxies, k) float16 by row, in the k principal axes that are stored, at most 50.

    Raises NotFound where there is no such checkpoint.
    """
    axes = PrincipalAxes(*collection.pca(checkpoint))
    key = (collection.digest, checkpoint)
    return _KEPT.get(key, lambda: _features(axes, collection.representations(checkpoint)))


def _features(axes: PrincipalAxes, representations: np.ndarray) -> np.ndarray:
    return drawn_in(axes.project(representations)).astype(np.float16)
