"""From a paint's id to the coloring of every galaxy: what routes and callbacks ask for."""

from dataclasses import replace

import numpy as np
import pandas as pd
from flask_caching import Cache

from dashboard.brush import Brush
from dashboard.clusters import known_clustering, known_clusters
from dashboard.color_classes import color_classes
from dashboard.color_shades import MAX_MEASURED, color_shades
from dashboard.colors import POINTS, Coloring, color_points
from dashboard.column_facts import N_GLANCED, glanced, n_glanced, title_of
from dashboard.compared_facts import compared_mean, compared_told
from dashboard.label_colors import label_ends, label_steps, missing_name
from dashboard.paints import checked_paint, shading_of
from dashboard.palettes import N_COLORS
from dashboard.question import selected_mask
from dashboard.records import record_of
from dashboard.slow_columns import know_column
from data.bump_step import asked_measure
from data.checkpoint_columns import CLUSTER, RANK, checkpoint_column, n_clusters_of
from data.cluster_columns import is_clustering
from data.compared_columns import is_compared
from data.kept import Kept
from data.label_columns import is_label, label_column, label_title
from data.selection_columns import classes_of, column_of, is_date, is_number, numbers_of
from data.store import Collection
from models.errors import BadInput

MAX_TEXTS = 200_000  # texts that nearly all differ, such as file names, have no classes beyond it
_COLORINGS = Kept(2**28)  # 256 MB: 25 colorings of ten million galaxies
_COUNTS = Kept(2**22)


def paint_of(collection: Collection, cache: Cache, checkpoint: str, paint_id: str) -> Coloring:
    """The coloring that a paint's id names, under a checkpoint; kept.

    Raises NotFound where nothing is known by the id, or the record names a column or checkpoint
    that the collection does not have; BadInput where the record is no paint, or the column
    cannot be colored by.
    """
    record = checked_paint(record_of(cache, paint_id))
    return _kept_coloring(collection, cache, checkpoint, record, paint_id)


def _kept_coloring(
    collection: Collection, cache: Cache, checkpoint: str, record: dict, paint_id: str
) -> Coloring:
    def make() -> Coloring:
        lit = _excess(collection, cache, checkpoint, record) if "brush" in record else None
        column = record["column"]
        if lit is None and not is_shared(collection, column):  # from the cache, where it is
            if column == CLUSTER:
                known_clusters(collection, cache, checkpoint)
            elif is_clustering(column):
                known_clustering(collection, cache, checkpoint, column)
            elif is_compared(column):
                know_column(collection, cache, checkpoint, column)
        return lit or color_column(collection, checkpoint, record)

    return _COLORINGS.get(_key(collection, checkpoint, record, paint_id), make)


def _key(collection: Collection, checkpoint: str, record: dict, paint_id: str) -> tuple:
    collection.checkpoint_info(checkpoint)  # raises where there is none of the name
    is_same = "brush" not in record and is_shared(collection, record["column"])
    return collection.digest, "" if is_same else checkpoint, paint_id


def is_shared(collection: Collection, column: object) -> bool:
    """Whether a column is the same under every checkpoint: the catalog's, or of labels."""
    return column == POINTS or column in collection.catalog or is_label(column)


def _excess(collection: Collection, cache: Cache, checkpoint: str, record: dict) -> Coloring | None:
    """Galaxies lit up by the brushed range; None where it cannot be told of them.

    The curve's panel says why; the map keeps the colors of its column.
    """
    try:
        brush = Brush.from_store(record["brush"])
        if brush is None:
            return None
        selection = record_of(cache, record["selection"]) if record.get("selection") else None
        measure = asked_measure(record.get("measure"))
        return brush.asked(collection, cache, checkpoint, selection, measure).coloring
    except BadInput:
        return None


def color_column(collection: Collection, checkpoint: str, record: dict) -> Coloring:
    """Color galaxies by the column of a record, as classes or as a number; raises as `paint_of`."""
    name = record["column"]
    if name == POINTS:
        return color_points(collection.n_galaxies)
    if not is_shared(collection, name):
        return _of_checkpoint(collection, checkpoint, record)
    if name not in collection.catalog:
        return _of_labels(collection, record)
    column = column_of(collection, name, None)
    if is_classes(collection, column):
        return _classes(collection, record)
    numbers = numbers_of(collection, name, None)
    title = f"{name}, date" if is_date(column) else name
    colored = _shades(collection, record, title, numbers)
    return replace(colored, form="date") if is_date(column) else colored


def _of_labels(collection: Collection, record: dict) -> Coloring:
    name = record["column"]
    steps = label_steps(collection, name)
    if steps is not None:
        return steps
    values = label_column(collection, name)
    ends = record["range"] or label_ends(name, values)
    colored = _shades(collection, record | {"range": ends}, label_title(name), values)
    return replace(colored, missing_name=missing_name(name))


def _of_checkpoint(collection: Collection, checkpoint: str, record: dict) -> Coloring:
    name = record["column"]
    values = checkpoint_column(collection, checkpoint, name)
    title = title_of(collection, name)
    if name == CLUSTER:
        n = n_clusters_of(collection, checkpoint)
        found = color_classes(name, f"{title}, k = {n}", values - 1, np.arange(1, values.max() + 1))
        return replace(found, names=tuple(f"cluster {number}" for number in found.names))
    if is_clustering(name):
        return _clustering(record, title, values)
    if name == RANK:
        n_ranked = int(np.isfinite(values).sum())
        ends = record["range"] or ((1, n_ranked) if n_ranked > 1 else None)
        title = f"{title} of {n_ranked:,}, 1 in the emptiest place"
        return replace(_shades(collection, record | {"range": ends}, title, values), kind="ranks")
    colored = _shades(collection, record, title, values)
    if not is_compared(name) or colored.scale == "log":
        return colored
    told = compared_told(collection, checkpoint, name).partition(". ")[0].rstrip(".") + "."
    return replace(colored, said=f"{told} {compared_mean(values)} {colored.said}".strip())


def _clustering(record: dict, title: str, values: np.ndarray) -> Coloring:
    """Clusters by color, the largest in one of their own; 0 are the galaxies in none."""
    numbers = np.arange(1, values.max(initial=0) + 1)
    chosen = record.get("classes", ())
    found = color_classes(record["column"], title, values - 1, numbers, chosen=chosen)
    n_plain = found.n_groups - found.has_missing - found.has_other
    names = [f"cluster {number}" for number in found.names[:n_plain]] + [*found.names[n_plain:]]
    own = tuple(0 if value is None else value for value in found.values)
    said = found.said and "No cluster was found: all galaxies are grey."
    return replace(found, names=tuple(names), values=own, missing_name="in no cluster", said=said)


def _shades(collection: Collection, record: dict, title: str, values: np.ndarray) -> Coloring:
    def sampled(numbers: np.ndarray) -> np.ndarray:
        if len(numbers) <= MAX_MEASURED:
            return numbers
        return numbers[np.sort(collection.order[:MAX_MEASURED])]

    return color_shades(record["column"], title, values, shading_of(record), sampled=sampled)


def is_classes(collection: Collection, column: pd.Series) -> bool:
    """Whether a column is colored by class: of no numbers, or of a few different ones.

    Raises BadInput where it is neither.
    """
    if not is_number(column) and not is_date(column):
        return True
    if glanced(collection, column).nunique() > N_COLORS or is_date(column):
        return False
    numbers = column.to_numpy(dtype=float, na_value=np.nan)
    return len(pd.unique(numbers[np.isfinite(numbers)])) <= N_COLORS


def _classes(collection: Collection, record: dict) -> Coloring:
    name = record["column"]
    codes, values = class_codes(collection, name)
    return color_classes(name, name, codes, values, chosen=record.get("classes", ()))


def class_codes(collection: Collection, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(n_galaxies,) class of each galaxy, -1 where it has none, and what the classes are.

    Raises BadInput where nearly all galaxies differ, or values cannot be compared.
    """
    column = column_of(collection, name, None)
    if len(column) > MAX_TEXTS and n_glanced(collection, name) > 0.95 * N_GLANCED:
        raise BadInput(f"Nearly every galaxy has a '{name}' of its own: there are no classes.")
    codes, values = classes_of(collection, name, None)
    return _without_undefined(codes, values), values


def _without_undefined(codes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Codes with -1 for empty texts and infinite numbers too, which say that nothing is known."""
    is_undefined = np.array([_is_undefined(value) for value in values], dtype=bool)
    if not is_undefined.any():
        return codes
    return np.where(np.append(is_undefined, True)[codes], -1, codes)


def _is_undefined(value: object) -> bool:
    if isinstance(value, str):
        return value.strip() == ""
    return isinstance(value, float | np.floating) and not np.isfinite(value)


def group_counts(
    collection: Collection, cache: Cache, checkpoint: str, paint_id: str, selection_id: str = ""
) -> np.ndarray:
    """(n_groups,) galaxies of each group of a paint, among a selection's where its id is given."""
    record = checked_paint(record_of(cache, paint_id))
    key = (*_key(collection, checkpoint, record, paint_id), selection_id)

    def count() -> np.ndarray:
        coloring = _kept_coloring(collection, cache, checkpoint, record, paint_id)
        if not selection_id:
            return coloring.counts()
        mask = selected_mask(collection, cache, record_of(cache, selection_id))
        return coloring.counts(mask)

    return _COUNTS.get(key, count)
