"""The benchmark of the map's picture compares what it times."""

import numpy as np

from benchmarks import raster


def test_both_are_timed_for_each_kind_and_view(capsys, tmp_path):
    raster.main(["--sizes", "5000", "--repeats", "2", "--json", str(tmp_path / "raster.json")])
    lines = capsys.readouterr().out.splitlines()[-2 * len(raster.KINDS) :]
    assert [line.split()[1] for line in lines[::2]] == list(raster.KINDS)
    assert (tmp_path / "raster.json").stat().st_size > 100


def test_both_sum_up_the_same_and_a_difference_is_told():
    index, groups = raster.points(20_000, np.random.default_rng(0))
    table = raster.table_of(index, groups)
    for view in raster.views(index).values():
        for kind in raster.KINDS:
            ours = raster.our_sums(index, groups, view, kind)
            theirs = raster.their_sums(table, view, kind).values
            assert raster.n_different(ours, theirs, kind) < 20
        counted = raster.their_sums(table, view, "density").values
        ours = raster.our_sums(index, groups, view, "density")
        assert raster.n_different(ours, counted + 1, "density") == raster.WIDTH * raster.HEIGHT
