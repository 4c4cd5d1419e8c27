"""Which checkpoints belong together: by what is stored of them, else by their names."""

from types import SimpleNamespace

import pytest

from data.runs import Series, families_of, run_of, series_of, series_with
from models.errors import NotFound


def a_collection(infos):
    def checkpoint_info(name):
        if name not in infos:
            raise NotFound(f"There is no checkpoint '{name}'.")
        return infos[name]

    return SimpleNamespace(checkpoints=tuple(infos), checkpoint_info=checkpoint_info)


@pytest.mark.parametrize(
    "name, info, run",
    [
        ("epoch_003", {"source": "survey/epoch_003"}, "survey"),
        ("epoch_003", {"source": "survey/epoch_003", "run": "mine"}, "mine"),
        ("byol_seed1_epoch_03", {"source": "a.npy"}, "byol_seed1"),
        ("run2-ep30", {}, "run2"),
        ("dinov2", {}, "dinov2"),
        ("deep2", {}, "deep2"),
        ("30", {}, ""),
        ("epoch_30", {"source": None}, ""),
    ],
)
def test_a_run_is_told_by_what_is_stored_or_by_the_name(name, info, run):
    assert run_of(name, info) == run


def test_seeds_of_a_run_are_a_family_and_another_layer_is_not():
    names = ["a_seed0_epoch_0", "a_seed1_epoch_0", "b_epoch_0", "a_seed0_epoch_1"]
    infos = {name: {"layer": "pool"} for name in names}
    infos["a_seed0_epoch_1_stage3"] = {"layer": "stage3"}
    collection = a_collection(infos)
    seed0 = Series("a_seed0", "pool", 0, ("a_seed0_epoch_0", "a_seed0_epoch_1"))
    assert seed0 in series_of(collection)
    families = families_of(collection)
    assert [[each.seed for each in family] for family in families if len(family) > 1] == [[0, 1]]
    assert len(families) == 3
    assert series_of(collection)[-1].layer == "stage3"  # that of the last checkpoint
    assert series_with(collection, "a_seed0_epoch_1") == seed0
    with pytest.raises(NotFound):
        series_with(collection, "c")


def test_a_stored_seed_goes_before_the_name():
    infos = {name: {"seed": seed, "run": "same"} for seed, name in enumerate(("x", "y"))}
    collection = a_collection(infos)
    assert sorted(series.seed for series in series_of(collection)) == [0, 1]
    assert len(families_of(collection)) == 1
