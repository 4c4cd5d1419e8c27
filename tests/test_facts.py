from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.facts import (
    checkpoint_label,
    count_text,
    excess_text,
    galaxy_summary,
    galaxy_values,
    missing_columns,
    not_common_lines,
    rank_text,
    sky_address,
    unit_of,
    value_text,
    with_error,
)
from dashboard.ranking import Ranking
from data.checkpoint_columns import checkpoint_column


@pytest.mark.parametrize(
    "value, error, text",
    [
        (12.345, 0.81, "12.35 ± 0.81"),
        (1234.5, 57.0, "1,234 ± 57"),
        (0.7312, 0.0042, "0.7312 ± 0.0042"),
        (3.0, None, "3"),
        (np.nan, 1.0, "undefined"),
        (None, None, "undefined"),
        (2.5, np.nan, "2.5"),
    ],
)
def test_numbers_are_rounded_by_their_error(value, error, text):
    assert with_error(value, error) == text


@pytest.mark.parametrize(
    "count, text", [(12, "12"), (45_000, "45,000"), (7_998_000, "8 M"), (1.2e9, "1.2 G")]
)
def test_counts_are_short(count, text):
    assert count_text(count) == text


@pytest.mark.parametrize(
    "excess, text", [(0.468, "+0.47"), (-0.3, "-0.3"), (-1, "-1"), (12.4, "+12"), (1240, "+1,240")]
)
def test_an_excess_is_short_and_signed(excess, text):
    assert excess_text(excess) == text


def test_values_have_units_and_missing_is_said():
    assert value_text("ra", 187.70593) == "187.70593°"
    assert value_text("magnitude", 17.123456) == "17.12 mag"
    assert value_text("redshift", float("nan")) == "missing"
    assert value_text("label", None) == "missing"


@pytest.mark.parametrize(
    "column, unit",
    [
        ("radius_arcsec", "″"),
        ("sigma_kms", "km/s"),
        ("pxscale", "″/px"),
        ("label", ""),
        ("deg", ""),
        ("Separation_Mpc", "Mpc"),
    ],
)
def test_names_of_columns_end_in_their_unit(column, unit):
    assert unit_of(column) == unit


def test_what_is_missing_is_named(collection):
    catalog = collection.catalog
    row = int(np.flatnonzero(catalog["redshift"].isna())[0])
    assert missing_columns(collection, row) == ["redshift"]
    assert "redshift" not in dict(galaxy_values(collection, row))


def test_a_rank_is_one_of_many_or_undefined():
    values = np.array([2.0, np.nan, 1.0], np.float32)
    ranked = Ranking(("test_facts",), values, True)
    assert [rank_text(ranked, row) for row in range(3)] == ["2 of 2", "undefined", "1 of 2"]


def test_a_galaxy_is_told_by_its_own_row(collection):
    checkpoint = collection.checkpoints[0]
    values = dict(galaxy_values(collection, 11))
    assert values["object_id"] == collection.catalog["object_id"].iat[11]
    assert dict(galaxy_summary(collection, checkpoint, 11))["id"] == values["object_id"]


def test_the_sky_address_is_the_galaxys_place(collection):
    catalog = collection.catalog
    assert f"ra={catalog['ra'].iat[4]:.6f}" in sky_address(collection, 4)


def test_layers_are_told_where_they_are_not_the_usual():
    assert checkpoint_label({"training_epoch": 30, "layer": "pool"}, "x") == "epoch 30"
    assert checkpoint_label({"training_epoch": 3, "layer": "stage3"}, "x") == "epoch 3 stage3"
    assert checkpoint_label({"training_epoch": None}, "mine") == "mine"


def test_the_run_is_told_where_the_name_tells_it():
    stored = {"training_epoch": 3, "layer": "stage3", "run": "first"}
    assert checkpoint_label(stored, "first_epoch_003_stage3") == "first epoch 3 stage3"
    assert checkpoint_label(stored, "epoch_003_stage3") == "epoch 3 stage3"
    file = {"training_epoch": 3, "layer": None, "source": "a.npy"}
    assert checkpoint_label(file, "byol_seed0_epoch_03") == "byol_seed0 epoch 3"
    assert checkpoint_label({"training_epoch": 3}, "3") == "epoch 3"


def test_what_files_have_not_in_common_is_told(collection):
    assert not_common_lines(collection) == []
    counts = {"file": "b.npz", "listed_in": "c.csv", "n_lacking": 12, "n_listed": 600, "n_more": 1}
    told = not_common_lines(SimpleNamespace(info={"not_common": {"b": counts}}))
    assert told == ["b.npz lacks 12 of 600 galaxies and has 1 that is not in c.csv."]


def test_a_galaxy_is_told_how_far_the_map_can_be_trusted(collection):
    checkpoint = collection.checkpoints[-1]
    recall = checkpoint_column(collection, checkpoint, "map_recall")[11]
    strangers = checkpoint_column(collection, checkpoint, "false_neighbors")[11]
    assert dict(galaxy_summary(collection, checkpoint, 11))["map"] == (
        f"keeps {15 * recall:.0f} of 15 true neighbors; {15 * strangers:.0f} of 15 on it are "
        "strangers"
    )
