"""Checkpoints side by side: `python -m benchmarks.compare [--json FILE]`.

Measures: neighbor change and map recall against brute force, which are to be equal;
trustworthiness and continuity against scikit-learn, which are to be equal to 1e-6 and sooner
there at 10,000 galaxies; and all of them for 300,000 galaxies from stored neighbors, within a
minute. Our trustworthiness begins from the neighbors that a collection stores; scikit-learn's
finds its own. Ours includes the search for the neighbors on the map. Then the actions of a page
with four maps of as many galaxies, which the server is to answer within 200 ms.

The exit status is 1 where something is not as wanted.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.compare_measures import Compared, of_collection, of_points
from benchmarks.compare_view import collection_at, measure_view, summary
from benchmarks.machine import describe_machine, is_busy, versions
from benchmarks.page import collection_of
from models.files import write_json

N_JUDGED = 10_000  # galaxies from which times are judged
PACKAGES = ("numpy", "scipy", "scikit-learn", "numba", "faiss-cpu")
HEAD = "what                                     of                        against       difference"
HEAD += "    ours / s  theirs / s  as wanted"


def line_of(row: Compared) -> str:
    """One row of the table."""
    theirs = "" if np.isnan(row.seconds) else f"{row.seconds:.3g}"
    difference = f"{row.difference:.1e}" if row.against else ""
    wanted = "yes" if row.is_met else "NO"
    is_judged = row.against or row.limit_s is not None
    return (
        f"{row.what:<40} {row.case:<25} {row.against:<13} {difference:>10}"
        f"{row.our_seconds:12.3g}{theirs:>12}  {wanted if is_judged else ''}"
    ).rstrip()


def measures(given: argparse.Namespace) -> list[dict]:
    """The first part: what is measured."""
    rows = []

    def tell(row: Compared) -> None:
        rows.append(row.to_dict())
        print(line_of(row), flush=True)

    for n in map(int, given.sizes.split(",")):
        for row in of_points(n, given.repeats, given.seed, is_timed=n >= N_JUDGED):
            tell(row)
    if given.large:
        for row in of_collection(collection_of(given.large, given.collections)):
            tell(row)
    return rows


def view(given: argparse.Namespace) -> list[dict]:
    """The second part: what the server takes for the actions on four maps side by side."""
    if not given.large:
        return []
    rows = summary(measure_view(collection_at(given.collections, given.large), given.repeats * 4))
    print(f"four maps of {given.large:,} galaxies, ms on the server: p50, p95")
    for row in rows:
        wanted = "yes" if row["is_met"] else "NO"
        print(f"{row['action']:<30}{row['p50_ms']:8.0f}{row['p95_ms']:8.0f}  {wanted}", flush=True)
    return rows


# name -> what makes its rows, which are told as they come; a row says whether it `is_met`
PARTS = {"measures": measures, "view": view}


def main(arguments: Sequence[str] | None = None) -> None:
    """`python -m benchmarks.compare`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("--sizes", default="1000,10000", help="galaxies (1000,10000)")
    parser.add_argument("--large", type=int, default=300_000, help="galaxies; 0 for none (300000)")
    parser.add_argument(
        "--collections",
        type=Path,
        default=Path("data/collections"),
        help="folder of large collections, which are made if they are not there (data/collections)",
    )
    parser.add_argument("--repeats", type=int, default=3, help="of each time (3)")
    parser.add_argument("--seed", type=int, default=0, help="of the galaxies (0)")
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    given = parser.parse_args(arguments)
    machine = describe_machine() | {"busy": is_busy(), "versions": versions(PACKAGES)}
    print(f"{machine}\n{HEAD}")
    found = {name: rows_of(given) for name, rows_of in PARTS.items()}
    if given.json:
        write_json(given.json, {"machine": machine, **found})
    sys.exit(0 if all(row["is_met"] for rows in found.values() for row in rows) else 1)


if __name__ == "__main__":
    main()
