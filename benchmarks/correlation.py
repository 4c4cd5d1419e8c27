"""Pair counts and RR against the best there is, in one run: `python -m benchmarks.correlation`.

All count the same points, ten blobs, in the same 30 bins, and take turns. Ratios decide, never
bare times; each is given per core too, since some peers use only one. Exit status 1 if a target is
missed. With --quick sizes are small and no target is judged.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numba
from threadpoolctl import threadpool_limits

from benchmarks.counting import CASES, compare_counting
from benchmarks.machine import describe_machine, is_busy, n_cores, versions
from benchmarks.peers import PEERS
from benchmarks.references import compare_with_products, compare_with_randoms
from benchmarks.rows import Row, as_table
from models.files import write_json
from models.space.pairs import warm

PACKAGES = ("numpy", "scipy", "scikit-learn", "numba", "Corrfunc", "TreeCorr")
QUICK = 10  # times fewer points
FEWEST_REPEATS = 3


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    asked = _parser().parse_args(arguments)
    is_disturbed = is_busy()  # before we are at work ourselves
    report = {"machine": describe_machine(), "versions": versions(PACKAGES)}
    report |= {"threads": asked.threads, "repeats": asked.repeats, "is_quick": asked.quick}
    _say(report, is_disturbed)
    warm()
    numba.set_num_threads(asked.threads)
    rows = []
    with threadpool_limits(asked.threads):
        for row in measure(asked.threads, asked.repeats, asked.quick):
            rows.append(row)
            print(f"  {row.case} against {row.against}: {row.value:.3g}x", file=sys.stderr)
    print(as_table(rows))
    missing = {peer.name: peer.why_missing() for peer in PEERS if peer.why_missing()}
    for name, reason in missing.items():
        print(f"{name} is missing ({reason}): see requirements-bench.txt.")
    missed = [row for row in rows if row.is_met is False]
    print(_verdict(rows, missed))
    if asked.json is not None:
        report |= {"missing": missing, "n_missed": len(missed), "is_disturbed": is_disturbed}
        write_json(asked.json, report | {"rows": [row.to_dict() for row in rows]})
    return 1 if missed else 0


def measure(n_threads: int, repeats: int, is_quick: bool) -> Iterator[Row]:
    """Every row of the benchmark, as it is done."""
    fewer = QUICK if is_quick else 1
    is_judged = not is_quick
    for case in CASES:
        smaller = replace(case, n_points=case.n_points // fewer)
        yield from compare_counting(smaller, n_threads, repeats, is_judged=is_judged)
    n_points = 20_000 // fewer
    yield compare_with_products(n_points, 512, n_threads, repeats, target=1.5, is_judged=is_judged)
    for n_dim in (15, 512):
        yield compare_with_randoms(
            n_points, n_dim, n_threads, repeats, target=1000, is_judged=is_judged
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.correlation", description=__doc__)
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    parser.add_argument("--quick", action="store_true", help="a tenth of the points, to try it")
    parser.add_argument(
        "--threads", type=_threads, default=n_cores(), help="of all that use several (all cores)"
    )
    parser.add_argument(
        "--repeats", type=_repeats, default=FEWEST_REPEATS, help="rounds; times are medians (3)"
    )
    return parser


def _threads(given: str) -> int:
    n_threads = int(given)
    if not 1 <= n_threads <= numba.config.NUMBA_NUM_THREADS:
        raise argparse.ArgumentTypeError(
            f"threads must be 1 to {numba.config.NUMBA_NUM_THREADS} here, not {given}"
        )
    return n_threads


def _repeats(given: str) -> int:
    if int(given) < FEWEST_REPEATS:
        raise argparse.ArgumentTypeError(f"a median needs {FEWEST_REPEATS} rounds, not {given}")
    return int(given)


def _say(report: dict, is_disturbed: bool) -> None:
    machine = report["machine"]
    print(f"{machine['cpu']}, {machine['cores']} cores, {report['threads']} threads for whoever")
    print("uses several; each call from float32 points to counts, trees and copies included.")
    print(", ".join(f"{name} {v or 'missing'}" for name, v in report["versions"].items()))
    if is_disturbed:
        print(f"The machine is busy (load {machine['load']}): ratios are uncertain.")


def _verdict(rows: list[Row], missed: list[Row]) -> str:
    judged = [row for row in rows if row.is_met is not None]
    if not judged:
        return "No target was judged."
    met = f"{len(judged) - len(missed)} of {len(judged)} targets met"
    return f"{met}; missed: {', '.join(f'{r.case} against {r.against}' for r in missed) or 'none'}."


if __name__ == "__main__":
    sys.exit(main())
