"""Build a collection: `python -m data.build`.

From galaxy images and training runs, or from representations that exist already, or both. Killed
anywhere, the same command goes on after the last finished stage; the collection takes its name
only when it is whole.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from data import format
from data.build_checkpoints import copy_files
from data.build_galaxies import store_catalog, store_cutouts, store_planes
from data.build_space import measure_spaces
from data.building import NewBuild
from data.catalog import Columns
from data.check import verify_checksums
from data.encode import encode_runs, names_of_layers
from data.inputs import Inputs, open_galaxies
from data.parameters import COMPONENTS, LAYERS, SCORES_OF, Parameters
from data.run_checkpoints import RunCheckpoint, run_checkpoints
from data.seal import seal
from data.stages import Stages, check_folder, full_disk_said, only_build, unfinished_said
from data.store import Collection, find_collection, list_collections
from models.errors import BadCollection, BadInput, reported

COLLECTIONS = Path(__file__).parent / "collections"
SEARCHED = (COLLECTIONS, Path("/collections"))  # where the page looks for collections, too


def build_collection(
    folder: Path,
    inputs: Inputs,
    parameters: Parameters | None = None,
    *,
    overwrite: bool = False,
) -> Path:
    """Build the collection `folder`, or go on with a build of it that was stopped.

    Raises BadInput where the inputs do not fit each other, OutOfSpace where the disk is full. An
    existing collection stays until the new one is whole, and is replaced only with `overwrite`.
    """
    folder, parameters = Path(folder), parameters or Parameters()
    check_folder(folder, overwrite)
    # Before anything is written: what cannot be built leaves nothing behind.
    galaxies = open_galaxies(inputs, parameters)
    checkpoints = run_checkpoints(inputs.runs, inputs.checkpoints)
    _check_names(inputs, parameters, checkpoints)
    for not_common in galaxies.not_common.values():
        tqdm.write(str(not_common), file=sys.stderr)
    work = folder.with_name(f".{folder.name}.building")
    with full_disk_said(work), only_build(work), unfinished_said(work):
        build = NewBuild(Stages(work), parameters, inputs, galaxies)
        catalog = store_catalog(build, {each.seed for each in checkpoints})
        cutouts = store_cutouts(build, catalog)
        store_planes(build, catalog)
        stored = encode_runs(build, checkpoints, cutouts) if checkpoints else []
        files = {name: inputs.representations[name] for name in galaxies.file_rows}
        stored += copy_files(build, files, galaxies.file_rows, catalog) if files else []
        spaces = measure_spaces(build, stored)
        measured = [space.stored for space in spaces]
        collapsed = [each.name for each in stored if each not in measured]
        return seal(build, catalog, spaces, folder, (*galaxies.collapsed, *collapsed))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    given = read_arguments(arguments)
    with reported():
        if given.list:
            _print_list(_searched(given.out))
        elif given.verify:
            _verify(given.verify, _searched(given.out))
        else:
            _build(given)


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m data.build",
        description="Build a collection from images and runs, or from representations, or both.",
    )
    add = parser.add_argument
    add("--name", help="of the collection")
    add("--out", type=Path, help="folder of collections (data/collections)")
    add("--images", type=Path, help="HDF5 file, folder of cutouts, or .npy array")
    add("--run", nargs="+", type=Path, help="folders of runs, whose checkpoints encode the images")
    add("--checkpoints", nargs="+", metavar="NAME", help="of the runs; all by default")
    add("--representations", nargs="+", metavar="NAME=FILE", help="one file a checkpoint")
    add("--catalog", type=Path, help="CSV, Parquet, FITS or VOTable, one row per galaxy")
    for column in ("id", "label", "ra", "dec", "redshift"):
        add(f"--{column}-column", metavar="COLUMN", help=f"of the catalog that holds the {column}")
    add("--no-positions", action="store_true", help="build without a position on the sky")
    add("--sample", type=int, metavar="N", help="build from N galaxies, drawn at random (all)")
    add("--simulated", action="store_true", help="say that the sky has no such galaxies")
    add("--drop-bad", action="store_true", help="leave out representations that are not finite")
    add("--drop-collapsed", action="store_true", help="leave out checkpoints that are all alike")
    add("--layer", nargs="+", choices=LAYERS, default=["pool"], help="of the encoder (pool)")
    add("--k", type=int, default=15, help="principal components kept (15)")
    add("--neighbors", type=int, default=30, help="stored for each galaxy (30)")
    add("--scores-of", choices=SCORES_OF, default=COMPONENTS, help="anomalies are sought in these")
    add("--half", action="store_true", help="store representations in half precision")
    add("--cutout-size", type=int, metavar="PX", help="longest side of the stored cutouts")
    add("--cutout-quality", type=int, default=92, metavar="Q", help="of JPEG; 100 is PNG (92)")
    add("--no-fits", action="store_true", help="do not keep the bands of FITS cutouts as well")
    add("--pixel-scale", type=float, metavar="ARCSEC", help="per pixel of the images")
    add("--half-weights", action="store_true", help="store weights in half precision")
    add("--keep-weights", nargs="*", metavar="NAME", help="checkpoints that keep theirs (all)")
    add("--device", default="auto", help="to encode on: auto, cpu or cuda (auto)")
    add("--seed", type=int, default=0, help="of every random draw (0)")
    add("--overwrite", action="store_true", help="replace the collection of that name")
    add("--list", action="store_true", help="name the collections and end")
    add("--verify", metavar="NAME", help="compare the checksums of a collection and end")
    return parser.parse_args(arguments)


def _build(given: argparse.Namespace) -> None:
    if not given.name:
        raise BadInput("Name the collection with --name.")
    if not format.is_name(given.name):
        raise BadInput(f"'{given.name}' cannot name a collection: {format.NAME_RULE}.")
    columns = Columns(
        object_id=given.id_column,
        label=given.label_column,
        ra=given.ra_column,
        dec=given.dec_column,
        redshift=given.redshift_column,
        needs_positions=not given.no_positions,
    )
    inputs = Inputs(
        images=given.images,
        catalog=given.catalog,
        runs=tuple(given.run or ()),
        checkpoints=None if given.checkpoints is None else tuple(given.checkpoints),
        representations=named_files(given.representations or []),
        columns=columns,
    )
    parameters = Parameters(
        seed=given.seed,
        n_components=given.k,
        n_neighbors=given.neighbors,
        scores_of=given.scores_of,
        layers=tuple(given.layer),
        half=given.half,
        cutout_size=given.cutout_size,
        cutout_quality=given.cutout_quality,
        keep_fits=not given.no_fits,
        pixel_scale=given.pixel_scale,
        half_weights=given.half_weights,
        keep_weights=None if given.keep_weights is None else tuple(given.keep_weights),
        sample=given.sample,
        simulated=given.simulated,
        drop_bad=given.drop_bad,
        drop_collapsed=given.drop_collapsed,
        device=given.device,
    )
    folder = (given.out or COLLECTIONS) / given.name
    collection = Collection.open(
        build_collection(folder, inputs, parameters, overwrite=given.overwrite)
    )
    print(_summary(collection))


def _check_names(
    inputs: Inputs, parameters: Parameters, checkpoints: Sequence[RunCheckpoint]
) -> None:
    """Refuse to keep weights that do not encode, and two checkpoints of one name."""
    for name in parameters.keep_weights or ():
        if not any(each.is_called(name) for each in checkpoints):
            which = ", ".join(each.name for each in checkpoints) or "none, without a --run"
            raise BadInput(
                f"--keep-weights names '{name}', which is not among the checkpoints that "
                f"encode: {which}."
            )
    for each in checkpoints:
        for name in names_of_layers(each, parameters.layers):
            if name in inputs.representations:
                raise BadInput(
                    f"A file of representations has the name '{name}' of a checkpoint of the run "
                    "as well; give it another with NAME=FILE."
                )


def named_files(given: Sequence[str]) -> dict[str, Path]:
    """`NAME=FILE` words as a dict; a FILE alone is named after itself."""
    files: dict[str, Path] = {}
    for word in given:
        name, is_named, path = word.partition("=")
        if not is_named:
            name, path = Path(word).stem, word
        if name in files:
            raise BadInput(f"Two files of representations have the name '{name}'; use NAME=FILE.")
        files[name] = Path(path)
    return files


def _summary(collection: Collection) -> str:
    n_dropped = collection.info["n_dropped"]
    dropped = f", {n_dropped:,} dropped" if n_dropped else ""
    collapsed = ", ".join(collection.info["collapsed"])
    left_out = f"left out, all its representations being alike: {collapsed}\n" if collapsed else ""
    return (
        f"built {collection.folder}: {collection.n_galaxies:,} galaxies{dropped}, checkpoints "
        f"{', '.join(collection.checkpoints)}\n{left_out}{_planes_kept(collection)}"
        f"look at it: python app.py --collection {collection.name}"
    )


def _planes_kept(collection: Collection) -> str:
    """A line on the size of the original bands, where they were kept."""
    planes = collection.info["files"].get(format.CUTOUTS_FITS)
    if planes is None:
        return ""
    size = f"{planes['size'] / 1e6:,.1f} MB"
    return f"kept the bands of its FITS cutouts: {size} (--no-fits leaves them out)\n"


def _searched(out: Path | None) -> Sequence[Path]:
    """Folders that a collection is looked for in."""
    return SEARCHED if out is None else (out,)


def _print_list(folders: Sequence[Path]) -> None:
    found = list_collections(folders)
    for name, folder in found:
        try:
            print(f"{name}: {Collection.open(folder).n_galaxies:,} galaxies")
        except BadCollection as error:
            print(f"{name}: {error}")
    if not found:
        print(f"no collections in {' or '.join(map(str, folders))}")


def _verify(name: str, folders: Sequence[Path]) -> None:
    folder = find_collection(name, folders)
    collection = Collection.open(folder)
    changed = verify_checksums(folder, collection.info)
    if changed:
        raise BadCollection(
            f"{', '.join(changed)} of '{folder.name}' is not what was built: its checksum "
            "differs; build it again."
        )
    print(f"{name}: all {len(collection.info['files'])} files are as they were built")


if __name__ == "__main__":
    main()
