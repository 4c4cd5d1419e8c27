"""What is said of a galaxy or a checkpoint, and how numbers are written."""

import math
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from data.store import Collection

# Columns told with a unit; any other is shown as it is.
UNITS = {
    "ra": "°",
    "dec": "°",
    "magnitude": "mag",
    "radius_arcsec": "″",
    "pxscale": "″/px",
}
SUMMARY_COLUMNS = ("label", "redshift", "magnitude")


def value_text(column: str, value: object) -> str:
    """A catalog value as shown; what is missing is said to be missing."""
    if pd.isna(value):
        return "missing"
    if isinstance(value, float | np.floating):
        digits = 5 if column in ("ra", "dec") else 4
        text = f"{value:.{digits}f}" if column in ("ra", "dec") else f"{value:.{digits}g}"
    else:
        text = str(value)
    unit = UNITS.get(column, "")
    return f"{text} {unit}".strip() if unit not in ("°", "″") else f"{text}{unit}"


def galaxy_values(collection: Collection, row: int) -> list[tuple[str, str]]:
    """Every catalog column of a galaxy that has a value, with its unit; its identifier once."""
    values = collection.catalog.iloc[row]
    object_id = str(values["object_id"])
    pairs = [(column, value_text(column, values[column])) for column in collection.catalog.columns]
    return [("object_id", object_id)] + [
        (column, text) for column, text in pairs if text not in ("missing", "", object_id)
    ]


def galaxy_summary(collection: Collection, checkpoint: str, row: int) -> list[tuple[str, str]]:
    """The few lines of the hover card."""
    catalog = collection.catalog
    lines = [("id", str(catalog["object_id"].iat[row]))]
    lines += [
        (column, value_text(column, catalog[column].iat[row]))
        for column in SUMMARY_COLUMNS
        if column in catalog
    ]
    density = collection.density(checkpoint)["log_density"]
    rank = int((density < density[row]).sum()) + 1
    lines.append(("density rank", f"{rank:,} of {collection.n_galaxies:,}"))
    return [(name, text) for name, text in lines if text != "missing"]


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
    """A checkpoint as told on the page: its training epoch and, where not the usual, its layer."""
    epoch = info.get("training_epoch")
    label = name if epoch is None else f"epoch {epoch:g}"
    layer = info.get("layer")
    return label if layer in (None, "", "pool") else f"{label} {layer}"


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
