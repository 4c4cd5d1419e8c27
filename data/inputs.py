"""What a collection is built from: images with runs, representations, or both; and a catalog.

The galaxies are those of the catalog, in its order, where one is given; else those of the
images, else those of the first file of representations. Everything else is matched to them; those
that a file of representations with identifiers lacks are left out, and counted.
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from data import format
from data.catalog import Columns, catalog_of_images, read_catalog, standard_catalog
from data.matching import NotCommon, find_ids, match_by_position, match_images
from data.parameters import Parameters
from data.representations import Collapsed, find_bad_rows, open_representations
from models.errors import BadInput, first_few
from models.images import Images, open_images

MIN_GALAXIES = 10


@dataclass(frozen=True)
class Inputs:
    """Files that a collection is built from; `runs` or `representations` are given, or both.

    runs : folders of training runs, whose checkpoints encode the images
    checkpoints : which of the runs' checkpoints; all by default
    representations : checkpoint name -> file
    """

    images: Path | None = None
    catalog: Path | None = None
    runs: tuple[Path, ...] = ()
    checkpoints: tuple[str, ...] | None = None
    representations: dict[str, Path] = field(default_factory=dict)
    columns: Columns = field(default_factory=Columns)

    def __post_init__(self) -> None:
        if not self.runs and not self.representations:
            raise BadInput("Give --run with --images, or --representations, or both.")
        if self.runs and self.images is None:
            raise BadInput("A run needs the images to encode: give --images.")
        if not self.runs and self.checkpoints is not None:
            raise BadInput(
                "--checkpoints chooses among those of a --run; of --representations, give only the "
                "files that are wanted."
            )
        for name in self.representations:
            if not format.is_name(name):
                raise BadInput(
                    f"'{name}' cannot name a checkpoint; use letters, digits, '.', '_' and '-'."
                )

    def files(self) -> list[Path]:
        """All files and folders that the galaxies and their representations come from."""
        given = [self.images, self.catalog, *self.representations.values()]
        return [Path(path) for path in given if path is not None]


@dataclass(frozen=True)
class Galaxies:
    """Galaxies of a collection in the making, and where each is found in the inputs.

    catalog : one row per galaxy, in the order of the collection
    images : None where there are none to show
    image_rows : (n,) position of each galaxy among the images
    file_rows : checkpoint -> (n,) row of each galaxy in its file of representations
    n_dropped : galaxies left out because a representation of theirs was not finite
    not_common : checkpoint -> what its file has not in common with the galaxies that were listed
    collapsed : checkpoints left out because all their representations are alike
    """

    catalog: pd.DataFrame
    images: Images | None
    image_rows: np.ndarray | None
    file_rows: dict[str, np.ndarray]
    n_dropped: int = 0
    not_common: dict[str, NotCommon] = field(default_factory=dict)
    collapsed: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.catalog)

    def only(self, keep: np.ndarray, *, n_dropped: int = 0) -> "Galaxies":
        """The galaxies where `keep` is true."""
        return replace(
            self,
            catalog=self.catalog[keep].reset_index(drop=True),
            image_rows=None if self.image_rows is None else self.image_rows[keep],
            file_rows={name: rows[keep] for name, rows in self.file_rows.items()},
            n_dropped=self.n_dropped + n_dropped,
        )

    def sampled(self, n: int | None, seed: int) -> "Galaxies":
        """`n` of the galaxies, drawn at random and kept in order; all where there are no more."""
        if n is None or n >= len(self):
            return self
        drawn = np.random.default_rng(seed).choice(len(self), n, replace=False)
        return self.only(np.isin(np.arange(len(self)), drawn))


def open_galaxies(inputs: Inputs, parameters: Parameters) -> Galaxies:
    """Match all inputs to one list of galaxies, or raise BadInput with what does not fit."""
    images = None if inputs.images is None else open_images(inputs.images)
    catalog = _open_catalog(inputs, images)
    image_rows = None
    if images is not None:
        image_rows = match_images(catalog, images.object_ids, Path(inputs.images).name)
    galaxies = Galaxies(catalog, images, image_rows, {})
    galaxies = _with_files(galaxies, inputs, parameters)
    galaxies = galaxies.sampled(parameters.sample, parameters.seed)
    if len(galaxies) < MIN_GALAXIES:
        asked = " in the sample" if len(galaxies) == parameters.sample else ""
        left = f" after {galaxies.n_dropped:,} were dropped" if galaxies.n_dropped else ""
        common = " common to all files" if galaxies.not_common else ""
        told = " ".join(("", *map(str, galaxies.not_common.values())))
        raise BadInput(
            f"There are {len(galaxies)} galaxies{common}{asked}{left}; a collection needs "
            f"{MIN_GALAXIES} or more.{told}"
        )
    return galaxies


def _with_files(galaxies: Galaxies, inputs: Inputs, parameters: Parameters) -> Galaxies:
    """The galaxies that all files of representations have, and where in each file they are."""
    listed_in = _source_of_galaxies(inputs)
    object_ids = galaxies.catalog["object_id"].to_numpy(dtype=str)
    is_common = np.ones(len(galaxies), dtype=bool)
    file_rows, not_finite, not_common, collapsed = {}, {}, {}, []
    for name, path in inputs.representations.items():
        try:
            rows, not_finite[name], n_more = _match_file(path, object_ids, listed_in)
        except Collapsed:
            if not parameters.drop_collapsed:
                raise
            collapsed.append(name)
            continue
        n_lacking = int((rows < 0).sum())
        if n_lacking or n_more:
            file = Path(path).name
            not_common[name] = NotCommon(file, listed_in, n_lacking, len(rows), n_more)
        file_rows[name] = rows
        is_common &= rows >= 0
    is_bad = np.zeros(len(galaxies), dtype=bool)
    for name, rows in file_rows.items():
        bad = not_finite[name] & is_common
        is_bad |= bad
        if bad.any() and not parameters.drop_bad:
            raise BadInput(
                f"{bad.sum():,} representations in {Path(inputs.representations[name]).name} are "
                f"not finite: rows {first_few(np.sort(rows[bad]))}; mend them or leave these "
                "galaxies out with --drop-bad."
            )
    matched = replace(
        galaxies, file_rows=file_rows, not_common=not_common, collapsed=tuple(collapsed)
    )
    return matched.only(is_common & ~is_bad, n_dropped=int(is_bad.sum()))


def training_epoch_of(name: str) -> int | None:
    """Training epoch that a name tells: 30 for `epoch_30`, `run2-ep30` or `30`; None else.

    Other digits are part of a model's name, as in `dinov2`.
    """
    if name.isdecimal():
        return int(name)
    # Not the end of another word, as in `deep2`.
    digits = re.findall(r"(?:epoch|(?<![a-z])ep)[-_ ]?(\d+)", name.lower())
    return int(digits[-1]) if digits else None


def _open_catalog(inputs: Inputs, images: Images | None) -> pd.DataFrame:
    if inputs.catalog is not None:
        return read_catalog(inputs.catalog, inputs.columns)
    if images is not None:
        return catalog_of_images(Path(inputs.images), images, inputs.columns)
    path = next(iter(inputs.representations.values()))
    with open_representations(path) as representations:
        object_ids = representations.object_ids
        if object_ids is None:
            digits = len(str(len(representations) - 1))
            object_ids = np.array([f"{row:0{digits}d}" for row in range(len(representations))])
    return standard_catalog(
        pd.DataFrame({"object_id": object_ids}), Path(path).name, inputs.columns
    )


def _source_of_galaxies(inputs: Inputs) -> str:
    """Name of the file that the galaxies are listed in."""
    files = (inputs.catalog, inputs.images, *inputs.representations.values())
    return Path(next(path for path in files if path is not None)).name


def _match_file(
    path: Path, object_ids: np.ndarray, listed_in: str
) -> tuple[np.ndarray, np.ndarray, int]:
    """Row in the file of every galaxy, -1 where it has none; whether it is not finite; how many
    more galaxies the file has."""
    where = Path(path).name
    with open_representations(path) as representations:
        if representations.object_ids is None:
            rows = match_by_position(len(object_ids), len(representations), "catalogue", where)
        else:
            rows = find_ids(object_ids, representations.object_ids)
        n_more = len(representations) - int((rows >= 0).sum())
        if n_more == len(representations):
            raise BadInput(
                f"No galaxy of {where} is in {listed_in}: its identifiers are "
                f"{first_few(representations.object_ids)}, and there {first_few(object_ids)}."
            )
        return rows, np.isin(rows, find_bad_rows(representations, where)), n_more
