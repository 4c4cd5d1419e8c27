"""Which columns there are to color by and to show examples of; cheap at any size.

Only types and some random galaxies are looked at: a page of ten million opens as fast as any.
"""

from functools import lru_cache

import pandas as pd

from dashboard.cluster_words import clustering_title
from dashboard.colors import POINTS
from dashboard.compared_facts import compared_title
from dashboard.palettes import N_COLORS
from dashboard.score_facts import SCORES
from data.checkpoint_columns import CLUSTER, RANK, checkpoint_columns
from data.cluster_columns import is_clustering
from data.compared_columns import is_compared
from data.label_present import following_columns, is_of_labels, title_at_present
from data.selection_columns import is_date, is_number
from data.store import Collection

HIDDEN_COLUMNS = ("object_id",)
DENSITY = "log_density"
TITLES = {
    **{name: score.title for name, score in SCORES.items()},
    RANK: "anomaly rank",
    CLUSTER: "cluster (k-means)",
}
N_GLANCED = 10_000
LABELS = "Labels"  # the group of columns that assets/label_columns.js keeps as the labels are


def title_of(collection: Collection, name: str) -> str:
    """What a column is called on the page."""
    if is_of_labels(name) and name not in collection.catalog:
        return title_at_present(name)
    if is_clustering(name) and name not in collection.catalog:
        return clustering_title(name)
    if name in collection.catalog or not is_compared(name):
        return TITLES.get(name, name)
    return compared_title(collection, name)


def catalog_columns(collection: Collection) -> list[str]:
    """Columns of the catalog that may color, the class label first."""
    columns = [name for name in collection.catalog if name not in HIDDEN_COLUMNS]
    return sorted(columns, key=lambda name: name != "label")


def own_columns(collection: Collection, checkpoint: str) -> list[str]:
    """Columns that the checkpoint gives, those hidden by a catalog's of the name left out."""
    known = checkpoint_columns(collection, checkpoint)
    ranked = sorted(known, key=lambda name: list(TITLES).index(name) if name in TITLES else 99)
    return [name for name in ranked if name not in collection.catalog]


def own_groups(collection: Collection) -> dict[str, list[str]]:
    """Columns that are not the catalog's, in groups: of a checkpoint, that compare, of labels."""
    own = own_columns(collection, collection.checkpoints[-1])
    compared = [name for name in own if is_compared(name)]
    return {
        "This checkpoint": [name for name in own if name not in compared],
        "Compared": compared,
        LABELS: list(following_columns(collection)),
    }


def column_groups(collection: Collection) -> list[dict]:
    """All columns to color by, in groups, as a select takes them."""
    groups = {
        "Catalog": catalog_columns(collection),
        **own_groups(collection),
        "Other": [POINTS],
    }
    return [as_options(collection, group, names) for group, names in groups.items() if names]


def as_options(collection: Collection, group: str, names: list[str]) -> dict:
    """A group of columns as a select takes it."""
    items = [{"value": name, "label": title_of(collection, name)} for name in names]
    return {"group": group, "items": items}


def first_column(collection: Collection) -> str:
    """The column that a page begins with: the label where it tells classes apart, else density."""
    if "label" in collection.catalog and n_glanced(collection, "label") > 1:
        return "label"
    own = own_columns(collection, collection.checkpoints[-1])
    return DENSITY if DENSITY in own else POINTS


@lru_cache(maxsize=2000)
def n_glanced(collection: Collection, name: str) -> int:
    """Different values of a catalog's column among some random galaxies; 0 where none compare."""
    glance = glanced(collection, collection.catalog[name])
    try:
        return int(glance.nunique())
    except TypeError:  # lists
        return 0


def glanced(collection: Collection, column: pd.Series) -> pd.Series:
    """A column's values of up to N_GLANCED random galaxies."""
    return column.iloc[collection.order[:N_GLANCED]]


def class_columns(collection: Collection) -> list[str]:
    """Columns with classes, as far as a glance tells: the label first; and the clusters."""
    names = [name for name in catalog_columns(collection) if _may_have_classes(collection, name)]
    return [*names, CLUSTER] if CLUSTER not in collection.catalog else names


def _may_have_classes(collection: Collection, name: str) -> bool:
    column, n = collection.catalog[name], n_glanced(collection, name)
    if is_number(column) or is_date(column):
        return 1 < n <= N_COLORS and not is_date(column)
    # Texts that nearly all differ, such as file names, are no classes.
    return 1 < n <= max(50, min(collection.n_galaxies, N_GLANCED) // 2)
