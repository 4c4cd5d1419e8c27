"""The picture of the map against Datashader: `python -m benchmarks.raster [--json FILE]`.

Clustered points in two dimensions, ten groups of them, a picture of 960 x 640 pixels of the whole
map and of a tenth of its width: their density, the mean of a number, and the mixed colors of
classes. Both are given the same points in the order of the map's cells, which helps both, and both
end with a colored image. The sums alone, of which the image is made, are timed and compared too.
"""

import argparse
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import datashader
import numpy as np
import pandas as pd
from datashader.transfer_functions import shade

from benchmarks.machine import describe_machine, is_busy, versions
from benchmarks.timing import take_turns
from dashboard.colors import Coloring, color_points
from dashboard.map_asked import MapAsked
from dashboard.map_view import Shown
from dashboard.raster import draw
from models.files import write_json
from models.space.map_index import MapIndex, View
from models.space.map_pixels import Drawn, Pixels, fill_pixels

WIDTH, HEIGHT = 960, 640  # about those of the map in a window of 1440 x 900
N_CLUSTERS, N_GROUPS, N_BYTES = 40, 10, 256
KINDS = ("density", "mean", "classes")
COLORS = [f"#{value:06x}" for value in np.linspace(0x224466, 0xEEDDCC, N_GROUPS).astype(int)]
PACKAGES = ("datashader", "numba", "numpy", "pandas")


def points(n: int, rng: np.random.Generator) -> tuple[MapIndex, np.ndarray]:
    """Places in clusters of many widths, in the order of the map; and (n,) uint8 their groups."""
    cluster = rng.integers(0, N_CLUSTERS, n)
    centers = rng.normal(0, 8, (N_CLUSTERS, 2))
    widths = rng.uniform(0.2, 2.0, N_CLUSTERS)
    positions = centers[cluster] + rng.normal(size=(n, 2)) * widths[cluster, None]
    index = MapIndex(positions.astype(np.float32))
    return index, np.take((cluster % N_GROUPS).astype(np.uint8), index.order)


def views(index: MapIndex) -> dict[str, View]:
    """The whole map, and a tenth of its width about one of the points."""
    x0, x1, y0, y1 = index.home
    x, y = index.positions[len(index) // 2].astype(float)
    part = 0.05
    near = (x - part * (x1 - x0), x + part * (x1 - x0), y - part * (y1 - y0), y + part * (y1 - y0))
    return {"whole": index.home, "a tenth": near}


def our_sums(index: MapIndex, groups: np.ndarray, view: View, kind: str) -> Pixels:
    """Sums of whole bytes by pixel: of colors, for classes."""
    values = np.zeros((N_BYTES, 3), np.uint32)
    if kind == "density":
        values = values[:0]
    elif kind == "mean":
        values[:, 0], values[:, 1] = np.arange(N_BYTES), 1
    else:
        values[:N_GROUPS, 0] = np.arange(N_GROUPS)
    drawn = Drawn(groups, values, np.ones(N_BYTES, bool), np.zeros(0, bool))
    seen = index.seen(view)
    return fill_pixels(index.positions, seen.runs, seen.window, (HEIGHT, WIDTH), drawn)[0]


def our_picture(index: MapIndex, groups: np.ndarray, kind: str) -> Callable[[View], object]:
    """What draws the page's picture of a view."""
    names = tuple(str(group) for group in range(N_GROUPS))
    coloring = {
        "density": color_points(1),
        "mean": Coloring("x", names, groups, kind="shades"),
        "classes": Coloring("x", names, groups),
    }[kind]
    of = np.zeros_like(groups) if kind == "density" else groups
    asked = MapAsked("benchmark", paint=kind)
    is_shown = np.ones(N_BYTES, bool)
    place = (f"{len(groups)} points", "benchmark")
    shown = Shown(index, coloring, of, is_shown, None, None, place, asked, ())
    return lambda view: draw(shown, view, (WIDTH, HEIGHT), "dark")


def their_sums(table: pd.DataFrame, view: View, kind: str) -> object:
    """Datashader's aggregate of the same points."""
    summed = {
        "density": datashader.count(),
        "mean": datashader.mean("shade"),
        "classes": datashader.count_cat("class"),
    }[kind]
    canvas = datashader.Canvas(WIDTH, HEIGHT, x_range=view[:2], y_range=view[2:])
    return canvas.points(table, "x", "y", summed)


def their_picture(table: pd.DataFrame, view: View, kind: str) -> object:
    """Datashader's image of it."""
    key = dict(zip(table["class"].cat.categories, COLORS, strict=True))
    with warnings.catch_warnings():  # of a picture that has one value alone
        warnings.simplefilter("ignore", RuntimeWarning)
        return shade(their_sums(table, view, kind), how="log", color_key=key)


def table_of(index: MapIndex, groups: np.ndarray) -> pd.DataFrame:
    """The points as Datashader takes them."""
    x, y = index.positions.T
    named = pd.Categorical.from_codes(groups, [str(group) for group in range(N_GROUPS)])
    return pd.DataFrame({"x": x, "y": y, "shade": groups.astype(np.float32), "class": named})


def n_different(pixels: Pixels, picture: np.ndarray, kind: str) -> int:
    """Pixels in which the sums differ; single precision may put a point beside an edge."""
    if kind == "mean":
        filled = pixels.sums[..., 1] > 0
        means = pixels.sums[..., 0][filled] / pixels.sums[..., 1][filled]
        same = np.isclose(means, picture[filled], rtol=1e-5)
        return int((~same).sum() + (filled != np.isfinite(picture)).sum())
    counted = picture.sum(axis=2) if kind == "classes" else picture
    return int((pixels.counts != counted).sum())


def measure(n: int, repeats: int, seed: int) -> list[dict]:
    """One row for each kind of picture and view of `n` points."""
    index, groups = points(n, np.random.default_rng(seed))
    table = table_of(index, groups)
    rows = []
    for kind in KINDS:
        picture = our_picture(index, groups, kind)
        for name, view in views(index).items():
            ours = partial(our_sums, index, groups, view, kind)
            theirs = partial(their_sums, table, view, kind)
            calls = {"our sums": ours, "their sums": theirs}
            calls["our picture"] = partial(picture, view)
            calls["their picture"] = partial(their_picture, table, view, kind)
            different = n_different(ours(), theirs().values, kind)
            for call in calls.values():
                call()  # compiled
            ms = {of: 1e3 * seconds for of, seconds in take_turns(calls, repeats).items()}
            ratio = ms["their picture"] / ms["our picture"]
            row = {"n": n, "kind": kind, "view": name, "ms": ms, "ratio": ratio}
            rows.append(row | {"pixels_that_differ": different})
    return rows


def line_of(row: dict) -> str:
    """One row of the table."""
    ms = row["ms"]
    return (
        f"{row['n']:>11,} {row['kind']:<8} {row['view']:<8}"
        f"{ms['our picture']:8.1f} {ms['their picture']:8.1f} {row['ratio']:6.1f}x"
        f"{ms['our sums']:9.1f} {ms['their sums']:8.1f}   {row['pixels_that_differ']}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """`python -m benchmarks.raster`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.raster", description=__doc__)
    parser.add_argument("--sizes", default="1000000,10000000", help="points (1000000,10000000)")
    parser.add_argument("--repeats", type=int, default=7, help="of each picture (7)")
    parser.add_argument("--seed", type=int, default=0, help="of the points (0)")
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    given = parser.parse_args(arguments)
    machine = describe_machine() | {"busy": is_busy(), "versions": versions(PACKAGES)}
    print(
        f"{machine}\n{WIDTH} x {HEIGHT} pixels, milliseconds, medians; sums that differ, in pixels"
    )
    print("     points of       view     picture   theirs   ratio     sums   theirs   differ")
    rows = []
    for n in map(int, given.sizes.split(",")):
        rows += measure(n, given.repeats, given.seed)
        print("\n".join(map(line_of, rows[-2 * len(KINDS) :])), flush=True)
    if given.json:
        write_json(given.json, {"machine": machine, "rows": rows})


if __name__ == "__main__":
    main()
