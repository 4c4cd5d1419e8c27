"""A whole collection of made-up galaxies, of any size, within minutes: to see what size does.

`python -m data.simulate --representations-only 1000000 --out data/collections/big1m`. There is no
survey behind it and no network: representations are drawn (data/big_scene.py), and cutouts are
drawn when someone looks at one (data/big_cutout.py). It is written block by block.
"""

import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np

from data import format
from data.arrays import write_array
from data.big_catalog import write_catalog
from data.big_scene import N_DIM, ORDER, Scene
from data.big_space import N_COMPONENTS, N_NEIGHBORS, BigSpace
from data.seal import described, library_versions
from data.simulated.galaxies import CLASS_NAMES
from data.stages import RECORDS, check_folder, only_build
from models.errors import BadInput
from models.files import replace_folder, write_json

FEWEST, MOST = 1_000, 20_000_000
# training epoch -> how far apart groups of galaxies are, in units of their width
SEPARATIONS = {0: 0.35, 10: 1.1, 30: 2.6}
CATALOG_BYTES = 90  # of a galaxy, about
SPACE_BYTES = 4 * (N_DIM + N_COMPONENTS + 2 + 2 * N_NEIGHBORS + 4)

Tell = Callable[[str, float], None]  # called with what is done now, and the share of all that is


def simulate_collection(
    n: int,
    folder: Path,
    *,
    seed: int = 0,
    overwrite: bool = False,
    tell: Tell | None = None,
    separations: Mapping[int, float] = MappingProxyType(SEPARATIONS),
) -> Path:
    """Write the collection `folder` of `n` made-up galaxies, whole or not at all.

    separations : training epoch -> how far apart groups are, as SEPARATIONS
    tell : called now and then; an exception it raises stops the work and leaves nothing behind

    Raises BadInput where there cannot be such a collection there.
    """
    check_place(n, folder, seed, overwrite, len(separations))
    tell = tell or (lambda what, share: None)
    work = folder.with_name(f".{folder.name}.building")
    try:
        with only_build(work):
            _remove_left_over(work)
            _write(Scene(seed), n, work, tell, separations)
            tell("sealing", 0.98)
            _seal(work, folder.name, n, seed, separations)
            replace_folder(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    shutil.rmtree(folder / RECORDS, ignore_errors=True)
    return folder


def check_place(
    n: int, folder: Path, seed: int, overwrite: bool, n_checkpoints: int = len(SEPARATIONS)
) -> None:
    """Refuse what cannot be made before any time is spent."""
    if not FEWEST <= n <= MOST:
        raise BadInput(
            f"--representations-only is {n}; such a collection has between {FEWEST:,} and "
            f"{MOST:,} galaxies."
        )
    if seed < 0:
        raise BadInput(f"--seed is {seed}; it must be 0 or more.")
    check_folder(folder, overwrite)
    if not folder.parent.is_dir():
        raise BadInput(f"The folder {folder.parent} does not exist; make it first.")
    needed = n * (CATALOG_BYTES + 4 + n_checkpoints * SPACE_BYTES)
    free = shutil.disk_usage(folder.parent).free
    if needed > free:
        raise BadInput(
            f"The collection needs {needed / 1e6:,.0f} MB and {folder.parent} has "
            f"{free / 1e6:,.0f} MB free; free some space, or ask for fewer galaxies."
        )


def _remove_left_over(work: Path) -> None:
    """Remove what was left by a process that was killed outright."""
    for path in work.iterdir():
        if path.name != RECORDS:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _write(scene: Scene, n: int, work: Path, tell: Tell, separations: Mapping[int, float]) -> None:
    """Every file but the description: catalog, order, and one checkpoint after the other."""

    def part(what: str, start: float, length: float) -> Callable[[float], None]:
        return lambda share: tell(what, start + length * share)

    order = scene.rng(ORDER).permutation(np.arange(n, dtype=np.int32))
    write_array(work / format.ORDER, order, "<i4")
    del order
    codes = write_catalog(work / format.CATALOG, scene, n, part("catalog", 0.0, 0.08))
    length = 0.9 / len(separations)
    for place, (epoch, separation) in enumerate(separations.items()):
        space = BigSpace(scene, n, work, epoch, separation)
        space.write(codes, CLASS_NAMES, part(space.name, 0.08 + place * length, length))


def _seal(work: Path, name: str, n: int, seed: int, separations: Mapping[int, float]) -> None:
    paths = sorted(path for path in work.rglob("*") if path.is_file())
    files = [path.relative_to(work).as_posix() for path in paths if RECORDS not in path.parts]
    info = {
        "format_version": format.FORMAT_VERSION,
        "name": name,
        "n_galaxies": n,
        "n_dropped": 0,
        "seed": seed,
        "simulated": True,
        "cutouts": format.MADE_UP,
        "provenance": {
            "built": datetime.now(UTC).isoformat(timespec="seconds"),
            "made_by": "python -m data.simulate --representations-only",
            "separations": {f"epoch_{epoch:02d}": s for epoch, s in separations.items()},
        },
        "libraries": library_versions(),
        "files": {file: described(work / file) for file in files},
    }
    write_json(work / format.COLLECTION, info)
