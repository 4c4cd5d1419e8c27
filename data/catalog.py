"""Catalogs: which column of a survey's table is which, and what must be there.

Every catalog comes out with `object_id`, `ra`, `dec`, `redshift` and `label` (format.py), the
rest of its columns kept under their own names.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from data import format
from data.tables import LARGEST_EXACT, plain_columns, read_table
from models.errors import BadInput, first_few
from models.images import Images

# What surveys call the standard columns, in lower case; the first that is there is taken.
USUAL_NAMES = {
    "object_id": (
        *("object_id", "objectid", "objid", "id", "obj_id", "dr8_id", "dr8objid", "dr7objid"),
        *("targetid", "source_id", "iauname", "name"),
    ),
    "ra": ("ra", "ra_deg", "raj2000", "ra_j2000", "alpha_j2000", "ra_icrs"),
    "dec": ("dec", "dec_deg", "decl", "dej2000", "dec_j2000", "decj2000", "delta_j2000", "de_icrs"),
    "redshift": ("redshift", "z_spec", "zspec", "z_best", "z_phot", "photo_z", "z"),
    # Names before numbers: the reader of a page sees them.
    "label": ("label_name", "class_name", "label", "class", "ans", "morphology"),
}
_OF_GALAXIES = {*USUAL_NAMES["ra"], *USUAL_NAMES["dec"], *USUAL_NAMES["redshift"]}
_OTHER_BANDS = ({"g", "r"}, {"r", "i"}, {"i", "y"})  # beside these, z is a magnitude

_N_COLUMNS = 30  # a message names so many of a table's columns


@dataclass(frozen=True)
class Columns:
    """Names of standard columns, where a catalog's own are not the usual ones.

    needs_positions : refuse a catalog without right ascension and declination
    """

    object_id: str | None = None
    label: str | None = None
    ra: str | None = None
    dec: str | None = None
    redshift: str | None = None
    needs_positions: bool = True


def read_catalog(path: Path, columns: Columns | None = None) -> pd.DataFrame:
    """Read a CSV, Parquet, FITS or VOTable catalog, one row per galaxy."""
    columns, path = columns or Columns(), Path(path)
    names = {*USUAL_NAMES["object_id"], (columns.object_id or "id").lower()}
    table = read_table(path, is_text=lambda name: name.strip().lower() in names)
    return standard_catalog(table, path.name, columns)


def standard_catalog(table: pd.DataFrame, where: str, columns: Columns) -> pd.DataFrame:
    """`table` with its standard columns found, checked and put first; `where` names it."""
    found = _find_columns(table, where, columns)
    if "object_id" not in found:
        raise BadInput(
            f"{where} has no column of identifiers among {_columns_of(table)}; "
            "say which it is with --id-column."
        )
    missing = [name for name in ("ra", "dec") if name not in found]
    if missing and columns.needs_positions:
        raise BadInput(
            f"{where} has no {' and no '.join(missing)} among {_columns_of(table)}; name them "
            "with --ra-column and --dec-column, or build without a sky position: --no-positions."
        )
    standard = pd.DataFrame({"object_id": _object_ids(table[found["object_id"]], where)})
    standard["ra"] = _numbers(table, found.get("ra"), where, "in degrees")
    standard["dec"] = _numbers(table, found.get("dec"), where, "in degrees")
    redshift_hint = "or name another with --redshift-column"
    standard["redshift"] = _numbers(table, found.get("redshift"), where, redshift_hint)
    standard["label"] = _labels(table, found.get("label"))
    _forget_impossible(standard, where)
    standard["ra"] %= 360
    # A column that has a standard name without being the one taken keeps its values.
    others = table.drop(columns=list(found.values()))
    taken = {*format.STANDARD_COLUMNS, *table.columns}
    renamed = {name: _free_name(name, taken) for name in others if name in format.STANDARD_COLUMNS}
    return pd.concat([standard, others.rename(columns=renamed)], axis=1)


def catalog_of_images(path: Path, images: Images, columns: Columns) -> pd.DataFrame:
    """Catalog of galaxies that come without a table: what their image file says of each."""
    table = pd.DataFrame({"object_id": images.object_ids})
    if path.is_file() and h5py.is_hdf5(path):
        table = table.assign(**_hdf5_columns(path, len(images)))
    if images.labels is not None:
        # Position -1 is that of a galaxy without a class.
        table["label_name"] = np.array([*images.class_names, None], dtype=object)[images.labels]
        table = table.drop(columns="ans", errors="ignore")
    return standard_catalog(plain_columns(table, path.name), path.name, columns)


def _hdf5_columns(path: Path, n_galaxies: int) -> dict[str, np.ndarray]:
    columns = {}
    with h5py.File(path) as file:
        for name, values in file.items():
            if not isinstance(values, h5py.Dataset) or name in ("id", "object_id"):
                continue
            if values.shape == (n_galaxies,):
                columns[name] = values[()]
            elif values.ndim == 1 and name.lower() in _OF_GALAXIES:
                raise BadInput(
                    f"{path.name} has {n_galaxies:,} images and {len(values):,} values of "
                    f"'{name}'; there must be one per image."
                )
    return columns


def _find_columns(table: pd.DataFrame, where: str, columns: Columns) -> dict[str, str]:
    """Standard name -> name in the table, of those that are there."""
    lower: dict[str, str] = {}
    for name in table.columns:
        lower.setdefault(name.strip().lower(), name)
    found = {}
    for standard, usual in USUAL_NAMES.items():
        asked = getattr(columns, standard, None)
        if asked is not None and asked not in table:
            raise BadInput(f"{where} has no column '{asked}'; it has {_columns_of(table)}.")
        usual_name = next((lower[name] for name in usual if name in lower), None)
        if usual_name is not None and _is_magnitude(usual_name, lower):
            usual_name = None
        if asked or usual_name:
            found[standard] = asked or usual_name
    return found


def _is_magnitude(name: str, lower: dict[str, str]) -> bool:
    return name.strip().lower() == "z" and any(bands <= lower.keys() for bands in _OTHER_BANDS)


def _object_ids(column: pd.Series, where: str) -> pd.Series:
    """Identifiers as text, none missing and none twice."""
    if pd.api.types.is_float_dtype(column) and column.notna().any():
        if column.abs().max() > LARGEST_EXACT or (column.dropna() % 1 != 0).any():
            raise BadInput(
                f"Identifiers in column '{column.name}' of {where} are floating-point numbers, "
                "which lose digits; store them as text or whole numbers."
            )
        column = column.astype("Int64")
    missing = np.flatnonzero(column.isna())
    if len(missing):
        rows = first_few(missing)
        raise BadInput(
            f"{len(missing):,} galaxies of {where} have no identifier in '{column.name}': "
            f"rows {rows}."
        )
    object_ids = column.astype("str").str.strip()
    repeated = object_ids[object_ids.duplicated()].unique().tolist()
    if repeated:
        raise BadInput(
            f"{len(repeated):,} identifiers of {where} appear more than once: "
            f"{first_few(repeated)}; every galaxy needs its own."
        )
    return object_ids


def _numbers(table: pd.DataFrame, name: str | None, where: str, hint: str) -> pd.Series:
    if name is None:
        return pd.Series(np.nan, index=table.index)
    if not pd.api.types.is_numeric_dtype(table[name]) and table[name].notna().any():
        raise BadInput(
            f"Column '{name}' of {where} holds texts such as '{table[name].dropna().iloc[0]}' "
            f"where numbers are expected; give numbers, {hint}."
        )
    return table[name].astype("float64")


def _labels(table: pd.DataFrame, name: str | None) -> pd.Series:
    """Classes as texts, missing where unknown; numbers of classes as they are written."""
    if name is None:
        return pd.Series([None] * len(table), index=table.index, dtype="str")
    column = table[name]
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return column.map(str, na_action="ignore").astype("str")


def _forget_impossible(catalog: pd.DataFrame, where: str) -> None:
    """Take for unknown what surveys write for unknown: a position of -999, a redshift of -9."""
    # Some count right ascension from -180 to 180.
    off_sky = (catalog["dec"].abs() > 90) | (catalog["ra"] < -180) | (catalog["ra"] > 360)
    negative = catalog["redshift"] <= -1
    catalog.loc[off_sky, ["ra", "dec"]] = np.nan
    catalog.loc[negative, "redshift"] = np.nan
    for is_off, what in ((off_sky, "positions off the sky"), (negative, "redshifts of -1 or less")):
        if is_off.any():
            print(f"note: {is_off.sum():,} {what} in {where} are unknown", file=sys.stderr)


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_given"
    return name


def _columns_of(table: pd.DataFrame) -> str:
    return first_few(table.columns, _N_COLUMNS)
