"""Add checkpoints to a collection: `python -m data.extend NAME`.

Its galaxies, cutouts and checkpoints stay as they are, to the bit. More come beside them: other
layers of the encoders whose weights it keeps, checkpoints of runs, which encode its stored cutouts,
or files of representations. Until all of it is whole, the collection is what it was before; killed
anywhere, the same command goes on.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from tqdm import tqdm

from data import format
from data.build import COLLECTIONS, SEARCHED, named_files
from data.build_checkpoints import copy_files
from data.build_space import STAGES, Space, measure_spaces
from data.building import Build, Stored
from data.catalog import Columns
from data.encode import encode_runs, names_of_layers
from data.extend_runs import encoders_of, refuse_other_held_out
from data.inputs import Inputs, open_galaxies
from data.parameters import LAYERS, Parameters
from data.run_checkpoints import RunCheckpoint
from data.seal import library_versions, seal_as
from data.stages import (
    Done,
    Stages,
    check_folder,
    fingerprint_of,
    full_disk_said,
    only_build,
    unfinished_said,
)
from data.store import Collection, find_collection
from models.errors import BadInput, reported

NEIGHBOR_FACTS = ("recall", "recall_error", "is_exact")


def extend_collection(
    folder: Path,
    *,
    runs: Sequence[Path] = (),
    checkpoints: Sequence[str] | None = None,
    layers: Sequence[str] | None = None,
    representations: Mapping[str, Path] | None = None,
    target: Path | None = None,
    overwrite: bool = False,
    drop_collapsed: bool = False,
    device: str = "auto",
) -> Path:
    """Add checkpoints to the collection `folder`; where it then is.

    Parameters
    ----------
    runs : folders of training runs, whose checkpoints encode the stored cutouts; with none, the
        weights that the collection keeps do, unless representations are all that is given
    checkpoints : which of them; all by default
    layers : of the encoders, the pool by default; the names of added ones end with them where
        there are several
    representations : checkpoint name -> file, of all galaxies of the collection
    target : folder of another collection to make of both; in place of the old one by default
    overwrite : replace a collection that is at `target`
    drop_collapsed, device : as in `Parameters`; all else is as the collection was built

    Raises
    ------
    BadInput
        If what is given does not fit the collection, or has a name that is taken.
    BadCollection
        If `folder` is none.
    """
    collection, files = Collection.open(folder), dict(representations or {})
    if target is not None and Path(target).resolve() == Path(folder).resolve():
        raise BadInput(
            f"'{collection.name}' is the collection itself; give another name, or no --as."
        )
    if target is not None:
        check_folder(Path(target), overwrite)
    target = Path(folder if target is None else target)
    are_files_all = files and not (runs or checkpoints or layers)
    layers = tuple(layers or (format.POOL,))
    encoders = [] if are_files_all else encoders_of(collection, runs, checkpoints, layers)
    refuse_other_held_out(collection, encoders)
    added = [name for each in encoders for name in names_of_layers(each, layers)]
    _refuse_taken(collection, [*added, *files])
    parameters = replace(
        _parameters_of(collection),
        layers=layers,
        drop_collapsed=drop_collapsed,
        device=device,
    )
    rows, collapsed = _rows_of(collection, files, parameters)
    work = target.with_name(f".{target.name}.extending")
    with full_disk_said(work), only_build(work), unfinished_said(work):
        build = Build(Stages(work), parameters)
        _link_files(collection, build)
        stored = encode_runs(build, encoders, _stored_before(collection, format.CUTOUTS))
        matched = {name: files[name] for name in rows}
        catalog = _stored_before(collection, format.CATALOG)
        stored += copy_files(build, matched, rows, catalog) if matched else []
        spaces = measure_spaces(build, stored, _finished(build, collection))
        measured = [space.stored for space in spaces]
        collapsed += [each.name for each in stored if each not in measured]
        about = _about(collection, build, encoders, matched, collapsed)
        return seal_as(build, spaces, target, about)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m data.extend", description="Add checkpoints to a collection."
    )
    add = parser.add_argument
    add("name", help="of the collection, or its folder")
    add("--out", type=Path, help="folder of collections (data/collections)")
    add("--as", dest="new", metavar="NAME", help="of another collection; the old one stays")
    add("--run", nargs="+", type=Path, default=[], help="folders of runs (weights it keeps)")
    add("--checkpoints", nargs="+", metavar="NAME", help="of them; all by default")
    add("--layer", nargs="+", choices=LAYERS, help="of the encoder (pool)")
    add("--representations", nargs="+", metavar="NAME=FILE", help="one file a checkpoint")
    add("--drop-collapsed", action="store_true", help="leave out checkpoints that are all alike")
    add("--device", default="auto", help="to encode on: auto, cpu or cuda (auto)")
    add("--overwrite", action="store_true", help="replace the collection named by --as")
    given = parser.parse_args(arguments)
    with reported():
        folder = find_collection(
            given.name, SEARCHED if given.out is None else (given.out, *SEARCHED)
        )
        if given.new is not None and not format.is_name(given.new):
            raise BadInput(f"'{given.new}' cannot name a collection: {format.NAME_RULE}.")
        extended = extend_collection(
            folder,
            runs=given.run,
            checkpoints=given.checkpoints,
            layers=given.layer,
            representations=named_files(given.representations or []),
            target=(given.out or COLLECTIONS) / given.new if given.new else None,
            overwrite=given.overwrite,
            drop_collapsed=given.drop_collapsed,
            device=given.device,
        )
        collection = Collection.open(extended)
        print(f"extended {extended}: checkpoints {', '.join(collection.checkpoints)}")
        shown = collection.name if extended.parent in SEARCHED else extended
        print(f"look at it: python app.py --collection {shown}")


def _refuse_taken(collection: Collection, names: Sequence[str]) -> None:
    for name in names:
        if name in collection.checkpoints:
            raise BadInput(
                f"'{collection.name}' has a checkpoint '{name}' already; choose others with "
                "--checkpoints and --layer, or give it another name."
            )
        if names.count(name) > 1:
            raise BadInput(f"Two checkpoints have the name '{name}'; give one of them another.")


def _parameters_of(collection: Collection) -> Parameters:
    """How the collection was built, as far as it tells."""
    known = collection.info.get("provenance", {}).get("parameters", {})
    names = {field.name for field in fields(Parameters)}
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in known.items() if k in names}
    last = collection.checkpoints[-1]
    return Parameters(
        **values
        | {
            "n_neighbors": collection.neighbors(last).shape[1],
            "half": collection.representations(last).dtype == np.float16,
            "seed": collection.info.get("seed", 0),
            "keep_weights": None,
        }
    )


def _rows_of(
    collection: Collection, files: Mapping[str, Path], parameters: Parameters
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Row of each galaxy in each file of representations; and the files that collapsed."""
    if not files:
        return {}, []
    inputs = Inputs(
        catalog=collection.folder / format.CATALOG,
        representations=dict(files),
        columns=Columns(object_id="object_id", needs_positions=False),
    )
    matched = open_galaxies(inputs, replace(parameters, sample=None, drop_bad=True))
    if len(matched) < collection.n_galaxies:
        n_lacking = collection.n_galaxies - len(matched)
        raise BadInput(
            f"In {', '.join(Path(path).name for path in files.values())} {n_lacking:,} of the "
            f"{collection.n_galaxies:,} galaxies of '{collection.name}' are not there, or not "
            "finite; a checkpoint needs all of them."
        )
    for not_common in matched.not_common.values():
        tqdm.write(str(not_common), file=sys.stderr)
    return matched.file_rows, list(matched.collapsed)


def _link_files(collection: Collection, build: Build) -> None:
    """Put the files of the collection into the one in the making, without copying where it can."""
    for file in collection.info["files"]:
        linked = build.folder / file
        linked.parent.mkdir(parents=True, exist_ok=True)
        linked.unlink(missing_ok=True)  # of a collection that was built anew since, maybe
        try:
            # Files are replaced when they change, never written into: the old one stays.
            os.link(collection.folder / file, linked)
        except OSError:
            shutil.copyfile(collection.folder / file, linked)
        build.stages.files.add(file)


def _stored_before(collection: Collection, file: str) -> Done:
    """The stage that stored a file, known by the file's checksum."""
    return Done(collection.info["files"].get(file, {}).get("sha256", ""), {})


def _finished(build: Build, collection: Collection) -> list[Space]:
    """The spaces that the collection has."""
    spaces = []
    for name in collection.checkpoints:
        info = collection.checkpoint_info(name)
        folder = f"{format.CHECKPOINTS}/{name}/"
        files = collection.info["files"].items()
        known = {file: about["sha256"] for file, about in files if file.startswith(folder)}
        done = Done(fingerprint_of(known), {k: info["neighbors"][k] for k in NEIGHBOR_FACTS})
        spaces.append(Space(build, Stored(name, info, done), dict.fromkeys(STAGES, done), True))
    return spaces


def _about(
    collection: Collection,
    build: Build,
    encoders: Sequence[RunCheckpoint],
    files: Mapping[str, Path],
    collapsed: Sequence[str],
) -> dict:
    """What collection.json says: as before, and what has been added."""
    of_sealing = ("format_version", "name", "files")
    about = {k: v for k, v in collection.info.items() if k not in of_sealing}
    added = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "encoders": [each.name for each in encoders],
        "representations": {name: Path(path).name for name, path in files.items()},
        "parameters": asdict(build.parameters),
        "libraries": library_versions(),
    }
    all_collapsed = sorted({*about.get("collapsed", []), *collapsed})
    return about | {"collapsed": all_collapsed, "added": [*about.get("added", []), added]}


if __name__ == "__main__":
    main()
