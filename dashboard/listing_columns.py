"""What galaxies can be listed by: columns of the catalog, scores of a checkpoint, distance.

A column has a key, which is what addresses, sorts and filters hold. Those of the catalog and of
the scores are their own names; the keys of what depends on the selection begin with a colon.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.compared_facts import compared_title, compared_told
from dashboard.facts import unit_of
from dashboard.label_facts import column_told
from dashboard.score_facts import SCORES, ScoreFacts
from data.checkpoint_columns import RANK, checkpoint_column
from data.compared_columns import KEPT as KEPT_NEIGHBORS
from data.compared_columns import compared_columns
from data.kept import Kept
from data.label_columns import is_label, label_column, label_title, n_events_of
from data.selection_columns import days
from data.store import Collection
from models.errors import NotFound, first_few

DISTANCE, RANDOM, ORDER = ":distance", ":random", ":order"
DENSITY = "log_density"
NUMBER, TEXT, DATE, BOOL = "number", "text", "date", "bool"
FEW_CLASSES = 10_000  # so many texts are sorted by themselves, whatever the number of galaxies
_KEYS = Kept(2**27)  # 128 MB: 4 bytes a galaxy and column


@dataclass(frozen=True)
class Column:
    """One thing that galaxies can be sorted and filtered by.

    key : its name in addresses; of labels, with their version
    title, unit : what stands above it; the unit is "" where there is none or none is known
    kind : NUMBER, TEXT, DATE or BOOL
    told : one line about it, "" where the title says it all
    is_cuttable : a range of it can be a cut of a selection
    is_of_checkpoint : another checkpoint has other values
    is_on_demand : worked out where it is asked for; a table shows it when it is chosen
    """

    key: str
    title: str
    unit: str = ""
    kind: str = NUMBER
    told: str = ""
    is_cuttable: bool = False
    is_of_checkpoint: bool = False
    is_on_demand: bool = False

    @property
    def heading(self) -> str:
        """Title and unit."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


def columns_of(collection: Collection, checkpoint: str) -> dict[str, Column]:
    """Every column by its key, in the order in which a table shows them."""
    catalog = collection.catalog
    found = {}
    for name in catalog.columns:
        kind = kind_of(catalog[name])
        found[name] = Column(name, name, unit_of(name), kind, is_cuttable=kind == NUMBER)
    for name in collection.density(checkpoint):
        score = SCORES.get(name, ScoreFacts(name, "", ""))
        found.setdefault(
            name,
            Column(name, score.title, told=score.told, is_cuttable=True, is_of_checkpoint=True),
        )
    place = f"Place by density, of {collection.n_galaxies:,}: 1 is in the emptiest region."
    rank = Column(RANK, "anomaly rank", told=place, is_cuttable=True, is_of_checkpoint=True)
    found.setdefault(RANK, rank)
    found[DISTANCE] = Column(
        DISTANCE,
        "distance to centre",
        told="From the mean of the selected galaxies, in the components of the representation "
        "space, in their own unit.",
        is_of_checkpoint=True,
    )
    for column in _compared(collection, checkpoint):
        found.setdefault(column.key, column)
    return found


@lru_cache(maxsize=500)
def _compared(collection: Collection, checkpoint: str) -> tuple[Column, ...]:
    """Columns that compare, by a checkpoint."""
    return tuple(
        Column(
            name,
            compared_title(collection, name),
            told=compared_told(collection, checkpoint, name),
            is_cuttable=True,
            is_of_checkpoint=True,
            is_on_demand=True,
        )
        for name in compared_columns(collection, checkpoint)
    )


def every_column(collection: Collection) -> dict[str, Column]:
    """Columns of all checkpoints, by key: what a table has, whichever of them it shows.

    Checkpoints may have been scored by different estimators. Comparisons with another checkpoint
    are left out, since there are as many as checkpoints: galaxies are sorted by them in the
    gallery.
    """
    found: dict[str, Column] = {}
    for checkpoint in reversed(collection.checkpoints):
        found = found | {
            key: column
            for key, column in columns_of(collection, checkpoint).items()
            if key not in found and not key.startswith(KEPT_NEIGHBORS)
        }
    return found


def column_of(collection: Collection, checkpoint: str, key: object) -> Column:
    """The column of a key, or NotFound."""
    known = columns_of(collection, checkpoint)
    if is_label(key) and key not in known:
        return label_listed(collection, key)
    if not isinstance(key, str) or key not in known:
        names = first_few([*known], 12)
        raise NotFound(f"There is no column '{str(key)[:60]}'; there are {names}.")
    return known[key]


def label_listed(collection: Collection, key: str) -> Column:
    """A column of labels, by its name with a version; NotFound where there is none."""
    label_column(collection, key)  # raises
    told = f"{column_told(key)} Labels at event {n_events_of(key):,} of their history."
    return Column(key, label_title(key), told=told, is_cuttable=True, is_on_demand=True)


def kind_of(values: pd.Series) -> str:
    """Whether a column of the catalog holds numbers, texts, dates, or yes and no."""
    if pd.api.types.is_bool_dtype(values):
        return BOOL
    if pd.api.types.is_numeric_dtype(values):
        return NUMBER
    return DATE if pd.api.types.is_datetime64_any_dtype(values) else TEXT


def column_numbers(collection: Collection, checkpoint: str, key: str) -> np.ndarray:
    """(n,) numbers of a column of numbers, dates (in days) or yes and no; NaN where unknown.

    Not of the distance, which depends on the selection.
    """
    if key not in collection.catalog:
        return checkpoint_column(collection, checkpoint, key)
    values = collection.catalog[key]
    if kind_of(values) == DATE:
        return days(values)
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "f":
        return values.to_numpy()
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def column_texts(collection: Collection, key: str) -> pa.Array:
    """(n,) texts of a column of the catalog, null where unknown or empty."""
    values = collection.catalog[key]
    if kind_of(values) != TEXT or not isinstance(values.dtype, pd.StringDtype):
        values = values.astype("str")
    texts = pa.array(values)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, texts.type), texts)


def sort_keys(collection: Collection, checkpoint: str, key: str) -> np.ndarray:
    """(n,) numbers that sort as the column does, NaN where unknown.

    Not of the distance, which depends on the selection.
    """
    if key == RANDOM:
        return _KEYS.get((collection.digest, RANDOM), lambda: _shuffled(collection))
    if key in collection.catalog and kind_of(collection.catalog[key]) == TEXT:
        place = (collection.digest, "text", key)
        return _KEYS.get(place, lambda: _places(column_texts(collection, key)))
    return column_numbers(collection, checkpoint, key)


def _shuffled(collection: Collection) -> np.ndarray:
    rng = np.random.default_rng(int(collection.digest, 16))
    return rng.permutation(np.arange(collection.n_galaxies, dtype=np.int32))


def _places(texts: pa.Array) -> np.ndarray:
    """(n,) place of each text among all different ones, in alphabetical order; NaN for null."""
    as_numbers = _digits(texts)
    if as_numbers is not None:
        return as_numbers
    encoded = pc.dictionary_encode(texts.slice(0, FEW_CLASSES * 2))
    if len(encoded.dictionary) <= FEW_CLASSES:
        encoded = pc.dictionary_encode(texts)
    if len(encoded) < len(texts) or len(encoded.dictionary) > FEW_CLASSES:
        ranks = pc.rank(texts, sort_keys="ascending", tiebreaker="dense")
        return _unknown_to_nan(ranks, texts)
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    places = np.empty(len(order), dtype=np.float32)
    places[order] = np.arange(len(order))
    indices = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)
    return _unknown_to_nan(places[indices] if len(order) else indices, texts)


def _digits(texts: pa.Array) -> np.ndarray | None:
    """Identifiers of digits, all equally long, sort as numbers do: ten times as fast as texts."""
    if len(texts) == 0 or texts.null_count:
        return None
    lengths = pc.min_max(pc.utf8_length(texts)).as_py()
    if lengths["min"] != lengths["max"] or lengths["max"] > 18:
        return None
    if not pc.all(pc.ascii_is_decimal(texts)).as_py():
        return None
    return pc.cast(texts, pa.int64()).to_numpy()


def _unknown_to_nan(places: object, texts: pa.Array) -> np.ndarray:
    numbers = np.asarray(places).astype(np.float32 if len(texts) < 2**24 else np.float64)
    numbers[texts.is_null().to_numpy(zero_copy_only=False)] = np.nan
    return numbers
