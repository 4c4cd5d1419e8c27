"""Labels as colors: six steps of scores, shades of means and shares."""

import numpy as np
import pytest
from flask import Flask

from dashboard.cache import create_cache
from dashboard.map_asked import MapAsked
from dashboard.map_points import points_in_view
from dashboard.map_view import map_index
from dashboard.painting import group_counts, paint_of
from dashboard.paints import paint_record
from dashboard.panels.map_legend import shown_legend
from dashboard.records import keep_record
from dashboard.settings import Settings
from data.label_columns import pinned
from data.label_ids import labels_of
from data.store import Collection
from tests.test_wiring import text_of


@pytest.fixture
def here(collection_folder, tmp_path):
    return Collection.open(collection_folder, tmp_path)


@pytest.fixture
def names(here):
    return here.catalog["object_id"].tolist()


@pytest.fixture
def cache():
    return create_cache(Flask("test"), Settings(cache="memory"))


def painted(collection, cache, plain, **asked):
    record = paint_record(pinned(collection, plain), **asked)
    paint = keep_record(cache, record)
    return paint, paint_of(collection, cache, collection.checkpoints[-1], paint)


def test_scores_are_six_steps_in_order_whichever_there_are(here, names, cache):
    store = labels_of(here)
    store.score(names[:10], 4)
    store.score(names[10:13], 0)
    for plain in ("score", "score:me"):
        paint, coloring = painted(here, cache, plain)
        assert coloring.kind == "steps" and coloring.names == (*"012345", "missing")
        np.testing.assert_array_equal(coloring.groups[:14], [4] * 10 + [0] * 3 + [6])
        counts = group_counts(here, cache, here.checkpoints[0], paint)
        assert counts.tolist() == [3, 0, 0, 0, 10, 0, here.n_galaxies - 13]
    before = coloring.palette()
    store.score(names[20], 5)
    assert painted(here, cache, "score")[1].palette() == before


def test_steps_have_colors_in_an_order_of_lightness(here, names, cache):
    labels_of(here).score(names[0], 3)
    _, coloring = painted(here, cache, "score")

    def lightness(color):
        return np.dot([int(color[place : place + 2], 16) for place in (1, 3, 5)], [0.2, 0.7, 0.1])

    for theme in ("dark", "light"):
        assert (np.diff([lightness(color) for color in coloring.palette(theme)[:6]]) > 0).all()


def test_a_mean_between_two_scores_is_a_shade_from_0_to_5(here, names, cache):
    store = labels_of(here)
    store.score(names[0], 2, user="Ada")
    store.score(names[0], 3, user="Bo")
    _, coloring = painted(here, cache, "score")
    assert (coloring.kind, coloring.low, coloring.high) == ("shades", 0, 5)
    assert coloring.groups[0] == 32 and coloring.missing_name == "no score"
    _, ranged = painted(here, cache, "score", ends=[2, 4])
    assert (ranged.low, ranged.high) == (2, 4)


def test_tags_are_shares(here, names, cache):
    store = labels_of(here)
    store.tag(names[0], "ring")
    store.score(names[1], 2)
    _, coloring = painted(here, cache, "tag:ring")
    assert (coloring.kind, coloring.low, coloring.high) == ("shades", 0, 1)
    assert coloring.groups[:3].tolist() == [63, 0, 64] and coloring.missing_name == "no label"


def test_counts_of_users_span_what_there_is(here, names, cache):
    store = labels_of(here)
    store.score(names[0], 2, user="Ada")
    store.score(names[0], 3, user="Bo")
    assert painted(here, cache, "n_scorers")[1].high == 2
    assert painted(here, cache, "score_spread")[1].low == 0


def test_labels_color_alike_under_every_checkpoint(here, names, cache):
    labels_of(here).score(names[0], 3)
    paint, coloring = painted(here, cache, "score")
    first = paint_of(here, cache, here.checkpoints[0], paint)
    assert first is coloring


def test_a_legend_tells_scores_and_selects_by_them_at_their_version(here, names, cache):
    labels_of(here).score(names[:3], 4)
    paint, _ = painted(here, cache, "score")
    legend, kind, pane = shown_legend(here, cache, here.checkpoints[-1], paint, None)
    written = str([part.to_plotly_json() for part in legend])
    told = text_of([part.to_plotly_json() for part in legend])
    assert "mean score" in told and "n = 3" in told and "of-classes" in kind
    assert pinned(here, "score") in written and "checkpoint" not in written
    assert pane.endswith("of-none")


def test_without_any_score_all_are_grey(here, names, cache):
    labels_of(here).tag(names[0], "ring")
    _, coloring = painted(here, cache, "score")
    assert coloring.said.startswith("No galaxy has a score")


def test_what_is_labelled_is_drawn_over_what_is_not(here, names, cache):
    labels_of(here).score(names[::50], 3)
    checkpoint = here.checkpoints[-1]
    paint, _ = painted(here, cache, "score")
    points = points_in_view(
        here, cache, MapAsked(checkpoint, paint), map_index(here, checkpoint).home
    )
    n = len(names[::50])
    assert (points.groups[-n:] == 3).all() and (points.groups[:-n] == 6).all()
