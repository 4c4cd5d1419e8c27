import json
import threading

import numpy as np
import pandas as pd
import pytest
from flask import Flask

from dashboard import clusters, painting
from dashboard.cache import create_cache
from dashboard.class_search import MAX_FOUND, found_classes
from dashboard.clusters import start_clusters
from dashboard.colors import N_SHADES, POINTS
from dashboard.column_facts import class_columns, column_groups, first_column
from dashboard.jobs import Cancelled, Job, Jobs, Progress
from dashboard.painting import group_counts, paint_of
from dashboard.paints import checked_paint, paint_record
from dashboard.palettes import N_COLORS
from dashboard.records import keep_record
from dashboard.settings import Settings
from data.checkpoint_columns import CLUSTER, RANK, checkpoint_column, has_clusters
from data.kept import Kept
from data.selection import resolve_mask
from data.store import Collection
from models.errors import BadInput, NotFound

N = 600
NONE_KEY = "cluster:hdbscan:25"  # leaves some in no cluster


@pytest.fixture(scope="module")
def cache():
    return create_cache(Flask("test"), Settings(cache="memory"))


@pytest.fixture(scope="module")
def many(collection_folder, tmp_path_factory):
    """The made-up collection with further columns, of every awkward kind."""
    folder = tmp_path_factory.mktemp("many") / "many"
    folder.mkdir()
    for path in collection_folder.iterdir():
        (folder / path.name).symlink_to(path)
    catalog = pd.read_parquet(folder / "catalog.parquet")
    number = np.arange(N)
    catalog["class"] = [f"class {n % 40:02d}" for n in number]
    catalog["own"] = [f"galaxy {n}" for n in number]
    catalog["empty"] = pd.Series([None] * N, dtype="string")
    catalog["blank"] = ["", " ", "a"] * (N // 3)
    catalog["one"] = 5.0
    catalog["infinite"] = np.where(number % 2, np.inf, -np.inf)
    catalog["partly"] = np.where(number < 50, np.inf, np.where(number < 90, np.nan, number))
    catalog["signed"] = number - 100.5
    catalog["odd"] = number % 2 == 1
    catalog["few"] = np.where(number % 5 == 0, np.nan, number % 3)
    catalog["maybe"] = pd.array([None if n % 7 == 0 else n for n in number], dtype="Int64")
    catalog["observed"] = pd.Timestamp("2001-01-01") + pd.to_timedelta(number, unit="D")
    catalog["list"] = [[n, n + 1] for n in number]
    catalog["log_density"] = number * 2.0  # hides the checkpoint's
    (folder / "catalog.parquet").unlink()
    catalog.to_parquet(folder / "catalog.parquet")
    info = json.loads((folder / "collection.json").read_text())
    info["files"]["catalog.parquet"]["size"] = (folder / "catalog.parquet").stat().st_size
    info["name"] = "many"  # another digest: what is kept goes by it
    (folder / "collection.json").unlink()
    (folder / "collection.json").write_text(json.dumps(info))
    return Collection.open(folder)


def painted(collection, cache, column, checkpoint=None, **asked):
    paint_id = keep_record(cache, paint_record(column, **asked))
    return paint_of(collection, cache, checkpoint or collection.checkpoints[-1], paint_id)


def test_a_label_is_colored_by_class(collection, cache):
    colored = painted(collection, cache, "label")
    labels = collection.catalog["label"]
    assert set(colored.names) - {"missing"} == set(labels.dropna())
    for group, name in enumerate(colored.names):
        members = labels.isna() if name == "missing" else labels == name
        np.testing.assert_array_equal(colored.groups == group, members)


def test_every_column_of_the_choice_can_be_asked_for(many, cache):
    for group in column_groups(many):
        for item in group["items"]:
            if item["value"] == "list":
                continue
            colored = painted(many, cache, item["value"])
            assert len(colored.groups) == N and colored.groups.max() < colored.n_groups
            assert len(colored.palette("light")) == colored.n_groups
            assert colored.counts().sum() == N
            if colored.kind == "classes":
                assert len(colored.values) == colored.n_groups


def test_numbers_are_shaded_and_those_that_are_not_finite_counted(many, cache):
    colored = painted(many, cache, "partly")
    assert colored.is_number and colored.counts()[-1] == 90
    assert colored.missing_name == "missing or infinite"


@pytest.mark.parametrize("column", ["empty", "infinite"])
def test_a_column_without_a_value_is_all_grey_and_says_so(many, cache, column):
    colored = painted(many, cache, column)
    assert colored.names == ("missing",) and column in colored.said.lower()


def test_blank_texts_are_missing(many, cache):
    colored = painted(many, cache, "blank")
    assert colored.names == ("a", "missing")
    assert colored.counts().tolist() == [N // 3, N - N // 3]


def test_a_column_of_one_number_is_one_class(many, cache):
    colored = painted(many, cache, "one")
    assert colored.names == ("5",) and colored.values == (5.0,)


def test_few_different_numbers_are_classes_and_what_is_none_is_missing(many, cache):
    colored = painted(many, cache, "few")
    assert colored.names == ("0", "1", "2", "missing")
    assert colored.counts()[-1] == N // 5


def test_truth_values_and_numbers_with_gaps(many, cache):
    assert painted(many, cache, "odd").names == ("False", "True")
    gaps = painted(many, cache, "maybe")
    assert gaps.is_number and gaps.counts()[-1] == -(-N // 7)


def test_dates_are_shaded_by_the_day_and_read_as_dates(many, cache):
    colored = painted(many, cache, "observed", clip=[0, 100])
    assert colored.form == "date" and colored.is_number
    assert (np.diff(colored.groups.astype(int)) >= 0).all()


def test_lists_have_no_color_and_say_so(many, cache):
    with pytest.raises(BadInput, match="list"):
        painted(many, cache, "list")


def test_a_logarithm_leaves_out_what_is_0_or_less(many, cache):
    colored = painted(many, cache, "signed", scale="log")
    assert colored.counts()[-1] == 101 and "101 of 0 or less" in colored.said


def test_chosen_classes_have_a_color(many, cache):
    plain = painted(many, cache, "class")
    chosen = painted(many, cache, "class", classes=["class 39", "class 38"])
    assert plain.n_groups == chosen.n_groups == N_COLORS
    assert {"class 38", "class 39"} <= set(chosen.names) - set(plain.names)


def test_a_catalog_column_hides_the_checkpoints_of_its_name(many, collection, cache):
    assert painted(many, cache, "log_density").high > 1000
    assert painted(collection, cache, "log_density").high < 1000


def test_no_column_is_one_group(collection, cache):
    assert painted(collection, cache, POINTS).names == ("galaxies",)


# ---- what a checkpoint gives --------------------------------------------------------------------


def test_the_first_rank_is_the_emptiest_place(collection, cache):
    checkpoint = collection.checkpoints[-1]
    density = collection.density(checkpoint)["log_density"]
    ranks = checkpoint_column(collection, checkpoint, RANK)
    assert sorted(ranks) == list(range(1, N + 1))
    np.testing.assert_array_equal(np.argsort(ranks), np.argsort(density, kind="stable"))
    colored = painted(collection, cache, RANK)
    assert colored.kind == "ranks" and (colored.low, colored.high) == (1, N)
    assert colored.groups[density.argmin()] == 0
    assert "of 600" in colored.title


def test_clusters_are_as_many_as_there_are_classes_the_largest_first(collection, cache):
    checkpoint = collection.checkpoints[-1]
    colored = painted(collection, cache, CLUSTER)
    n_classes = collection.quality(checkpoint)["n_classes"]
    assert colored.n_groups == n_classes and colored.names[0] == "cluster 1"
    counts = colored.counts()
    assert (np.diff(counts) <= 0).all() and counts.sum() == N
    codes = checkpoint_column(collection, checkpoint, CLUSTER)
    np.testing.assert_array_equal(codes, colored.groups + 1)


def test_clusters_hold_galaxies_that_are_near_each_other(collection):
    checkpoint = collection.checkpoints[-1]
    codes = checkpoint_column(collection, checkpoint, CLUSTER)[collection.order]
    points = np.asarray(collection.components(checkpoint))
    means = np.array([points[codes == code].mean(axis=0) for code in range(1, codes.max() + 1)])
    within = ((points - means[codes - 1]) ** 2).sum()
    assert within < 0.8 * ((points - points.mean(axis=0)) ** 2).sum()


def test_clusters_that_take_long_are_found_by_a_job(collection, cache, monkeypatch):
    assert start_clusters(collection, cache, Jobs(), "0123456789abcdef", "epoch_05") is None
    monkeypatch.setattr("dashboard.clusters.INSTANT", 0)
    jobs = Jobs()
    job = start_clusters(collection, cache, jobs, "0123456789abcdef", "epoch_05")
    job.cancel()  # another page may wait for them
    assert job.wait(60) and job.error is None
    if not has_clusters(collection, "epoch_05"):  # cancelled before it began
        job = start_clusters(collection, cache, jobs, "0123456789abcdef", "epoch_05")
        assert job.wait(60) and job.error is None
    assert start_clusters(collection, cache, jobs, "0123456789abcdef", "epoch_05") is None
    assert painted(collection, cache, CLUSTER, "epoch_05").counts().sum() == N


def test_clusters_of_any_number_are_classes_and_those_in_none_are_grey(collection, cache):
    checkpoint = collection.checkpoints[-1]
    for key, title in (("cluster:kmeans:5", "K-Means, k = 5"), (NONE_KEY, "HDBSCAN, n ≥ 25")):
        colored = painted(collection, cache, key)
        codes = checkpoint_column(collection, checkpoint, key)
        assert colored.title == title and colored.kind == "classes" and colored.cut == key
        for group, value in enumerate(colored.values):
            np.testing.assert_array_equal(colored.groups == group, codes == value)
            step = {"op": "set", "kind": "category", "column": key, "values": [value]}
            chosen = resolve_mask({"steps": [step | {"checkpoint": checkpoint}]}, collection)
            np.testing.assert_array_equal(chosen, codes == value)
    assert colored.has_missing and colored.values[-1] == 0
    assert colored.missing_name == "in no cluster" and colored.names[0] == "cluster 1"


def test_of_many_clusters_the_smaller_ones_share_a_color(collection, cache):
    colored = painted(collection, cache, "cluster:kmeans:20")
    assert colored.n_groups == N_COLORS and colored.n_other == 9
    assert colored.names[-1] == "other (9 classes)"
    colored = painted(collection, cache, "cluster:kmeans:20", classes=["17"])
    assert colored.names[-2:] == ("cluster 17", "other (9 classes)") and colored.values[-2] == 17


def test_where_no_cluster_is_found_all_are_grey_and_it_is_said(collection, cache):
    colored = painted(collection, cache, "cluster:hdbscan:500")
    assert colored.names == ("missing",) and colored.values == (0,)
    assert colored.said == "No cluster was found: all galaxies are grey."


def test_clusters_are_found_once_behind_the_page_and_come_from_the_cache(
    collection, cache, monkeypatch
):
    found, make = [], clusters.make_clustering
    monkeypatch.setattr(clusters, "make_clustering", lambda *asked: found.append(1) or make(*asked))
    key, jobs = "cluster:kmeans:9", Jobs()
    page = "0123456789abcdef"
    job = clusters.start_clustering(collection, cache, jobs, page, "epoch_05", key)
    assert job.wait(60) and job.error is None and job.version == 1
    assert clusters.start_clustering(collection, cache, jobs, page, "epoch_05", key) is None
    monkeypatch.setattr("data.cluster_columns._KEPT", Kept(2**20))  # as after a new start
    again = clusters.known_clustering(collection, cache, "epoch_05", key)
    assert found == [1] and again.n_clusters == 9


def test_who_waits_for_clusters_that_another_page_has_stopped_finds_them_by_itself():
    stopped = iter([Cancelled("another page"), "clusters"])

    def find():
        came = next(stopped)
        if isinstance(came, Cancelled):
            raise came
        return came

    assert clusters._without_others(find, None) == "clusters"
    job = Job("0123456789abcdef.clustering", "key")
    job.cancel()
    stopped = iter([Cancelled("this page"), "clusters"])
    with pytest.raises(Cancelled):
        clusters._without_others(find, Progress(job))


def test_another_checkpoint_has_another_coloring_but_not_of_the_catalog(collection, cache):
    first, last = collection.checkpoints[0], collection.checkpoints[-1]
    of = {name: painted(collection, cache, "log_density", name) for name in (first, last)}
    assert (of[first].groups != of[last].groups).any()
    labels = [painted(collection, cache, "label", name) for name in (first, last)]
    assert labels[0] is labels[1]


def test_a_brushed_range_lights_up_galaxies(collection, cache):
    record = paint_record("label") | {"brush": {"lower": 0.2, "upper": 0.6}}
    paint_id = keep_record(cache, record | {"measure": None, "selection": ""})
    colored = paint_of(collection, cache, collection.checkpoints[-1], paint_id)
    assert colored.kind == "excess" and f"n = {N}" in colored.title


def test_a_range_that_cannot_be_told_leaves_the_colors_of_the_column(collection, cache):
    few = {"steps": [{"op": "set", "kind": "rows", "rows": [1]}]}
    record = paint_record("label") | {
        "brush": {"lower": 0.2, "upper": 0.6},
        "measure": None,
        "selection": keep_record(cache, few),
    }
    colored = paint_of(collection, cache, collection.checkpoints[-1], keep_record(cache, record))
    assert colored.kind == "classes" and colored.column == "label"


# ---- counts -------------------------------------------------------------------------------------


def test_counts_of_a_selection_are_those_of_its_galaxies(collection, cache):
    checkpoint = collection.checkpoints[-1]
    selection = {"steps": [{"op": "set", "kind": "rows", "rows": list(range(0, N, 7))}]}
    selection_id = keep_record(cache, selection)
    mask = resolve_mask(selection, collection)
    for column in ("label", "redshift", CLUSTER):
        paint_id = keep_record(cache, paint_record(column))
        groups = paint_of(collection, cache, checkpoint, paint_id).groups
        totals = group_counts(collection, cache, checkpoint, paint_id)
        chosen = group_counts(collection, cache, checkpoint, paint_id, selection_id)
        for group in range(len(totals)):
            assert totals[group] == sum(groups == group)
            assert chosen[group] == sum(groups[mask] == group)


def test_a_coloring_is_made_once_however_many_ask(collection, cache, monkeypatch):
    made = []

    def slow(*asked):
        made.append(asked)
        return original(*asked)

    original = painting.color_column
    monkeypatch.setattr(painting, "color_column", slow)
    paint_id = keep_record(cache, paint_record("redshift", clip=[3, 91]))
    threads = [
        threading.Thread(target=paint_of, args=(collection, cache, name, paint_id))
        for name in collection.checkpoints
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


# ---- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"column": 3},
        {"scale": "square"},
        {"clip": [99, 1]},
        {"clip": [1]},
        {"clip": [0, 101]},
        {"clip": [float("nan"), 99]},
        {"clip": "1-99"},
        {"ends": [1, 1]},
        {"ends": [0, float("inf")]},
        {"ends": [None, 3]},
        {"ends": [True, 3]},
        {"classes": "a"},
        {"classes": [1]},
        {"classes": [str(number) for number in range(N_COLORS)]},
    ],
)
def test_what_is_no_paint_is_refused(wrong):
    with pytest.raises(BadInput):
        paint_record(**({"column": "label"} | wrong))


@pytest.mark.parametrize("record", [None, [], {}, {"steps": []}, {"column": "label"}])
def test_a_record_of_something_else_is_no_paint(record):
    with pytest.raises(BadInput):
        checked_paint(record)


def test_unknown_ids_columns_and_checkpoints_are_not_found(collection, cache):
    known = keep_record(cache, paint_record("label"))
    last = collection.checkpoints[-1]
    with pytest.raises(NotFound):
        paint_of(collection, cache, last, "0123456789abcdef")
    with pytest.raises(NotFound):
        paint_of(collection, cache, last, "../../etc/passwd")
    with pytest.raises(NotFound):
        paint_of(collection, cache, "no such checkpoint", known)
    with pytest.raises(NotFound):
        painted(collection, cache, "no such column")
    with pytest.raises(BadInput):
        paint_of(collection, cache, last, keep_record(cache, {"steps": []}))


# ---- columns and classes ------------------------------------------------------------------------


def test_columns_are_listed_in_groups_without_identifiers(many):
    groups = {group["group"]: group["items"] for group in column_groups(many)}
    catalog = [item["value"] for item in groups["Catalog"]]
    assert catalog[0] == "label" and "object_id" not in catalog and "log_density" in catalog
    own = [item["value"] for item in groups["This checkpoint"]]
    assert {RANK, CLUSTER} <= set(own) and "log_density" not in own
    values = [item["value"] for items in groups.values() for item in items]
    assert len(values) == len(set(values))
    assert first_column(many) == "label"


def test_columns_with_classes_are_those_that_can_be_told_apart(many):
    names = class_columns(many)
    assert {"label", "class", "odd", "few", CLUSTER} <= set(names)
    assert not {"own", "empty", "list", "observed", "redshift", "one", "object_id"} & set(names)


def test_classes_are_found_by_part_of_their_name(many):
    def found(*asked):
        told = found_classes(many, many.checkpoints[-1], *asked)
        assert list(told) == list(told.values())
        return list(told)

    assert found("class", "S 3", []) == [f"class {n}" for n in range(30, 40)]
    assert found("class", "no such", ["class 05"]) == ["class 05"]
    assert len(found("own", "", [])) == MAX_FOUND
    assert found("own", "galaxy 599", []) == ["galaxy 599"]


@pytest.mark.parametrize("column", ["label", "redshift", "no such column", POINTS, None, RANK])
def test_nothing_is_to_be_found_where_no_class_is_without_a_color(many, column):
    assert found_classes(many, many.checkpoints[-1], column, "a", []) == {}


def test_shades_know_the_selection_that_cuts_at_their_edges(collection, cache):
    colored = painted(collection, cache, "redshift")
    low, high = colored.cut_edges[10], colored.cut_edges[20]
    record = {"steps": [{"op": "set", "kind": "range", "column": colored.cut}]}
    record["steps"][0] |= {"min": low, "max": high}
    expected = (colored.groups >= 10) & (colored.groups < 20)
    np.testing.assert_array_equal(resolve_mask(record, collection), expected)
    assert colored.n_groups == N_SHADES + 1
