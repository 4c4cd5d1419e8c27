"""The picture of the whole map against Datashader: `python -m benchmarks.raster [--json FILE]`.

Clustered points in two dimensions, ten groups of them, a picture of 960 x 640 pixels: how many,
the mean of a number, and the mixed colors of classes. Both are given the same points in the same
order. Counts and means are compared pixel by pixel, before anything is timed.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import datashader
import numpy as np
import pandas as pd

from benchmarks.machine import describe_machine, is_busy, versions
from benchmarks.timing import take_turns
from models.files import write_json
from models.space.map_index import MapIndex
from models.space.map_pixels import Drawn, Pixels, fill_pixels

WIDTH, HEIGHT = 960, 640  # about those of the map in a window of 1440 x 900
N_CLUSTERS, N_GROUPS, N_BYTES = 40, 10, 256
KINDS = ("density", "mean", "classes")
PACKAGES = ("datashader", "numba", "numpy", "pandas")


def points(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) places in clusters of many widths, and (n,) uint8 a group for each."""
    cluster = rng.integers(0, N_CLUSTERS, n)
    centers = rng.normal(0, 8, (N_CLUSTERS, 2))
    widths = rng.uniform(0.2, 2.0, N_CLUSTERS)
    positions = centers[cluster] + rng.normal(size=(n, 2)) * widths[cluster, None]
    return positions.astype(np.float32), (cluster % N_GROUPS).astype(np.uint8)


def ours(index: MapIndex, groups: np.ndarray, kind: str) -> Callable[[], Pixels]:
    """Our picture: sums by pixel, of whole bytes."""
    values = np.zeros((N_BYTES, 3), np.uint32)
    if kind == "density":
        values = values[:0]
    elif kind == "mean":
        values[:, 0], values[:, 1] = np.arange(N_BYTES), 1
    else:
        values[:N_GROUPS] = np.random.default_rng(0).integers(0, N_BYTES, (N_GROUPS, 3))
    drawn = Drawn(groups, values, np.ones(N_BYTES, bool), np.zeros(0, bool))

    def draw() -> Pixels:
        seen = index.seen(index.home)
        return fill_pixels(index.positions, seen.runs, seen.window, (HEIGHT, WIDTH), drawn)[0]

    return draw


def theirs(index: MapIndex, groups: np.ndarray, kind: str) -> Callable[[], np.ndarray]:
    """Datashader's picture of the same points: its sums by pixel, without shading."""
    x, y = index.positions.T
    named = pd.Categorical.from_codes(groups, [str(group) for group in range(N_GROUPS)])
    table = pd.DataFrame({"x": x, "y": y, "shade": groups.astype(np.float32), "class": named})
    x0, x1, y0, y1 = index.home
    canvas = datashader.Canvas(WIDTH, HEIGHT, x_range=(x0, x1), y_range=(y0, y1))
    summed = {
        "density": datashader.count(),
        "mean": datashader.mean("shade"),
        "classes": datashader.count_cat("class"),
    }[kind]
    return lambda: canvas.points(table, "x", "y", summed).values


def n_different(pixels: Pixels, picture: np.ndarray, kind: str) -> int:
    """Pixels in which the two pictures differ; single precision may put a point beside an edge."""
    if kind == "mean":
        filled = pixels.sums[..., 1] > 0
        means = pixels.sums[..., 0][filled] / pixels.sums[..., 1][filled]
        same = np.isclose(means, picture[filled], rtol=1e-5)
        return int((~same).sum() + (filled != np.isfinite(picture)).sum())
    counted = picture.sum(axis=2) if kind == "classes" else picture
    return int((pixels.counts != counted).sum())


def measure(n: int, repeats: int, seed: int) -> list[dict]:
    """One row for each kind of picture of `n` points."""
    positions, groups = points(n, np.random.default_rng(seed))
    index = MapIndex(positions)
    groups = np.take(groups, index.order)
    rows = []
    for kind in KINDS:
        calls = {"ours": ours(index, groups, kind), "theirs": theirs(index, groups, kind)}
        different = n_different(calls["ours"](), calls["theirs"](), kind)
        seconds = take_turns(calls, repeats)
        rows.append(
            {
                "n": n,
                "kind": kind,
                "ours_ms": 1e3 * seconds["ours"],
                "datashader_ms": 1e3 * seconds["theirs"],
                "ratio": seconds["theirs"] / seconds["ours"],
                "pixels_that_differ": different,
            }
        )
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """`python -m benchmarks.raster`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.raster", description=__doc__)
    parser.add_argument("--sizes", default="1000000,10000000", help="points (1000000,10000000)")
    parser.add_argument("--repeats", type=int, default=7, help="of each picture (7)")
    parser.add_argument("--seed", type=int, default=0, help="of the points (0)")
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    given = parser.parse_args(arguments)
    machine = describe_machine() | {"busy": is_busy(), "versions": versions(PACKAGES)}
    print(f"{machine}\npicture of {WIDTH} x {HEIGHT} pixels, milliseconds, medians")
    rows = []
    for n in map(int, given.sizes.split(",")):
        for row in measure(n, given.repeats, given.seed):
            rows.append(row)
            print(
                f"{row['n']:>12,} {row['kind']:<8} ours {row['ours_ms']:7.1f}  "
                f"datashader {row['datashader_ms']:7.1f}  {row['ratio']:5.1f}x  "
                f"{row['pixels_that_differ']} pixels differ",
                flush=True,
            )
    if given.json:
        write_json(given.json, {"machine": machine, "rows": rows})


if __name__ == "__main__":
    main()
