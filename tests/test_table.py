"""The table's rows and file, hostile requests for them too, and its filters as cuts."""

import csv
import io

import numpy as np
import pytest
from flask import Flask

from dashboard.cache import create_cache
from dashboard.listing import MAX_PAGE, Listing
from dashboard.listing_cells import page_cells
from dashboard.listing_columns import DISTANCE, column_numbers, columns_of, every_column
from dashboard.panels.table import as_cuts
from dashboard.panels.table_columns import grid_columns
from dashboard.records import keep_record
from dashboard.routes_listing import register_listing_routes
from dashboard.settings import Settings
from data.checkpoint_columns import checkpoint_column
from data.selection import resolve
from models.errors import BadInput
from tests.serving import ask


@pytest.fixture(scope="module")
def served(collection):
    """A client of the two routes, and the cache that knows the selections."""
    server = Flask(__name__)
    cache = create_cache(server, Settings(cache="memory"))
    register_listing_routes(server, collection, cache)
    return server.test_client(), cache


@pytest.fixture
def some(collection, served):
    """Id of a record of 30 galaxies, and their rows."""
    rows = sorted({7 * i % 600 for i in range(30)})
    step = {"op": "set", "kind": "rows", "rows": rows, "checkpoint": collection.checkpoints[0]}
    return keep_record(served[1], {"steps": [step]}), rows


def test_rows_carry_the_texts_of_every_column(collection, served):
    told = ask(collection, served, start=5, stop=8, sort=[["magnitude", "desc"]]).json
    order = np.argsort(-collection.catalog["magnitude"].to_numpy(), kind="stable")[5:8]
    assert [row[0] for row in told["rows"]] == order.tolist()
    assert told["n"] == told["n_selected"] == told["n_galaxies"] == collection.n_galaxies
    keys = list(every_column(collection))
    assert all(len(row) == len(keys) + 1 for row in told["rows"])
    for row, *cells in told["rows"]:
        shown = dict(zip(keys, cells, strict=True))
        assert shown["object_id"] == collection.catalog["object_id"].iat[row]
        assert float(shown["magnitude"]) == pytest.approx(
            collection.catalog["magnitude"].iat[row], rel=1e-4
        )
        assert shown["is_outlier"] == str(collection.catalog["is_outlier"].iat[row])


def test_columns_on_demand_are_worked_out_where_they_are_shown(collection, served, monkeypatch):
    asked = []

    def made(collection, checkpoint, key):
        asked.append(key)
        return column_numbers(collection, checkpoint, key)

    monkeypatch.setattr("dashboard.listing.sort_keys", made)
    keys = list(every_column(collection))
    recall = keys.index("map_recall") + 1
    told = ask(collection, served, start=0, stop=3).json
    assert all(row[recall] is None for row in told["rows"]) and "map_recall" not in asked
    told = ask(collection, served, start=0, stop=3, columns=["map_recall"]).json
    values = checkpoint_column(collection, collection.checkpoints[-1], "map_recall")
    shown = [float(row[recall]) for row in told["rows"]]
    np.testing.assert_allclose(shown, values[[row[0] for row in told["rows"]]], rtol=1e-4)
    assert ask(collection, served, columns={"a": 1}).status_code == 400


def test_a_file_has_the_columns_on_demand_that_are_asked_for(collection, served):
    def heading(**fields):
        lines = ask(collection, served, "listing.csv", **fields).text.splitlines()
        return next(line for line in lines if not line.startswith("#"))

    assert "map recall" not in heading()
    assert "map recall" in heading(columns=["map_recall"])
    other = f"neighbors_kept:{collection.checkpoints[0]}"
    assert "epoch 0: neighbors kept" in heading(sort=[[other, "asc"]])


def test_a_score_that_a_checkpoint_lacks_is_unknown_and_moves_no_other(collection, monkeypatch):
    first, last = collection.checkpoints[0], collection.checkpoints[-1]
    whole = type(collection).density

    def lacking(self, checkpoint):
        scores = whole(self, checkpoint)
        return {n: scores[n] for n in scores if checkpoint == last or n != "relative_density"}

    monkeypatch.setattr(type(collection), "density", lacking)
    keys = list(every_column(collection))
    cells = page_cells(Listing(collection, None, first), np.array([7]))[0]
    assert len(cells) == len(keys) and cells[keys.index("relative_density")] is None
    dimension = collection.density(first)["intrinsic_dim"][7]
    assert cells[keys.index("intrinsic_dim")] == f"{dimension:.5g}"


def test_what_is_unknown_is_null(collection, served):
    told = ask(collection, served, filters={"redshift": {"type": "blank"}}).json
    place = list(columns_of(collection, collection.checkpoints[-1])).index("redshift") + 1
    assert told["n"] == collection.catalog["redshift"].isna().sum() > 0
    assert all(row[place] is None for row in told["rows"])
    assert told["filters"] == "redshift is unknown"


def test_blocks_cover_a_selection_once(collection, served, some):
    name, rows = some
    found = []
    for start in range(0, 40, 8):
        sort = [[DISTANCE, "asc"]]
        told = ask(collection, served, selection=name, start=start, stop=start + 8, sort=sort).json
        found += [row[0] for row in told["rows"]]
    assert sorted(found) == rows
    assert (told["n"], told["n_selected"]) == (30, 30)


@pytest.mark.parametrize(
    "start, stop, n", [(-5, 10, 10), (0, 10**9, 600), (590, 10**30, 10), (10**20, 10**21, 0)]
)
def test_a_range_beyond_the_list_is_bounded(collection, served, start, stop, n):
    reply = ask(collection, served, start=start, stop=stop)
    assert reply.status_code == 200 and len(reply.json["rows"]) == min(n, MAX_PAGE)


@pytest.mark.parametrize(
    "fields, status, said",
    [
        ({"start": "NaN"}, 400, "whole number"),
        ({"stop": "1e9"}, 400, "whole number"),
        ({"checkpoint": "../../etc"}, 404, "no checkpoint"),
        ({"checkpoint": ""}, 404, "no checkpoint"),
        ({"selection": "0" * 16}, 404, "known by the name"),
        ({"selection": "../x"}, 404, "known by the name"),
        ({"sort": "redshift"}, 400, "JSON"),
        ({"sort": [["colour", "asc"]]}, 404, "no column 'colour'"),
        ({"sort": "[" * 100_000}, 400, "JSON"),
        ({"filters": {"redshift": {"type": "near", "filter": 1}}}, 400, "cannot be filtered"),
        ({"filters": '{"redshift": {"type": "equals", "filter": NaN}}'}, 400, "finite"),
        ({"filters": "[1]"}, 400, "record"),
        ({"filters": {"__proto__": {"type": "blank"}}}, 404, "no column"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(collection, served, fields, status, said):
    for what in ("listing", "listing.csv"):
        if what == "listing.csv" and {"start", "stop"} & set(fields):
            continue
        reply = ask(collection, served, what, **fields)
        assert reply.status_code == status and said in reply.text
        assert reply.mimetype == "text/plain" and "Traceback" not in reply.text
        assert reply.headers["Cache-Control"] == "no-store"


def test_rows_are_cacheable_for_ever(collection, served):
    assert "immutable" in ask(collection, served).headers["Cache-Control"]


def read_csv(reply):
    lines = reply.text.splitlines()
    about = [line for line in lines if line.startswith("# ")]
    return about, list(csv.reader(io.StringIO("\n".join(lines[len(about) :]))))


def test_the_file_holds_all_that_is_listed_in_order(collection, served, some):
    name, rows = some
    filters = {"magnitude": {"type": "greaterThan", "filter": 15}}
    sort = [["redshift", "desc"]]
    reply = ask(collection, served, "listing.csv", selection=name, sort=sort, filters=filters)
    about, (heading, *lines) = read_csv(reply)
    table = collection.catalog.iloc[rows]
    table = table[table["magnitude"] > 15].sort_values("redshift", ascending=False, kind="stable")
    assert [line[0] for line in lines] == table["object_id"].tolist() and len(lines) > 3
    assert heading[:3] == ["object_id", "ra [deg]", "dec [deg]"]
    magnitudes = [float(line[heading.index("magnitude [mag]")]) for line in lines]
    assert magnitudes == table["magnitude"].tolist()  # every digit
    assert f"# galaxies: {len(lines)} listed of 30 selected of 600" in about
    assert "# sorted by: redshift, descending" in about
    assert any("magnitude > 15" in line for line in about)


def test_identifiers_are_texts_in_the_file_and_unknown_is_empty(collection, served):
    filters = {"redshift": {"type": "blank"}}
    reply = ask(collection, served, "listing.csv", filters=filters)
    about, (heading, *lines) = read_csv(reply)
    assert lines and all(line[heading.index("redshift")] == "" for line in lines)
    for line in reply.text.splitlines()[len(about) + 1 :]:
        assert line.startswith('"5877')
    assert "attachment" in reply.headers["Content-Disposition"]


def test_a_quote_in_a_text_is_doubled(collection, served):
    from dashboard.listing_csv import _quoted

    assert next(csv.reader([_quoted('a "b", c')])) == ['a "b", c']


def test_the_grid_knows_every_column_and_no_identifier_is_a_number(collection):
    columns = list(columns_of(collection, collection.checkpoints[-1]).values())
    shown = {each["colId"]: each for each in grid_columns(collection, columns)}
    assert list(shown)[1:] == [column.key for column in columns]
    assert shown["object_id"]["filter"] == "agTextColumnFilter"
    assert shown["redshift"]["filter"] == "agNumberColumnFilter"
    assert shown["ra"]["headerName"] == "ra (°)"


SELECTION = {"steps": [{"op": "set", "kind": "all"}], "note": "kept"}


def test_ranges_become_cuts_that_select_the_same(collection, served):
    checkpoint = collection.checkpoints[-1]
    filters = {
        "magnitude": {"type": "greaterThan", "filter": 15},
        "redshift": {"type": "inRange", "filter": 0.05, "filterTo": 0.2},
        "log_density": {
            "operator": "AND",
            "conditions": [
                {"type": "lessThan", "filter": -1},
                {"type": "greaterThanOrEqual", "filter": -60},
            ],
        },
        "anomaly_rank": {"type": "lessThanOrEqual", "filter": 550},
        "label": {"type": "contains", "filter": "disk"},
    }
    asked = {"sort": [["ra", "asc"]], "filters": filters}
    cut, left, told = as_cuts(collection, checkpoint, asked, SELECTION)
    assert cut["steps"] == SELECTION["steps"] and cut["note"] == "kept"
    assert left == {"sort": [["ra", "asc"]], "filters": {"label": filters["label"]}}
    assert "label" in told
    del filters["label"]
    rows = ask(collection, served, filters=filters, stop=600).json["rows"]
    assert resolve(cut, collection).tolist() == [row[0] for row in rows] and rows


def test_a_second_cut_of_a_column_keeps_what_both_do(collection):
    checkpoint = collection.checkpoints[-1]
    first = {"redshift": {"type": "greaterThanOrEqual", "filter": 0.05}}
    cut, _, _ = as_cuts(collection, checkpoint, {"filters": first}, None)
    second = {"redshift": {"type": "inRange", "filter": 0.01, "filterTo": 0.1}}
    cut, _, _ = as_cuts(collection, checkpoint, {"filters": second}, cut)
    assert cut["cuts"] == [{"column": "redshift", "min": 0.05, "max": 0.1}]


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"label": {"type": "equals", "filter": "Disk"}},
        {"redshift": {"type": "notEqual", "filter": 0.1}},
        {"redshift": {"type": "inRange", "filter": 0.2, "filterTo": 0.1}},
        {DISTANCE: {"type": "lessThan", "filter": 1}},
        {
            "redshift": {
                "operator": "OR",
                "conditions": [{"type": "blank"}, {"type": "lessThan", "filter": 0.1}],
            }
        },
    ],
)
def test_what_is_no_range_is_no_cut_and_says_so(collection, filters):
    with pytest.raises(BadInput, match="Ranges of numbers"):
        as_cuts(collection, collection.checkpoints[-1], {"filters": filters}, None)
