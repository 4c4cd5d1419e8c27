"""`python -m data.label_files`: labels of a collection to a file, and from a file.

python -m data.label_files --collection NAME --export labels.csv
python -m data.label_files --collection NAME --export history.parquet --history
python -m data.label_files --collection NAME --import labels.csv --user Ada
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from data.label_export import HISTORY, LABELS, export_to
from data.label_ids import labels_of
from data.label_import import import_labels
from data.label_store import DEFAULT_USER
from data.store import Collection, find_collection
from models.errors import reported

SEARCHED = (Path(__file__).parent / "collections", Path("/collections"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    given = _read_arguments(arguments)
    with reported(stopped="stopped; an import is stored whole or not at all"):
        folders = SEARCHED if given.out is None else (given.out,)
        folder = find_collection(given.collection, folders)
        store = labels_of(Collection.open(folder, given.kept))
        if given.export is not None:
            what = HISTORY if given.history else LABELS
            export_to(store, given.export, what)
            n = len(store.events()) if given.history else len(store.labels())
            rows = "events" if given.history else "labels, one per galaxy and user"
            print(f"wrote {given.export}: {n:,} {rows}")
            return
        told = import_labels(
            store,
            given.brought,
            given.user,
            skip_unknown=given.skip_unknown,
            overwrite=given.overwrite,
        )
        print(f"{given.brought.name}, {told}")


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m data.label_files",
        description="Export the labels of a collection, or import some.",
    )
    add = parser.add_argument
    add("--collection", required=True, metavar="NAME", help="or the path of its folder")
    add("--out", type=Path, metavar="FOLDER", help="of collections (data/collections)")
    add("--kept", type=Path, metavar="FOLDER", help="as the server's (beside the collection)")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--export", type=Path, metavar="FILE", help="CSV or Parquet, by its name")
    which.add_argument(
        "--import",
        type=Path,
        metavar="FILE",
        dest="brought",
        help="a table that was exported, or any with object_id, and score or tags",
    )
    add("--history", action="store_true", help="export every event, not the labels as they are")
    add("--user", default=DEFAULT_USER, help="whose labels they are, if not said (%(default)s)")
    add("--skip-unknown", action="store_true", help="leave out galaxies not in the collection")
    add("--overwrite", action="store_true", help="take what the file says for the newest")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
