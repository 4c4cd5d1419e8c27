"""The timeline of a collection: its galaxies, what is kept, and what each checkpoint says."""

from dataclasses import replace

import numpy as np
import pytest
from flask import Flask

from dashboard import timeline as module
from dashboard.cache import create_cache
from dashboard.jobs import Jobs
from dashboard.settings import Settings
from dashboard.timeline import (
    Asked,
    Timeline,
    as_good,
    best_of,
    known_timeline,
    measured_timelines,
    shown_timeline,
    start_timeline,
)
from dashboard.timeline_words import METRICS
from data import timeline as data_timeline
from data.build import build_collection
from data.inputs import Inputs
from data.made_up import make_up, write_inputs
from data.parameters import Parameters
from data.store import Collection
from data.timeline import Row, measure_row, sample_of
from models.errors import BadInput, NotFound
from models.space.correlation import Correlation
from models.space.measured import Measured
from models.space.score import tpcf_score

PAGE = "0123456789abcdef01234567"


@pytest.fixture(scope="module")
def cache():
    return create_cache(Flask("test"), Settings(cache="memory"))


@pytest.fixture(scope="module")
def timeline(collection, cache):
    *_, last = measured_timelines(Asked(collection, cache))
    return last


def selection_of(collection, rows):
    object_ids = collection.catalog["object_id"].iloc[rows].tolist()
    return {"steps": [{"op": "set", "kind": "object_ids", "object_ids": object_ids}]}


def test_every_metric_of_every_checkpoint_is_there(collection, timeline):
    assert list(timeline.rows) == list(collection.checkpoints) and timeline.is_whole
    for row in timeline.rows.values():
        assert set(row.measured) == set(METRICS)
        told = [m for name, m in row.measured.items() if name != "loss"]
        assert all(np.isfinite(m.value) and m.error > 0 and m.n >= 580 for m in told)
        assert np.isnan(row.measured["loss"].value) and "no loss" in row.measured["loss"].reason


def test_the_score_is_that_of_the_curve_of_the_page(collection, timeline):
    for name, row in timeline.rows.items():
        stored = tpcf_score(Correlation.from_arrays(collection.correlation(name)))
        assert row.measured["score"].value == pytest.approx(stored.value)
        assert row.measured["score"].error == pytest.approx(stored.sigma)


def test_classes_that_move_apart_are_seen_by_every_metric_of_classes(timeline):
    # The made-up classes are 0.2, then 1.0, then 2.2 of their widths apart.
    for name in ("knn_accuracy", "knn_balanced_accuracy", "silhouette", "kmeans_purity"):
        assert (np.diff(timeline.column(name)) > 0).all(), name
        assert best_of(timeline, name) == list(timeline.rows)[-1]
    assert (np.diff(timeline.column("davies_bouldin")) < 0).all()
    assert timeline.ranks["davies_bouldin", "silhouette"].n == 3


def test_where_no_way_is_better_there_is_no_best(timeline):
    assert best_of(timeline, "spread") is None and as_good(timeline, "spread") == []
    assert best_of(timeline, "loss") is None


def test_what_the_errors_do_not_tell_from_the_best_is_as_good(timeline):
    names = list(timeline.rows)
    values = {0: (0.5, 0.01), 1: (0.60, 0.02), 2: (0.62, 0.02)}
    rows = {
        name: Row({"knn_accuracy": Measured(*values[place], 100)}, np.zeros((0, 0)))
        for place, name in enumerate(names)
    }
    three = replace(timeline, rows=rows)
    assert best_of(three, "knn_accuracy") == names[2]
    assert as_good(three, "knn_accuracy") == names[1:]


def test_the_confusion_counts_every_galaxy_of_a_class(collection, timeline):
    sample = timeline.asked.sample
    for row in timeline.rows.values():
        np.testing.assert_array_equal(row.confusion.sum(axis=1), np.bincount(sample.codes))
    shares = [np.trace(row.confusion) / row.confusion.sum() for row in timeline.rows.values()]
    assert (np.diff(shares) > 0).all()


def test_a_row_is_kept_and_rebuilt_as_it_was(timeline):
    row = next(iter(timeline.rows.values()))
    again = Row.from_arrays(row.to_arrays())
    assert again.measured["loss"].reason == row.measured["loss"].reason
    for name, one in row.measured.items():
        other = again.measured[name]
        np.testing.assert_equal(
            [one.value, one.error, one.n, one.linear_error],
            [other.value, other.error, other.n, other.linear_error],
        )
    np.testing.assert_array_equal(again.confusion, row.confusion)


def test_what_was_measured_is_not_measured_again(collection, cache, timeline, monkeypatch):
    monkeypatch.setattr(module, "measure_row", None)  # to call it would fail
    *_, again = measured_timelines(Asked(collection, cache))
    assert again.is_whole and known_timeline(Asked(collection, cache)).is_whole


def test_a_selection_is_measured_alone_and_the_same_at_every_checkpoint(collection, cache):
    rows = np.arange(0, 600, 4)
    asked = Asked(collection, cache, selection_of(collection, rows))
    np.testing.assert_array_equal(np.sort(asked.sample.rows), rows)
    *_, found = measured_timelines(asked)
    assert {row.measured["score"].n for row in found.rows.values()} == {150}
    assert found.correlations[collection.checkpoints[0]].n_points == 150
    assert known_timeline(Asked(collection, cache)).asked.name != asked.name


def test_too_few_galaxies_are_refused_in_a_sentence(collection, cache):
    asked = Asked(collection, cache, selection_of(collection, np.arange(39)))
    with pytest.raises(BadInput, match=r"39 galaxies are too few .* 40 are needed\."):
        start_timeline(Jobs(), PAGE, asked)


def test_of_many_galaxies_a_random_sample_is_measured_and_says_so(collection, monkeypatch):
    monkeypatch.setattr(data_timeline, "MOST", 100)
    sample = sample_of(collection)
    assert sample.n == 100 and sample.n_possible == 600
    np.testing.assert_array_equal(sample.rows, collection.order[:100])
    row = measure_row(collection, collection.checkpoints[-1], sample)
    assert row.measured["score"].n == 100


def test_there_is_no_row_of_an_unknown_checkpoint(collection):
    with pytest.raises(NotFound):
        measure_row(collection, "../../secrets", sample_of(collection))


def test_a_job_publishes_each_checkpoint_and_can_be_cancelled(collection):
    fresh = create_cache(Flask("test"), Settings(cache="memory"))
    jobs, asked = Jobs(), Asked(collection, fresh)
    job = start_timeline(jobs, PAGE, asked)
    assert job.wait(120) and job.error is None
    assert job.version == 3 and job.result.is_whole
    assert shown_timeline(jobs, PAGE, asked) is job.result
    assert shown_timeline(Jobs(), PAGE, asked).is_whole  # from what is kept
    none = create_cache(Flask("test"), Settings(cache="none"))
    job = start_timeline(jobs, PAGE, Asked(collection, none, selection_of(collection, range(500))))
    job.cancel()
    assert job.wait(120) and job.is_cancelled and not job.error


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """One run of one checkpoint, no labels: what a user may bring."""
    folder = tmp_path_factory.mktemp("odd")
    made_up = make_up(80)
    paths = write_inputs(
        replace(made_up, catalog=made_up.catalog.drop(columns=["label"])), folder / "brought"
    )
    inputs = Inputs(catalog=paths["catalog"], representations={"dinov2": paths["epoch_20"]})
    return Collection.open(build_collection(folder / "odd", inputs, Parameters()))


def test_one_checkpoint_without_labels_or_epoch_is_measured_all_the_same(odd, cache):
    *_, found = measured_timelines(Asked(odd, cache))
    assert isinstance(found, Timeline) and found.is_whole
    (row,) = found.rows.values()
    assert np.isfinite(row.measured["score"].value)
    assert "classes" in row.measured["knn_accuracy"].reason and row.confusion.shape == (0, 0)
    assert np.isnan(found.asked.epoch("dinov2"))
    assert all(np.isnan(ranks.rho) for ranks in found.ranks.values())
