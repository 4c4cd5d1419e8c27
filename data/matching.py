"""Which image, and which row of a file of representations, belongs to which galaxy."""

from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import pandas as pd

from models.errors import BadInput, first_few

# Columns by which a catalog may name the cutout files of its galaxies.
FILE_COLUMNS = ("file", "filename", "file_name", "file_loc", "path", "image", "image_path")


@dataclass(frozen=True)
class NotCommon:
    """What a file of representations has not in common with the galaxies that are listed.

    file, listed_in : names of the file, and of that which lists the galaxies
    n_lacking, n_listed : galaxies listed that the file lacks, of how many
    n_more : galaxies of the file that are not listed
    """

    file: str
    listed_in: str
    n_lacking: int
    n_listed: int
    n_more: int

    def __str__(self) -> str:
        parts = []
        if self.n_lacking:
            parts.append(f"lacks {self.n_lacking:,} of {self.n_listed:,} galaxies")
        if self.n_more:
            verb = "is" if self.n_more == 1 else "are"
            parts.append(f"has {self.n_more:,} that {verb} not in {self.listed_in}")
        return f"{self.file} {' and '.join(parts)}."


def match_images(catalog: pd.DataFrame, image_ids: np.ndarray, where: str) -> np.ndarray:
    """Position among the images of every galaxy of a catalog.

    By identifier; else by the stem of a `file` column; images without identifiers of their own,
    which are numbered, by position.
    """
    keys = catalog["object_id"].to_numpy(dtype=str)
    if not np.isin(image_ids, keys).any():
        stems = _stems(catalog, image_ids)
        if stems is not None:
            keys = stems
        elif _are_row_numbers(image_ids):
            return match_by_position(len(catalog), len(image_ids), "catalogue", where)
    return match_ids(keys, image_ids, "catalogue", where)


def match_ids(wanted: np.ndarray, given: np.ndarray, what: str, where: str) -> np.ndarray:
    """Position among `given` of every one of `wanted`; both must hold the same identifiers."""
    positions = find_ids(wanted, given)
    lacking = wanted[positions < 0]
    unknown = given[~np.isin(given, wanted)]
    if len(lacking) or len(unknown):
        raise BadInput(
            f"The {what} has {len(wanted):,} galaxies and {where} {len(given):,}: "
            + " and ".join(
                f"{len(ids):,} of the {one} are not in {other} ({first_few(ids)})"
                for ids, one, other in ((lacking, what, where), (unknown, where, f"the {what}"))
                if len(ids)
            )
            + "."
        )
    if len(given) != len(wanted):  # two galaxies of one image file
        raise BadInput(f"{len(wanted):,} galaxies of the {what} share {len(given):,} of {where}.")
    return positions


def find_ids(wanted: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Position among `given`, which are unique, of every one of `wanted`; -1 where it is not."""
    return pd.Index(given).get_indexer(pd.Index(wanted))


def match_by_position(n_wanted: int, n_given: int, what: str, where: str) -> np.ndarray:
    """The same for a source without identifiers, which must have as many rows."""
    if n_wanted != n_given:
        raise BadInput(
            f"The {what} has {n_wanted:,} galaxies and {where} {n_given:,} rows; without "
            "identifiers they must be the same galaxies in the same order."
        )
    return np.arange(n_wanted)


def _stems(catalog: pd.DataFrame, image_ids: np.ndarray) -> np.ndarray | None:
    """Stems of the file column that names any of the images."""
    for column in catalog:
        if column.lower() in FILE_COLUMNS:
            names = catalog[column].fillna("").astype(str)
            stems = np.array([PurePath(name).stem for name in names], dtype=str)
            if np.isin(image_ids, stems).any():
                return stems
    return None


def _are_row_numbers(image_ids: np.ndarray) -> bool:
    digits = len(str(len(image_ids) - 1))
    return all(image_id == f"{row:0{digits}d}" for row, image_id in enumerate(image_ids))
