"""Sealing a collection: what its files are and where they come from, then its final name."""

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePath

from data import format
from data.build_space import Space
from data.building import Build, NewBuild
from data.stages import RECORDS, Done
from models.files import replace_folder, sha256, write_json

# Whatever could change a number in a collection.
LIBRARIES = (
    *("numpy", "scipy", "scikit-learn", "numba", "umap-learn", "faiss-cpu", "pandas", "pyarrow"),
    *("pillow", "h5py", "astropy", "torch"),
)


def seal(
    build: NewBuild, catalog: Done, spaces: list[Space], folder: Path, collapsed: Sequence[str] = ()
) -> Path:
    """Describe the finished files and give the collection its name, in place of an older one.

    collapsed : checkpoints that were left out, because all their representations are the same
    """
    about = {
        "n_galaxies": catalog.facts["n_galaxies"],
        "n_dropped": catalog.facts["n_dropped"],
        "not_common": {name: asdict(one) for name, one in build.galaxies.not_common.items()},
        "collapsed": sorted(collapsed),
        "seed": build.parameters.seed,
        "simulated": build.parameters.simulated,
        "provenance": _provenance(build),
        "libraries": library_versions(),
    }
    return seal_as(build, spaces, folder, about)


def seal_as(build: Build, spaces: list[Space], folder: Path, about: dict) -> Path:
    """The same with what collection.json is to say of the galaxies and their origin."""
    infos = [_write_checkpoint_info(space) for space in spaces if not space.is_finished]
    files = sorted(build.stages.files | set(infos))
    files = [file for file in files if _is_kept(file, spaces)]
    _remove_others(build.folder, {*files, format.COLLECTION})
    info = {
        "format_version": format.FORMAT_VERSION,
        "name": folder.name,
        **about,
        "files": {file: described(build.folder / file) for file in files},
    }
    write_json(build.folder / format.COLLECTION, info)
    replace_folder(build.folder, folder)
    shutil.rmtree(folder / RECORDS, ignore_errors=True)
    return folder


def _is_kept(file: str, spaces: list[Space]) -> bool:
    """Whether a file belongs to the collection: not to its building, or a checkpoint left out."""
    folder, *rest = file.split("/")
    if folder == format.CHECKPOINTS:
        return rest[0] in {space.stored.name for space in spaces}
    if folder == format.WEIGHTS:
        weights = PurePath(file).with_suffix(".safetensors").as_posix()
        return weights in {space.stored.info["weights"] for space in spaces}
    return folder != RECORDS


def _write_checkpoint_info(space: Space) -> str:
    representations = space.read(format.REPRESENTATIONS)
    file = space.stored.file(format.CHECKPOINT)
    info = {
        "name": space.stored.name,
        **space.stored.info,
        "n_dim": representations.shape[1],
        "dtype": representations.dtype.name,
        "neighbors": {
            "space": "representations, Euclidean",
            "n": space.read(format.NEIGHBORS).shape[1],
            **space.done["neighbors"].facts,
        },
        "indexes": space.done["index"].facts,
    }
    write_json(space.build.folder / file, info)
    return file


def _remove_others(folder: Path, files: set[str]) -> None:
    """Remove what an earlier, unfinished build of other checkpoints has left."""
    for path in sorted(folder.rglob("*"), reverse=True):
        inside = path.relative_to(folder).as_posix()
        if inside.startswith(RECORDS) or inside in files:
            continue
        if path.is_file():
            path.unlink()
        elif not any(path.iterdir()):
            path.rmdir()


def _provenance(build: NewBuild) -> dict:
    """Where a collection comes from, by name: paths of one machine mean nothing on another."""
    inputs = build.inputs
    return {
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "images": None if inputs.images is None else Path(inputs.images).name,
        "catalog": None if inputs.catalog is None else Path(inputs.catalog).name,
        "runs": [Path(run).resolve().name for run in inputs.runs],
        "representations": {name: Path(p).name for name, p in inputs.representations.items()},
        "parameters": asdict(build.parameters),
    }


def library_versions() -> dict[str, str | None]:
    """Versions of the libraries that could change a number; None where one is not installed."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def described(path: Path) -> dict:
    """Size and checksum of a file."""
    return {"size": path.stat().st_size, "sha256": sha256(path)}
