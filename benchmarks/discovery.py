"""Are the odd ones found? `python -m benchmarks.discovery [--json FILE] [--sdss DIR] [--draws 5]`.

Simulated surveys that no network was trained on, with anomalies planted on one galaxy in a
hundred: how many of them are among the first 40, 100 and 200 of every ranking, at every checkpoint
whose weights the demo keeps, and of one kind after 0, 20, 50 and 100 labels by somebody who seeks
it. Peers in the same run: a random ranking, the untrained network, the same on principal components
of the pixels, Astronomaly's way to learn. Real galaxies of SDSS where their folder is given. The
exit status is 1 if a target is missed.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from benchmarks.claims import as_table
from benchmarks.discovery_discriminant import discriminants
from benchmarks.discovery_draws import shipped_checkpoints, simulated_draw
from benchmarks.discovery_labels import Taught, loops_of, taught
from benchmarks.discovery_rankings import Found, recalls, unusual_first
from benchmarks.discovery_real import FILE, found_classes, real_draw, retrieved
from benchmarks.discovery_report import (
    as_json,
    class_tables,
    discriminant_table,
    label_tables,
    ranking_tables,
    retrieval_table,
)
from benchmarks.discovery_targets import target_claims
from benchmarks.machine import describe_machine, n_cores, versions
from models.checkpoints import Checkpoint, list_checkpoints
from models.errors import BadInput
from models.files import write_json

WORK = Path("runs") / "discovery"
PACKAGES = ("torch", "numpy", "scipy", "scikit-learn", "faiss-cpu")


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; the exit status."""
    asked = _parser().parse_args(arguments)
    about = {"machine": describe_machine(), "versions": versions(PACKAGES)}
    about |= {"n_galaxies": asked.n, "n_draws": asked.draws, "first_seed": asked.seed}
    print(about, flush=True)
    try:
        with threadpool_limits(asked.threads):
            found, lessons, limits = measure(asked)
            real = measure_real(asked)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    claims = target_claims(found, lessons) if found else []
    if found:
        tables = [
            *ranking_tables(found, asked.n),
            *label_tables(lessons),
            discriminant_table(limits),
        ]
        print("\n\n".join([*tables, as_table(claims)]))
    if asked.json is not None:
        content = about | as_json(found, lessons, limits, real)
        write_json(asked.json, content | {"claims": [claim.to_dict() for claim in claims]})
    return int(any(claim.is_met is False for claim in claims))


def measure(
    asked: argparse.Namespace,
) -> tuple[list[list[Found]], list[list[Taught]], list[dict[str, dict[str, float]]]]:
    """What every ranking finds, every way to learn, and what could be found, by draw."""
    found, lessons, limits = [], [], []
    checkpoints = shipped_checkpoints()
    with tqdm(total=asked.draws, unit="draw", disable=None) as bar:
        for seed in range(asked.seed, asked.seed + asked.draws):
            bar.set_description(f"draw {seed}: encode")
            draw = simulated_draw(seed, asked.n, asked.work, checkpoints, asked.threads)
            bar.set_description(f"draw {seed}: rank")
            rankings = unusual_first(draw)
            found.append(list(recalls(draw, rankings)))
            lessons.append([])
            for loop in loops_of(draw):
                bar.set_description(f"draw {seed}: {loop}")
                lessons[-1] += taught(draw, rankings, loop)
            limits.append({name: discriminants(draw, name) for name in draw.spaces})
            bar.update()
    return found, lessons, limits


def measure_real(asked: argparse.Namespace) -> dict:
    """Tables of SDSS, printed at once, and what is in them; empty where there are no galaxies."""
    if asked.sdss is None or not (asked.sdss / FILE).is_file():
        print(f"SDSS is left out: there is no {FILE} in the folder of --sdss.")
        return {}
    runs: dict[str, list[Checkpoint]] = {"the demo's networks": shipped_checkpoints()}
    if asked.sdss_run is not None:
        runs["networks trained on these galaxies"] = list_checkpoints(asked.sdss_run)
    told = {}
    for name, checkpoints in runs.items():
        draw = real_draw(asked.sdss, asked.work, checkpoints)
        classes, nearest = found_classes(draw), retrieved(draw)
        head = f"SDSS, {len(draw.kinds):,} galaxies, {name}"
        tables = [*class_tables(classes, head), retrieval_table(nearest, head)]
        print("\n\n".join(tables), end="\n\n", flush=True)
        told[name] = {
            "n": len(draw.kinds),
            "classes": classes,
            "retrieval": nearest,
            "n_of_class": {str(kind): int(np.sum(draw.kinds == kind)) for kind in set(draw.kinds)},
        }
    return told


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.discovery", description=__doc__)
    parser.add_argument(
        "--draws", type=int, default=5, help="simulated surveys (5); 0 for SDSS alone"
    )
    parser.add_argument("--n", type=int, default=20_000, help="galaxies of each (20000)")
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help="of the first; the demo's is 0 (1)",
    )
    parser.add_argument("--sdss", type=Path, help=f"folder with {FILE} (left out)")
    parser.add_argument("--sdss-run", type=Path, help="a training run on those galaxies (none)")
    parser.add_argument(
        "--work", type=Path, default=WORK, help=f"keeps draws, 1 GB each, and encodings ({WORK})"
    )
    parser.add_argument("--threads", type=int, default=n_cores(), help="(one for each core)")
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
