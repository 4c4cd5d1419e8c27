"""The benchmark of the map's picture compares what it times."""

import numpy as np

from benchmarks import raster


def test_both_draw_the_same_and_both_are_timed(capsys, tmp_path):
    raster.main(["--sizes", "5000", "--repeats", "2", "--json", str(tmp_path / "raster.json")])
    lines = capsys.readouterr().out.splitlines()[-len(raster.KINDS) :]
    assert [line.split()[1] for line in lines] == list(raster.KINDS)
    assert (tmp_path / "raster.json").stat().st_size > 100


def test_a_picture_that_differs_is_told(rng):
    rows = raster.measure(20_000, 1, 0)
    assert all(row["pixels_that_differ"] < 20 for row in rows)
    positions, groups = raster.points(20_000, np.random.default_rng(0))
    index = raster.MapIndex(positions)
    groups = np.take(groups, index.order)
    pixels = raster.ours(index, groups, "density")()
    other = raster.theirs(index, groups, "density")() + 1
    assert raster.n_different(pixels, other, "density") == raster.WIDTH * raster.HEIGHT
