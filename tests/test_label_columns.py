import json
import shutil

import numpy as np
import pytest
from flask import Flask

from dashboard.cache import create_cache
from dashboard.histogram import histogram
from dashboard.painting import paint_of
from dashboard.paints import paint_record
from dashboard.records import keep_record
from dashboard.settings import Settings
from data.label_columns import (
    is_label,
    label_column,
    label_columns,
    label_title,
    parted,
    pinned,
)
from data.label_ids import labels_of
from data.labels_by_row import labelled
from data.selection import resolve
from data.store import Collection
from models.errors import NotFound


@pytest.fixture
def here(collection_folder, tmp_path):
    """The collection, with a folder of its own for what is kept."""
    return Collection.open(collection_folder, tmp_path / "kept")


@pytest.fixture
def ids(here):
    return here.catalog["object_id"].tolist()


@pytest.fixture
def store(here):
    return labels_of(here)


def column(collection, plain):
    return label_column(collection, pinned(collection, plain))


def expected(collection, values, nothing=np.nan):
    by_row = np.full(collection.n_galaxies, nothing)
    by_row[list(values)] = list(values.values())
    return by_row


def test_scores_of_several_users_are_a_mean_and_how_many_they_are(here, store, ids):
    store.score([ids[5], ids[9], ids[7]], 1, user="Ada")
    store.score([ids[5], ids[9]], 4, user="Bob")
    store.score(ids[9], 4, user="me")
    store.tag(ids[3], "merger", user="me")
    np.testing.assert_array_equal(column(here, "score"), expected(here, {5: 2.5, 9: 3, 7: 1}))
    np.testing.assert_array_equal(
        column(here, "n_scorers"), expected(here, {5: 2, 9: 3, 7: 1}, nothing=0)
    )
    spread = {5: np.std([1, 4], ddof=1), 9: np.std([1, 4, 4], ddof=1)}
    np.testing.assert_allclose(column(here, "score_spread"), expected(here, spread), rtol=1e-6)
    np.testing.assert_array_equal(column(here, "score:Bob"), expected(here, {5: 4, 9: 4}))
    assert column(here, "score").dtype == np.float32


def test_a_tag_is_a_share_of_those_who_labelled_the_galaxy(here, store, ids):
    store.tag([ids[1], ids[2]], "merger", user="Ada")
    store.tag([ids[2]], "merger", user="Bob")
    store.score([ids[1], ids[4]], 0, user="Bob")
    np.testing.assert_array_equal(column(here, "tag:merger"), expected(here, {1: 0.5, 2: 1, 4: 0}))
    store.undo("Bob")
    np.testing.assert_array_equal(column(here, "tag:merger"), expected(here, {1: 1, 2: 1}))


def test_columns_are_those_in_use_and_bear_the_version(here, store, ids):
    assert label_columns(here) == () and not here.kept.exists()
    assert np.isnan(column(here, "score")).all() and not column(here, "n_scorers").any()
    store.score(ids[0], 3, user="Ada@home")
    store.tag(ids[0], "a: b@1.00000000", user="me")
    version = store.version()
    names = ("score", "n_scorers", "score_spread", "score:Ada@home", "tag:a: b@1.00000000")
    assert label_columns(here) == tuple(f"{name}@{version}" for name in names)
    for name, plain in zip(label_columns(here), names, strict=True):
        assert is_label(name) and parted(name) == (plain, version)
        assert np.isfinite(label_column(here, name)[0]) or plain == "score_spread"
    titles = [label_title(name) for name in label_columns(here)]
    assert titles[3:] == ["score of Ada@home", "tag a: b@1.00000000"]
    store.undo("me")
    assert [parted(name)[0] for name in label_columns(here)] == list(names[:4])


@pytest.mark.parametrize("name", ["score", "label", "score@1", "tag:@1.00000000", 3, None, "x@1.0"])
def test_what_is_no_column_of_labels_is_told_from_one(here, name):
    assert not is_label(name)
    with pytest.raises(NotFound, match="no column of labels"):
        label_column(here, name)


def test_who_and_what_never_was_has_no_column(here, store, ids):
    store.score(ids[0], 3)
    early = store.version()
    store.tag(ids[0], "ring", user="Ada")
    for plain in ("score:Bob", "tag:Ring"):
        with pytest.raises(NotFound, match=f"no column '{plain}'.* score:Ada, score:me, tag:ring"):
            column(here, plain)
    with pytest.raises(NotFound, match="no column 'tag:ring'"):
        label_column(here, f"tag:ring@{early}")
    with pytest.raises(NotFound, match="never been at version"):
        label_column(here, "score@7.00000000")


def test_a_column_means_the_same_for_ever(here, store, ids):
    store.score(ids[0], 3)
    before = pinned(here, "score")
    cut = {"cuts": [{"column": before, "min": 3}], "checkpoint": "epoch_20"}
    assert resolve(cut, here).tolist() == [0]
    store.score(ids[1], 5)
    store.score(ids[0], None)
    assert resolve(cut, here).tolist() == [0]
    anew = Collection.open(here.folder, here.kept.parent)  # as after a restart
    assert np.flatnonzero(np.isfinite(label_column(anew, before))).tolist() == [0]
    now = {"cuts": [{"column": pinned(here, "score"), "min": 3}]}
    assert resolve(now, here).tolist() == [1]


def test_another_file_in_its_place_does_not_pass_for_it(here, store, ids):
    store.score(ids[0], 3)
    before = pinned(here, "score")
    store.database.path.unlink()
    store.score(ids[1], 3)
    anew = Collection.open(here.folder, here.kept.parent)
    assert pinned(here, "score") != before
    with pytest.raises(NotFound, match="another one is in its place"):
        labels_of(anew).labels(version=parted(before)[1])


def test_labels_color_cut_and_are_counted_like_any_column(here, store, ids):
    cache = create_cache(Flask("test"), Settings(cache="memory"))
    store.score(ids[:20], 2)
    store.score(ids[20:30], 4)

    def painted():
        paint = keep_record(cache, paint_record(pinned(here, "score")))
        return paint, paint_of(here, cache, "epoch_20", paint)

    first, coloring = painted()
    assert coloring.title == "mean score" and coloring.groups.shape == (here.n_galaxies,)
    n_colors = len(np.unique(coloring.groups))
    assert n_colors == 3  # two scores, and none
    store.score(ids[30], 3)
    second, anew = painted()
    assert second != first and len(np.unique(anew.groups)) == 4
    np.testing.assert_array_equal(paint_of(here, cache, "epoch_20", first).groups, coloring.groups)
    mask = np.arange(here.n_galaxies) < 25
    counted = histogram(here, pinned(here, "score"), "epoch_20", mask)
    assert (counted.n, counted.n_missing, counted.n_selected) == (31, here.n_galaxies - 31, 25)
    by_value = {"cuts": [{"column": pinned(here, "score"), "values": [4]}]}
    assert resolve(by_value, here).tolist() == list(range(20, 30))


def test_all_scores_alike_color_and_count(here, store, ids):
    cache = create_cache(Flask("test"), Settings(cache="memory"))
    store.score(ids[:20], 3)
    name = pinned(here, "score")
    coloring = paint_of(here, cache, "epoch_20", keep_record(cache, paint_record(name)))
    assert len(np.unique(coloring.groups)) == 2
    counted = histogram(here, name, "epoch_20", None)
    assert counted.scale.kind == "one" and counted.n == 20
    assert not np.nan_to_num(label_column(here, pinned(here, "score_spread"))).any()


def test_in_another_build_labels_are_where_their_galaxies_are(here, store, ids, tmp_path, rng):
    store.score([ids[5], ids[100]], 4)
    store.score(ids[599], 1)
    folder = tmp_path / "rebuilt" / here.folder.name
    shutil.copytree(here.folder, folder)
    info = json.loads((folder / "collection.json").read_text())
    (folder / "collection.json").write_text(json.dumps(info | {"seed": 99}))
    there = Collection.open(folder, here.kept.parent)
    order = rng.permutation(there.n_galaxies)
    catalog = there.catalog.iloc[order].reset_index(drop=True)
    catalog.loc[catalog["object_id"] == ids[599], "object_id"] = "another"
    there.__dict__["catalog"] = catalog
    values = {int(np.flatnonzero(order == row)[0]): 4 for row in (5, 100)}
    np.testing.assert_array_equal(column(there, "score"), expected(there, values))
    assert labelled(there, store.version()).n_absent == 1
    assert labelled(here, store.version()).n_absent == 0
