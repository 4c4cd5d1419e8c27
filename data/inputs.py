"""What a collection is built from: images with a run, or representations; and a catalog.

The galaxies are those of the catalog, in its order, where one is given; else those of the
images, else those of the first file of representations. Everything else is matched to them.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from data import format
from data.catalog import Columns, catalog_of_images, read_catalog, standard_catalog
from data.matching import match_by_position, match_ids, match_images
from data.parameters import Parameters
from data.representations import find_bad_rows, open_representations
from models.checkpoints import Checkpoint, list_checkpoints
from models.errors import BadInput, first_few
from models.images import Images, open_images

MIN_GALAXIES = 10


@dataclass(frozen=True)
class Inputs:
    """Files that a collection is built from; either `run` or `representations` is given.

    run : folder of a training run, whose checkpoints encode the images
    checkpoints : which of the run's checkpoints; all by default
    representations : checkpoint name -> file
    """

    images: Path | None = None
    catalog: Path | None = None
    run: Path | None = None
    checkpoints: tuple[str, ...] | None = None
    representations: dict[str, Path] = field(default_factory=dict)
    columns: Columns = field(default_factory=Columns)

    def __post_init__(self) -> None:
        if (self.run is None) == (not self.representations):
            raise BadInput("Give either --run with --images, or --representations, and not both.")
        if self.run is not None and self.images is None:
            raise BadInput("A run needs the images to encode: give --images.")
        if self.run is None and self.checkpoints is not None:
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
    """

    catalog: pd.DataFrame
    images: Images | None
    image_rows: np.ndarray | None
    file_rows: dict[str, np.ndarray]
    n_dropped: int = 0

    def __len__(self) -> int:
        return len(self.catalog)

    def only(self, keep: np.ndarray, *, n_dropped: int = 0) -> "Galaxies":
        """The galaxies where `keep` is true."""
        return Galaxies(
            self.catalog[keep].reset_index(drop=True),
            self.images,
            None if self.image_rows is None else self.image_rows[keep],
            {name: rows[keep] for name, rows in self.file_rows.items()},
            self.n_dropped + n_dropped,
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
    file_rows, bad = {}, np.zeros(len(catalog), dtype=bool)
    for name, path in inputs.representations.items():
        file_rows[name], is_bad = _match_file(path, catalog["object_id"].to_numpy(dtype=str))
        bad |= is_bad
        if is_bad.any() and not parameters.drop_bad:
            raise BadInput(
                f"{is_bad.sum():,} representations in {Path(path).name} are not finite: rows "
                f"{first_few(np.sort(file_rows[name][is_bad]))}; mend them or leave these "
                "galaxies out with --drop-bad."
            )
    galaxies = Galaxies(catalog, images, image_rows, file_rows)
    galaxies = galaxies.only(~bad, n_dropped=int(bad.sum()))
    galaxies = galaxies.sampled(parameters.sample, parameters.seed)
    if len(galaxies) < MIN_GALAXIES:
        asked = " in the sample" if len(galaxies) == parameters.sample else ""
        left = f" after {galaxies.n_dropped:,} were dropped" if galaxies.n_dropped else ""
        raise BadInput(
            f"There are {len(galaxies)} galaxies{asked}{left}; a collection needs {MIN_GALAXIES} "
            "or more."
        )
    return galaxies


def run_checkpoints(inputs: Inputs) -> list[Checkpoint]:
    """Checkpoints of the run that are asked for, in training order."""
    found = {checkpoint.name: checkpoint for checkpoint in list_checkpoints(inputs.run)}
    for name in inputs.checkpoints or ():
        if name not in found:
            raise BadInput(
                f"The run {inputs.run} has no checkpoint '{name}'; it has {', '.join(found)}."
            )
    wanted = found if inputs.checkpoints is None else inputs.checkpoints
    return [checkpoint for name, checkpoint in found.items() if name in wanted]


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


def _match_file(path: Path, object_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row in the file, and whether it is not finite, of every galaxy."""
    where = Path(path).name
    with open_representations(path) as representations:
        if representations.object_ids is None:
            rows = match_by_position(len(object_ids), len(representations), "catalogue", where)
        else:
            rows = match_ids(object_ids, representations.object_ids, "catalogue", where)
        return rows, np.isin(rows, find_bad_rows(representations, where))
