"""Lists by labels: sorted, filtered, paged, written and cut at one version of them."""

import numpy as np
import pytest
from flask import Flask

from dashboard.cache import create_cache
from dashboard.listing import listed
from dashboard.listing_columns import every_column
from dashboard.listing_csv import sort_in_words
from dashboard.panels.gallery import page_of, thumbnails
from dashboard.panels.table import as_cuts
from dashboard.routes_listing import register_listing_routes
from dashboard.settings import Settings
from data.label_columns import pinned
from data.label_ids import labels_of
from data.selection import resolve
from data.store import Collection
from models.errors import NotFound
from tests.serving import ask

SCORED = {5: 2, 9: 4, 7: 5}


@pytest.fixture
def here(collection_folder, tmp_path):
    found = Collection.open(collection_folder, tmp_path)
    names = found.catalog["object_id"].tolist()
    for row, score in SCORED.items():
        labels_of(found).score(names[row], score)
    return found


@pytest.fixture
def served(here):
    server = Flask(__name__)
    cache = create_cache(server, Settings(cache="memory"))
    register_listing_routes(server, here, cache)
    return server.test_client(), cache


def test_a_list_is_sorted_by_score_with_its_values_at_the_end_of_each_row(here, served):
    told = ask(here, served, sort=[["score@now", "desc"]], columns=["score@now"], stop=4).json
    assert [row[0] for row in told["rows"]][:3] == [7, 9, 5]
    assert [row[-1] for row in told["rows"]] == ["5", "4", "2", None]
    assert told["labels"] == ["score@now"]
    assert {len(row) for row in told["rows"]} == {len(every_column(here)) + 2}


def test_an_address_with_a_version_means_the_same_for_ever(here, served):
    version = labels_of(here).version()
    asked = {"sort": [["score@now", "desc"]], "columns": ["score@now"], "stop": 2}
    before = ask(here, served, labels=version, **asked)
    assert "immutable" in before.headers["Cache-Control"]
    labels_of(here).score(here.catalog["object_id"].iat[30], 5)
    assert ask(here, served, labels=version, **asked).json == before.json
    now = ask(here, served, **asked)
    assert now.json != before.json and now.headers["Cache-Control"] == "no-store"
    assert ask(here, served, labels="9.00000000", **asked).status_code == 404
    assert ask(here, served, labels="nonsense", **asked).status_code == 404


def test_a_list_is_filtered_by_score(here, served):
    high = {"score@now": {"filterType": "number", "type": "greaterThanOrEqual", "filter": 4}}
    told = ask(here, served, filters=high).json
    assert told["n"] == 2 and told["filters"] == "mean score ≥ 4"
    blank = {"score:me@now": {"filterType": "number", "type": "blank"}}
    assert ask(here, served, filters=blank).json["n"] == here.n_galaxies - len(SCORED)


def test_a_file_has_the_columns_of_labels_that_are_shown_and_says_of_when(here, served):
    text = ask(here, served, "listing.csv", sort=[["score@now", "desc"]]).text
    comments = [line for line in text.splitlines() if line.startswith("#")]
    heading, first, *_ = text.splitlines()[len(comments) :]
    assert heading.endswith('"mean score"') and first.endswith(",5")
    assert any("Labels at event 3 of their history" in line for line in comments)
    assert "# sorted by: mean score, descending" in comments
    plain = ask(here, served, "listing.csv").text
    assert "mean score" not in plain


def test_a_filter_by_score_becomes_a_cut_at_its_version(here):
    asked = {
        "filters": {
            "score@now": {"filterType": "number", "type": "greaterThanOrEqual", "filter": 4},
            "score:me@now": {"filterType": "number", "type": "notBlank"},
        }
    }
    record, left, told = as_cuts(here, here.checkpoints[-1], asked, None)
    assert record["cuts"] == [{"column": pinned(here, "score"), "min": 4, "max": None}]
    assert sorted(resolve(record, here)) == [7, 9]
    assert list(left["filters"]) == ["score:me@now"] and "score of me stays" in told
    labels_of(here).score(here.catalog["object_id"].iat[30], 5)
    again, _, _ = as_cuts(here, here.checkpoints[-1], asked, record)
    assert again["cuts"] == [{"column": pinned(here, "score"), "min": 4, "max": None}]
    assert sorted(resolve(again, here)) == [7, 9, 30]


def test_the_gallery_follows_and_stays_where_it_is(here, served):
    def page(place):
        listing = listed(here, served[1], here.checkpoints[-1], "", [["score@now", "desc"]])
        return page_of(listing, place, {"columns": 2, "rows": 1})

    first = page(None)
    shown = thumbnails(first, None, 64)
    assert [one.children[1].children for one in shown] == ["5", "4"]
    assert "mean score 5" in shown[0].title and sort_in_words(first.listing).startswith("mean")
    labels_of(here).score(here.catalog["object_id"].iat[30], 5)
    second = page({"first": 2, "of": first.of})
    assert second.first == 2 and second.of == first.of
    assert second.rows.tolist() == [9, 5]
    assert page(None).rows.tolist() == [7, 30]


def test_what_never_was_a_column_of_labels_is_not_found(here, served):
    with pytest.raises(NotFound, match="no column 'score:Bo'"):
        listed(here, served[1], here.checkpoints[-1], "", [["score:Bo@now", "asc"]])
    reply = ask(here, served, columns=["tag:ring@now"])
    assert reply.status_code == 404 and "no column 'tag:ring'" in reply.text


def test_a_mean_is_written_with_the_digits_it_has(here, served):
    names = here.catalog["object_id"].tolist()
    labels_of(here).score(names[5], 3, user="Ada")
    labels_of(here).score(names[5], 5, user="Bo")
    text = ask(here, served, "listing.csv", columns=["score@now"]).text
    rows = [line for line in text.splitlines() if not line.startswith("#")]
    assert rows[6].endswith(f",{np.float32(10 / 3):.9g}")
