"""What is said of a galaxy or a checkpoint, and how numbers are written."""

import math
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from dashboard.ranking import Ranking, score_ranking
from data.compared_columns import trust_of
from data.matching import NotCommon
from data.runs import run_of
from data.store import Collection

# Columns told with a unit; any other by how its name ends, else as it is.
UNITS = {
    "ra": "°",
    "dec": "°",
    "magnitude": "mag",
    "pxscale": "″/px",
}
ENDINGS = {
    "arcsec": "″",
    "arcmin": "′",
    "deg": "°",
    "mag": "mag",
    "px": "px",
    "kpc": "kpc",
    "mpc": "Mpc",
    "kms": "km/s",
    "nm": "nm",
    "angstrom": "Å",
}
JOINED = ("°", "″", "′")  # written without a space
SUMMARY_COLUMNS = ("label", "redshift", "magnitude")
DENSITY = "log_density"  # by it a galaxy's rank is told: the emptiest region is 1


def unit_of(column: str) -> str:
    """Unit of a column, "" where it has none or it is not known."""
    ending = column.lower().rpartition("_")
    return UNITS.get(column, ENDINGS.get(ending[2], "") if ending[1] else "")


def value_text(column: str, value: object) -> str:
    """A catalog value as shown; what is missing is said to be missing."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "missing"
    if isinstance(value, float | np.floating):
        is_position = column in ("ra", "dec")
        text = f"{value:.5f}" if is_position else f"{value:.4g}"
    else:
        text = str(value)
    unit = unit_of(column)
    return f"{text} {unit}".strip() if unit not in JOINED else f"{text}{unit}"


def galaxy_values(collection: Collection, row: int) -> list[tuple[str, str]]:
    """Every catalog column of a galaxy that has a value, with its unit; its identifier once."""
    texts = _texts(collection, row)
    object_id = texts["object_id"]
    return [("object_id", object_id)] + [
        (column, text) for column, text in texts.items() if text not in ("missing", "", object_id)
    ]


def missing_columns(collection: Collection, row: int) -> list[str]:
    """Names of the catalog columns in which a galaxy has no value."""
    return [c for c, text in _texts(collection, row).items() if text in ("missing", "")]


def _texts(collection: Collection, row: int) -> dict[str, str]:
    catalog = collection.catalog
    return {column: value_text(column, catalog[column].iat[row]) for column in catalog.columns}


def galaxy_summary(collection: Collection, checkpoint: str, row: int) -> list[tuple[str, str]]:
    """The few lines of the hover card."""
    catalog = collection.catalog
    lines = [("id", str(catalog["object_id"].iat[row]))]
    lines += [
        (column, value_text(column, catalog[column].iat[row]))
        for column in SUMMARY_COLUMNS
        if column in catalog
    ]
    ranked = score_ranking(collection, checkpoint, DENSITY)
    lines.append(("density rank", rank_text(ranked, row)))
    lines.append(("map", trust_text(collection, checkpoint, row)))
    return [(name, text) for name, text in lines if text != "missing"]


def trust_text(collection: Collection, checkpoint: str, row: int) -> str:
    """How far the map can be trusted around a galaxy."""
    trust = trust_of(collection, checkpoint, row)
    if trust is None:
        return "undefined: galaxies are exactly alike under this checkpoint"
    n_kept, n_strangers, k = trust
    return f"keeps {n_kept} of {k} true neighbors; {n_strangers} of {k} on it are strangers"


def rank_text(ranked: Ranking, row: int) -> str:
    """A galaxy's rank, "12 of 4,000"; undefined is said to be undefined."""
    rank = ranked.rank(row)
    return "undefined" if rank is None else f"{rank:,} of {ranked.n:,}"


def sky_address(collection: Collection, row: int) -> str | None:
    """Address of the galaxy's place in the Legacy Surveys viewer, None without a position."""
    catalog = collection.catalog
    if "ra" not in catalog or "dec" not in catalog:
        return None
    ra, dec = float(catalog["ra"].iat[row]), float(catalog["dec"].iat[row])
    if not (math.isfinite(ra) and math.isfinite(dec)):
        return None
    query = urlencode({"ra": f"{ra:.6f}", "dec": f"{dec:.6f}", "layer": "ls-dr10", "zoom": 15})
    return f"https://www.legacysurvey.org/viewer?{query}"


def checkpoint_label(info: dict, name: str) -> str:
    """A checkpoint as told on the page: its training epoch and, where not the usual, its layer.

    Where its name begins with its run, as it does where a collection has several, the run as well.
    """
    epoch, layer, run = info.get("training_epoch"), info.get("layer"), run_of(name, info)
    if epoch is None:
        return name
    label = f"epoch {epoch:g}"
    if run and name != run and name.startswith(run):
        label = f"{run} {label}"
    return label if layer in (None, "", "pool") else f"{label} {layer}"


def label_of(collection: Collection, checkpoint: str) -> str:
    """A checkpoint of a collection as told on the page."""
    return checkpoint_label(collection.checkpoint_info(checkpoint), checkpoint)


def not_common_lines(collection: Collection) -> list[str]:
    """What each file of representations had not in common with the galaxies that were listed."""
    return [
        str(NotCommon(**counts)) for counts in (collection.info.get("not_common") or {}).values()
    ]


def number_text(value: float | None, form: str = ".3g") -> str:
    """A number in a format; undefined is said to be undefined."""
    return format(value, form) if value is not None and math.isfinite(value) else "undefined"


def excess_text(excess: float) -> str:
    """An excess with its sign, short at any size: +0.47, +1,240."""
    return f"{excess:+,.0f}" if abs(excess) >= 10 else f"{excess:+.2g}"


def with_error(value: float | None, error: float | None) -> str:
    """`value ± error`, rounded by the error; undefined is said to be undefined."""
    if value is None or not math.isfinite(value):
        return "undefined"
    if error is None or not math.isfinite(error) or error <= 0:
        return number_text(value, ",.4g")
    decimals = max(0, 1 - math.floor(math.log10(error)))
    return f"{value:,.{decimals}f} ± {error:,.{decimals}f}"


def count_text(count: float) -> str:
    """A count in full below a million, in three digits above: 8.00 M."""
    for limit, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if count >= limit:
            return f"{count / limit:.3g} {unit}"
    return f"{count:,.0f}"
