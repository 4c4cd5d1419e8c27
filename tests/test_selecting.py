import json

import numpy as np
import pytest

from dashboard import ids
from dashboard.panels.selecting_menu import MAX_PASTED, class_options, pasted_ids, pasted_step
from dashboard.selection_words import CROSSING, cut_words, selection_words
from data.clusterings import record_of_cluster
from data.named_selections import delete_named, list_named
from data.selection import resolve
from models.errors import BadInput
from tests.test_wiring import call, post, text_of

CHECKPOINT = "epoch_20"
SQUARE = {"x": [0, 1, 1, 0], "y": [0, 0, 1, 1]}
NEAR = {"op": "intersect", "kind": "range", "column": "redshift", "min": 0.1, "max": 0.2}
GROW = {"op": "add", "kind": "neighbors", "k": 5, "checkpoint": CHECKPOINT}
LASSO = {"op": "set", "kind": "polygon", "checkpoint": CHECKPOINT, **SQUARE}


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"steps": [LASSO]}, "lasso on epoch 20 (4 corners)"),
        (
            {"steps": [{**LASSO, "x": [0, 1, 0, 1]}]},
            f"lasso on epoch 20 (4 corners, {CROSSING})",
        ),
        (
            {
                "steps": [LASSO, NEAR],
                "cuts": [{"column": "magnitude", "max": 17}],
            },
            "lasso on epoch 20 (4 corners), then intersect redshift 0.1 to 0.2, "
            "AND magnitude ≤ 17 mag",
        ),
        (
            {"cuts": [NEAR | {"max": None}, {"column": "label", "values": ["a", None]}]},
            "all galaxies with redshift ≥ 0.1 AND label is a or missing",
        ),
        (
            {"steps": [LASSO, {"op": "set", "kind": "rows", "rows": [1]}, {"op": "invert"}]},
            "1 galaxy, then invert",
        ),
        (
            {"steps": [LASSO, GROW]},
            "lasso on epoch 20 (4 corners), then grow to the 5 nearest neighbors on epoch 20",
        ),
        (
            {"steps": [{"op": "set", "kind": "record", "record": {"steps": [LASSO]}, "name": "A"}]},
            "“A”",
        ),
        (
            {"cuts": [{"column": "label", "values": list("abcde")}]},
            "all galaxies with label is one of a, b, c and 2 more",
        ),
        (
            {"steps": [{"op": "set", "kind": "all"}, {**LASSO, "op": "remove"}]},
            "all galaxies, then remove lasso on epoch 20 (4 corners)",
        ),
        (
            {"steps": [LASSO, {**GROW, "op": "remove", "kind": "strays"}]},
            "lasso on epoch 20 (4 corners), then remove strays (most of 5 neighbors outside on "
            "epoch 20)",
        ),
        ({"steps": [{**LASSO, "kind": "object_ids", "object_ids": ["a", "b"]}]}, "2 identifiers"),
    ],
)
def test_a_selection_is_told_in_words(collection, record, words):
    assert selection_words(collection, record) == words


def test_cuts_are_told_in_words(collection):
    assert (
        cut_words(collection, {"column": "redshift", "min": None, "max": None}) == "redshift known"
    )
    assert cut_words(collection, {"column": "a", "min": 0.123456}) == "a ≥ 0.1235"
    assert cut_words(collection, {"column": "a", "values": []}) == "a is none of its classes"


@pytest.mark.parametrize(
    ("cluster", "words"),
    [(2, "cluster 2 of K-Means, k = 8"), (0, "in no cluster of K-Means, k = 8")],
)
def test_a_cluster_is_told_in_words(collection, cluster, words):
    record = record_of_cluster(CHECKPOINT, "cluster:kmeans:8", cluster)
    assert selection_words(collection, record) == words


def test_every_kind_has_its_words(collection):
    from data.selection_record import KINDS

    told = {
        "polygon": SQUARE, "box": {"x": [0, 1], "y": [0, 1]}, "rows": {"rows": [1, 2]},
        "object_ids": {"object_ids": ["a"]}, "category": {"column": "label", "value": "a"},
        "range": {"column": "redshift", "min": 0}, "all": {}, "neighbors": {"k": 1},
        "strays": {"k": 1}, "saved": {"name": "x"}, "record": {"record": {"steps": [LASSO]}},
        "excess": {"lower": 0.1, "upper": 0.2},
    }  # fmt: skip
    assert set(told) == set(KINDS)
    for op in ("set", "add", "remove", "intersect"):
        for kind, values in told.items():
            step = {"op": op, "kind": kind, "checkpoint": CHECKPOINT, **values}
            assert selection_words(collection, {"steps": [step]})
            assert selection_words(collection, {"steps": [LASSO, step]})


# ---- the stores --------------------------------------------------------------------------------


def test_a_selection_is_kept_under_an_id_and_told(app, collection):
    record = {"steps": [LASSO | {"x": [-50, 50, 50, -50], "y": [-50, -50, 50, 50]}]}
    selected = call(app, (ids.SELECTED, "data"), {ids.SELECTION: record})
    n = len(resolve(record, collection))
    assert selected["n"] == n and len(selected["id"]) == 16
    assert selected["digest"] == collection.digest
    values = {ids.SELECTED: selected}
    assert call(app, (ids.SELECTION_COUNT, "children"), values) == f"{n:,} of 600"
    assert "lasso on epoch 20" in call(app, (ids.SELECTION_WORDS, "children"), values)
    title = call(app, (ids.SELECTION_WORDS, "title"), values)
    assert title.endswith(f" · {n:,} of 600")


@pytest.mark.parametrize("record", [None, {"steps": []}, {"steps": [], "cuts": []}, {}])
def test_nothing_selected_has_no_id(app, record):
    selected = call(app, (ids.SELECTED, "data"), {ids.SELECTION: record})
    assert (selected["id"], selected["n"]) == ("", None)
    assert call(app, (ids.SELECTION_COUNT, "children"), {ids.SELECTED: selected}) == "600 galaxies"


@pytest.mark.parametrize(
    "record", ["nonsense", [1], {"steps": "x"}, {"steps": [LASSO | {"x": [0, 1], "y": [0, 1]}]}]
)
def test_what_is_refused_leaves_what_was_selected(app, record):
    reply = post(app, (ids.SELECTED, "data"), {ids.SELECTION: record})
    assert ids.SELECTED not in reply.json["response"]
    assert reply.json["response"][ids.SELECTION_REFUSED]["data"].endswith(".")


def test_each_cut_is_a_button_that_takes_it_away(app, collection):
    cuts = [{"column": "redshift", "min": 0.05}, {"column": "label", "values": ["Disk"]}]
    selected = call(app, (ids.SELECTED, "data"), {ids.SELECTION: {"cuts": cuts}})
    chips = call(app, (ids.SELECTION_CUTS, "children"), {ids.SELECTED: selected})
    assert text_of(chips).split() == "redshift ≥ 0.05 × AND label is Disk ×".split()
    buttons = [chip["props"]["data-uncut"] for chip in chips if "data-uncut" in chip["props"]]
    assert [json.loads(told) for told in buttons] == [["redshift", None], ["label", None]]
    assert (
        call(app, (ids.SELECTION_WORDS, "children"), {ids.SELECTED: selected})
        == "all galaxies with"
    )


def test_the_selected_galaxies_are_a_file(app, collection):
    record = {"steps": [{"op": "set", "kind": "rows", "rows": [5, 3, 99]}]}
    selected = call(app, (ids.SELECTED, "data"), {ids.SELECTION: record})
    client = app.server.test_client()
    address = f"/collections/{collection.digest}/selection.csv"
    reply = client.get(f"{address}?selection={selected['id']}")
    head, *lines = reply.text.splitlines()
    columns = head.split(",")
    assert columns[0] == "object_id" and {"ra", "dec"} <= set(columns)
    assert [line.split(",")[0] for line in lines] == collection.catalog["object_id"][
        [3, 5, 99]
    ].tolist()
    assert "3_galaxies.csv" in reply.headers["Content-Disposition"]
    assert len(client.get(address).text.splitlines()) == 601
    unknown = client.get(f"{address}?selection=0123456789abcdef")
    assert unknown.status_code == 404 and "choose it anew" in unknown.text


# ---- the menu Select ---------------------------------------------------------------------------


def test_classes_are_listed_by_size_and_searched(collection, monkeypatch):
    options = class_options(collection, "label", CHECKPOINT, "")
    counts = collection.catalog["label"].value_counts()
    assert json.loads(options[0]["value"]) == counts.index[0]
    assert options[0]["label"] == f"{counts.index[0]} ({counts.iloc[0]:,})"
    found = class_options(collection, "label", CHECKPOINT, options[1]["label"][:5].upper())
    assert options[1] in found
    many = [f"class {number}" for number in range(600)]
    monkeypatch.setitem(collection.__dict__, "catalog", collection.catalog.assign(many=many))
    monkeypatch.setitem(collection.__dict__, "digest", "with many classes")
    assert len(class_options(collection, "many", CHECKPOINT, "")) == 50
    (last,) = class_options(collection, "many", CHECKPOINT, "class 599")
    assert json.loads(last["value"]) == "class 599"


def test_pasted_identifiers_are_taken_apart():
    text = "object_id\n 1237648702966988820,\"b\"\r\n\nc;'d'\tb"
    assert pasted_ids(text) == ["1237648702966988820", "b", "c", "d"]
    assert pasted_ids("  \n,") == pasted_ids(None) == []


def test_unknown_identifiers_are_named_and_the_rest_selected(app, collection):
    known = collection.catalog["object_id"][[4, 9]].tolist()
    values = {ids.SELECT_PASTED: 1, ids.PASTED_IDS: f"{known[0]}\nnobody\n{known[1]},nothing"}
    step = call(app, (ids.PASTED_STEP, "data"), values)
    assert step == {"kind": "object_ids", "object_ids": known}
    told = call(app, (ids.PASTED_TOLD, "children"), values)
    assert told == "2 of 4 found; not in this collection: nobody, nothing"
    assert pasted_step(collection, "nobody")[0] is None
    with pytest.raises(BadInput, match="Paste"):
        pasted_step(collection, " ")
    with pytest.raises(BadInput, match="20,001"):
        pasted_step(collection, "\n".join(map(str, range(MAX_PASTED + 1))))


# ---- named selections --------------------------------------------------------------------------


@pytest.fixture
def ask(app, collection):
    """Ask for something of the named selections; what was saved is removed at the end."""

    def ask_for(selection=None, **asked):
        values = {ids.NAMED_ASKED: asked, ids.SELECTION: selection or {"steps": []}}
        reply = post(app, (ids.NAMED_LIST, "children"), values)
        assert reply.status_code == 200, reply.text
        answers = reply.json["response"]
        return {
            "told": text_of(answers[ids.NAMED_TOLD]["children"]),
            "children": answers.get(ids.NAMED_LIST, {}).get("children"),
            "selection": answers.get(ids.SELECTION, {}).get("data"),
        }

    yield ask_for
    for named in list_named(collection)[0]:
        delete_named(collection, named.file)


def test_named_selections_are_saved_loaded_combined_renamed_deleted(ask, collection):
    first = {"steps": [{"op": "set", "kind": "rows", "rows": [1, 2, 3]}]}
    second = {"steps": [{"op": "set", "kind": "rows", "rows": [3, 4]}]}
    assert "no selection" in text_of(ask(do="list")["children"]).lower()
    assert "3 galaxies" in ask(first, do="save", name="first")["told"]
    assert "already" in ask(second, do="save", name="first")["told"]
    assert "2 galaxies" in ask(second, do="save", name="second")["told"]
    assert ask(do="load", file="second")["selection"] == second
    union = ask(do="combine", first="first", second="second", operation="union")["selection"]
    np.testing.assert_array_equal(resolve(union, collection), [1, 2, 3, 4])
    less = ask(first, do="difference", file="second")["selection"]
    np.testing.assert_array_equal(resolve(less, collection), [1, 2])
    assert "for good" in text_of(ask(do="ask-delete", file="first")["children"])
    assert "Renamed" in ask(do="rename", file="first", name="third")["told"]
    assert "third" in text_of(ask(do="list")["children"])
    assert "Replace" in ask(first, do="save", name="second")["told"]
    assert "3 galaxies" in ask(first, do="replace", name="second")["told"]
    assert "Deleted" in ask(do="delete", file="first")["told"]
    assert [named.name for named in list_named(collection)[0]] == ["second"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "no such thing"),
        ({"do": ["load"]}, "no such thing"),
        ({"do": "load", "file": "../x"}, "no saved selection"),
        ({"do": "save", "name": "x"}, "Nothing is selected"),
        ({"do": "union", "file": "x"}, "no saved selection"),
        ({"do": "combine"}, "Choose two"),
    ],
)
def test_what_cannot_be_done_is_said(ask, asked, said):
    assert said in ask(**asked)["told"]
