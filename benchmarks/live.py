"""From lasso release to the curve, on the server: `python -m benchmarks.live [--json FILE]`.

A million made-up galaxies in 15 dimensions, and lassos of 200 vertices of all sizes anywhere on
their map. Each is a new selection; nothing is kept of it from before. Exit status 1 where the
95th percentile is above 300 ms; of more than a million galaxies (--n), 400 ms.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from flask import Flask

from benchmarks.machine import describe_machine, is_busy, versions
from dashboard.cache import create_cache
from dashboard.measure import MOST_AT_ONCE, live_shifts, selection_correlation, warm
from dashboard.pair_rate import exact_limit, is_quick, n_pairs, seconds_per_pair
from dashboard.question import Question
from dashboard.settings import Settings
from data.arrays import read_array, write_array
from data.points import measured_points
from data.selection import resolve_mask
from data.store import Collection
from models.files import write_json
from models.space.correlation import Correlation, correlation_from_counts
from models.space.pairs import count_neighbors, count_shifted

TARGET_MS, LARGEST_TARGET_MS = 300.0, 400.0  # of a million galaxies, and of more
N_DIM, N_VERTICES, N_CLUSTERS = 15, 200, 12
CHECKPOINT = "made_up"
PACKAGES = ("numpy", "scipy", "numba")


@dataclass(frozen=True, eq=False)
class PointCollection(Collection):
    """What a selection and its correlation read of a collection, and nothing else."""

    arrays: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    @property
    def digest(self) -> str:
        return self.info["name"]

    @property
    def order(self) -> np.ndarray:
        return self.arrays["order"]

    def checkpoint_info(self, checkpoint: str) -> dict:
        return {}

    def representations(self, checkpoint: str) -> np.ndarray:
        return self.arrays["components"]

    def components(self, checkpoint: str) -> np.ndarray:
        return self.arrays["components"]

    def map_positions(self, checkpoint: str) -> tuple[np.ndarray, np.ndarray]:
        return self.arrays["map"], np.zeros(self.n_galaxies, bool)


def made_up_points(folder: Path, n: int, rng: np.random.Generator) -> PointCollection:
    """Clusters of unequal widths, and a map on which near galaxies are near, as files."""
    widths = 1 / np.sqrt(1 + np.arange(N_DIM, dtype=np.float32) / 4)
    centers = 2 * rng.standard_normal((N_CLUSTERS, N_DIM), dtype=np.float32) * widths
    cluster = rng.integers(N_CLUSTERS, size=n)
    points = centers[cluster] + rng.standard_normal((n, N_DIM), dtype=np.float32) * widths
    order = rng.permutation(n).astype(np.int32)
    written = {"components": points[order], "order": order, "map": np.tanh(points[:, :2] / 4) * 10}
    for name, array in written.items():
        write_array(folder / f"{name}.npy", array)
    arrays = {name: read_array(folder / f"{name}.npy") for name in written}
    info = {"name": f"points{n}", "n_galaxies": n}
    return PointCollection(folder, info, folder / "kept", arrays)


def lasso(positions: np.ndarray, rng: np.random.Generator) -> dict:
    """A wobbling outline around a galaxy, from a hundredth of the map to more than all of it."""
    size = np.ptp(positions, axis=0).max() * 10 ** rng.uniform(-2, 0.1)
    center = positions[rng.integers(len(positions))]
    angles = np.linspace(0, 2 * np.pi, N_VERTICES, endpoint=False)
    radii = size * (1 + 0.2 * np.sin(3 * angles + rng.uniform(0, 6)))
    radii *= 1 + 0.02 * rng.standard_normal(N_VERTICES)
    x, y = center[0] + radii * np.cos(angles), center[1] + radii * np.sin(angles)
    step = {"op": "set", "kind": "polygon", "x": x.tolist(), "y": y.tolist()}
    return {"checkpoint": CHECKPOINT, "steps": [step]}


def timed(work: Callable[[], object]) -> tuple[object, float]:
    """What `work` gives, and its time in milliseconds."""
    start = time.perf_counter()
    result = work()
    return result, 1e3 * (time.perf_counter() - start)


def time_parts(question: Question) -> dict[str, float]:
    """Times of the parts of a measurement, done one after the other as `measure` does them."""
    collection, measure = question.collection, question.measure
    mask, polygon = timed(lambda: resolve_mask(question.selection, collection))
    most = {"most": MOST_AT_ONCE}
    points, gather = timed(lambda: measured_points(collection, CHECKPOINT, measure, mask, **most))
    edges = question.edges(len(points))
    is_exact = is_quick(n_pairs(len(points)), points.shape[1])
    n_shifts = None if is_exact else live_shifts(len(points))
    if n_shifts is None:
        counts, counting = timed(lambda: count_neighbors(points, edges))
    else:
        shifts = np.arange(1, n_shifts + 1)
        counts, counting = timed(lambda: count_shifted(points, edges, shifts))
    errors = partial(correlation_from_counts, points, edges, counts, n_shifts=n_shifts)
    _, covariance_and_errors = timed(errors)
    return {
        "polygon": polygon,
        "gather": gather,
        "counts": counting,
        "covariance and errors": covariance_and_errors,
    }


def measure_lassos(collection: PointCollection, n_lassos: int, seed: int) -> list[dict]:
    """One row per lasso that holds enough galaxies: its size, its time, and those of its parts."""
    rng = np.random.default_rng(seed)
    cache = create_cache(Flask("benchmark"), Settings(cache="none"))
    positions, _ = collection.map_positions(CHECKPOINT)
    rows: list[dict] = []
    while len(rows) < n_lassos:
        drawn = lasso(positions, rng)
        work = partial(selection_correlation, collection, cache, CHECKPOINT, drawn)
        before = time.process_time()
        measured, total = timed(work)
        of_all_cores = 1e3 * (time.process_time() - before)
        if not isinstance(measured, Correlation):
            continue
        drawn["steps"][0]["x"][0] += 1e-9  # another selection to all that is kept
        parts = time_parts(Question(collection, cache, CHECKPOINT, drawn))
        about = {"n": measured.n_points, "pairs": measured.pairs_counted}
        about |= {"is_sampled": measured.is_sampled, "total": total, "cpu": of_all_cores}
        rows.append(about | {"parts": parts})
    return rows


def summary(rows: list[dict]) -> dict[str, dict[str, float]]:
    """Median, 95th percentile and largest time of all and of each part, in milliseconds.

    "cpu" is the time of all cores together, which others at work do not lengthen as much.
    """
    times = {"total": [row["total"] for row in rows], "cpu": [row["cpu"] for row in rows]}
    times |= {name: [row["parts"][name] for row in rows] for name in rows[0]["parts"]}
    levels = {"p50": 50, "p95": 95, "max": 100}
    return {
        name: {level: float(np.percentile(t, q)) for level, q in levels.items()}
        for name, t in times.items()
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    parser = argparse.ArgumentParser("python -m benchmarks.live", description=__doc__)
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    parser.add_argument("--n", type=int, default=1_000_000, help="galaxies (1,000,000)")
    parser.add_argument("--lassos", type=int, default=60, help="how many (60)")
    parser.add_argument("--seed", type=int, default=0, help="of points and lassos (0)")
    asked = parser.parse_args(arguments)
    is_disturbed = is_busy()
    with tempfile.TemporaryDirectory() as folder:
        collection = made_up_points(Path(folder), asked.n, np.random.default_rng(asked.seed))
        warm(collection, CHECKPOINT)
        rows = measure_lassos(collection, asked.lassos, asked.seed)
    report = {"machine": describe_machine(), "versions": versions(PACKAGES)}
    report |= {"is_disturbed": is_disturbed, "n_galaxies": asked.n, "n_dim": N_DIM}
    report["target_ms"] = TARGET_MS if asked.n <= 1_000_000 else LARGEST_TARGET_MS
    report |= {"ns_per_pair": 1e9 * seconds_per_pair(N_DIM), "exact_up_to": exact_limit(N_DIM)}
    report |= {"milliseconds": summary(rows), "rows": rows}
    tell(report)
    if asked.json is not None:
        write_json(asked.json, report)
    return int(report["milliseconds"]["total"]["p95"] > report["target_ms"])


def tell(report: dict) -> None:
    """Print what was found."""
    sizes = np.array([row["n"] for row in report["rows"]])
    print(f"{len(sizes)} lassos of {sizes.min():,} to {sizes.max():,} galaxies", end=" ")
    print(f"(median {np.median(sizes):,.0f}) of {report['n_galaxies']:,}, d = {report['n_dim']}.")
    print(
        f"Exact up to {report['exact_up_to']:,} galaxies ({report['ns_per_pair']:.2f} ns a pair), "
        "sampled beyond."
    )
    print(f"{'milliseconds':24s}{'p50':>8s}{'p95':>8s}{'max':>8s}")
    for name, times in report["milliseconds"].items():
        print(f"{name:24s}" + "".join(f"{times[key]:8.0f}" for key in ("p50", "p95", "max")))
    p95, target = report["milliseconds"]["total"]["p95"], report["target_ms"]
    verdict = "met" if p95 <= target else "missed"
    busy = " The machine was busy: times are upper bounds." if report["is_disturbed"] else ""
    print(f"Target: p95 {target:.0f} ms, {verdict}.{busy}")


if __name__ == "__main__":
    sys.exit(main())
