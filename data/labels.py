"""Classes of galaxies by the labels of the catalog; why there are none, where there are not."""

from functools import lru_cache

import numpy as np
import pandas as pd

from data.store import Collection
from models.errors import BadInput

LABEL = "label"
N_GLANCED = 10_000  # random galaxies by which it is told whether there are classes


def label_codes(collection: Collection) -> tuple[np.ndarray, np.ndarray]:
    """(n_galaxies,) int32 class by the catalog's labels, -1 without one; and the classes' names.

    Raises BadInput where there are no two classes.
    """
    why = why_no_classes(collection)
    if why is not None:
        raise BadInput(why)
    column = collection.catalog[LABEL]
    codes, names = pd.factorize(column.mask(column == ""), sort=True)
    return codes.astype(np.int32), np.asarray(names, dtype=object)


@lru_cache(maxsize=100)
def why_no_classes(collection: Collection) -> str | None:
    """Why nothing can be said of classes, in a sentence; None where it can. A glance is taken."""
    if LABEL not in collection.catalog:
        return "The catalog has no column 'label', so there are no classes to be pure."
    glance = collection.catalog[LABEL].iloc[collection.order[:N_GLANCED]]
    n_classes = glance[glance != ""].nunique()
    return None if n_classes > 1 else "The catalog's labels name fewer than 2 classes."
