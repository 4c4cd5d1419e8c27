"""Labels on the page, as callbacks answer: the panel, choices, what colors, cuts, is measured."""

import pytest

from app import create_app
from dashboard import ids
from dashboard.panels.label_choices import NOT_ASKED
from dashboard.panels.labels import EMPTY
from dashboard.settings import Settings
from data.label_columns import pinned
from data.label_ids import labels_of
from data.store import Collection
from tests.test_wiring import call, post, text_of


@pytest.fixture(scope="module")
def page(collection_folder, tmp_path_factory):
    kept = tmp_path_factory.mktemp("kept")
    folders = str(collection_folder.parent)
    settings = Settings(
        collection=collection_folder.name, collections=folders, cache="memory", kept=str(kept)
    )
    return create_app(settings), Collection.open(collection_folder, kept)


@pytest.fixture
def here(page):
    """The collection, without labels at first."""
    store = labels_of(page[1])
    for path in store.database.path.parent.glob("labels.sqlite*"):
        path.unlink()
    return page[1]


@pytest.fixture
def asked(page, here):
    """What a callback of the page answers, with the panel of labels shown."""
    shown = {
        ids.SHELF: "labels",
        ids.CHECKPOINT: here.checkpoints[-1],
        ids.LABELLED_WHOSE: "all",
        ids.LABELLED_ORDER: "score",
        ids.LABELS: {"user": "me", "version": ""},
        ids.SELECTION: {"steps": []},
        ids.SELECTED: {"id": "", "n": None, "digest": here.digest},
    }
    return lambda output, **values: call(page[0], output, shown | values)


def score(collection, scores, user="me"):
    names = collection.catalog["object_id"].tolist()
    for row, value in scores.items():
        labels_of(collection).score(names[row], value, user=user)


def test_without_labels_it_says_how_to_begin(asked):
    assert text_of(asked((ids.LABELLED, "children"))) == EMPTY
    assert asked((ids.LABELLED_FACTS, "children")) == []
    assert asked((ids.LABELLED_CAPTION, "children")) == ""


def test_labelled_galaxies_are_shown_with_their_scores_the_highest_first(asked, here):
    score(here, {5: 2, 9: 4})
    labels_of(here).tag(here.catalog["object_id"].iat[7], "ring", user="Ada")
    shown = asked((ids.LABELLED, "children"))
    assert [one["props"]["data-row"] for one in shown] == ["9", "5", "7"]
    assert text_of(shown[0]).split()[-1] == "4" and "ring" in text_of(shown[2])
    assert "me: score 4" in shown[0]["props"]["title"]
    caption = asked((ids.LABELLED_CAPTION, "children"))
    assert caption == f"3 of {here.n_galaxies:,} labelled"
    facts = text_of(asked((ids.LABELLED_FACTS, "children")))
    assert "me (you)" in facts and "Ada" in facts and "≥ 4" in facts and "ring" in facts
    mine = asked((ids.LABELLED, "children"), **{ids.LABELLED_WHOSE: "mine"})
    assert [one["props"]["data-row"] for one in mine] == ["9", "5"]


def test_the_last_acts_are_told_with_how_galaxies_were_reached(asked, here):
    names = here.catalog["object_id"].tolist()
    store = labels_of(here)
    store.score(names[5], 3, reached={"list": "lowest density", "rank": 7})
    store.tag(names[:40], "odd")
    store.undo()
    acts = text_of(asked((ids.LABELLED_ACTS, "children")))
    assert "undid the last act" in acts and "tag 'odd', of 40 galaxies" in acts
    assert "(undone)" in acts and names[5] in acts and "#7 of lowest density" in acts


def test_nobody_of_the_name_is_told(asked, here):
    score(here, {5: 2}, user="Ada")
    told = asked((ids.LABELLED, "children"), **{ids.LABELLED_WHOSE: "mine"})
    assert "You have labelled no galaxy yet, as 'me'" in text_of(told)


def test_a_label_file_that_cannot_be_read_is_a_message(asked, here):
    path = labels_of(here).database.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"this is no database, but it is long enough to look at" * 100)
    told = text_of(asked((ids.LABELLED, "children")))
    assert "labels.sqlite" in told and "Traceback" not in told and told.rstrip().endswith(".")
    assert asked((ids.LABELS_NOW, "data")) == {"version": "", "columns": []}


def test_columns_to_choose_from_come_with_the_labels(asked, here):
    assert asked((ids.LABELS_NOW, "data"))["columns"] == []
    score(here, {5: 2})
    labels_of(here).tag(here.catalog["object_id"].iat[7], "ring", user="Ada")
    now = asked((ids.LABELS_NOW, "data"))
    assert now["version"] == labels_of(here).version()
    assert [one["label"] for one in now["columns"]] == [
        *("mean score", "users who scored", "spread of scores", "score of me", "tag ring")
    ]
    assert [one["value"] for one in now["columns"] if one["isScore"]] == [
        *("score@now", "score:me@now")
    ]
    boxes = asked((ids.TABLE_OF_LABELS, "children"), **{ids.LABELS_NOW: now})
    assert [box["props"]["children"]["props"]["value"] for box in boxes][0] == "score@now"


def test_a_page_that_opens_without_labels_draws_nothing_again(page, here):
    values = {ids.LABELS_CALM: {"user": "me", "version": ""}, ids.LABELS_NOW: NOT_ASKED}
    assert post(page[0], (ids.LABELS_NOW, "data"), values).json["response"] == {}
    score(here, {5: 2})
    now = call(page[0], (ids.LABELS_NOW, "data"), values)
    assert now["columns"]
    again = values | {ids.LABELS_NOW: now}
    assert post(page[0], (ids.LABELS_NOW, "data"), again).json["response"] == {}


def test_the_colors_follow_each_label_and_others_stay(asked, here):
    score(here, {5: 2})
    by_score = {ids.COLOR: "score@now", ids.COLOR_SCALE: "linear"}
    first = asked((ids.PAINT, "data"), **by_score)
    score(here, {6: 3})
    second = asked((ids.PAINT, "data"), **by_score)
    assert first["id"] != second["id"]
    legend = text_of(asked((ids.MAP_LEGEND, "children"), **{ids.PAINT: second}))
    assert "mean score" in legend and "n = 2" in legend
    old = text_of(asked((ids.MAP_LEGEND, "children"), **{ids.PAINT: first}))
    assert "n = 1" in old
    by_size = {ids.COLOR: "redshift", ids.COLOR_SCALE: "linear"}
    assert asked((ids.PAINT, "data"), **by_size) == asked((ids.PAINT, "data"), **by_size)


def test_a_histogram_of_scores_follows_and_knows_the_cut_of_an_older_version(asked, here):
    score(here, {5: 2, 6: 4})
    shown = {ids.SHELF: "histograms", ids.HISTOGRAM_COLUMNS: ["score@now"]}
    (told,) = asked((ids.HISTOGRAM_BARS, "data"), **shown)
    assert told["title"] == "mean score" and told["checkpoint"] is None
    assert told["column"] == pinned(here, "score") and sum(told["total"]) == 2
    record = {"steps": [], "cuts": [{"column": told["column"], "min": 4}]}
    selected = asked((ids.SELECTED, "data"), **{ids.SELECTION: record})
    assert selected["n"] == 1
    score(here, {7: 5})
    (told,) = asked((ids.HISTOGRAM_BARS, "data"), **shown | {ids.SELECTED: selected})
    assert told["column"] == pinned(here, "score") and told["cut"]["min"] == 4
    assert told["said"].endswith("cut: ≥ 4 (labels at event 2)")


def test_a_selection_by_score_is_told_and_measured(asked, here):
    score(here, {row: row % 6 for row in range(300)})
    record = {"steps": [], "cuts": [{"column": pinned(here, "score"), "min": 3}]}
    chosen = {ids.SELECTION: record}
    selected = asked((ids.SELECTED, "data"), **chosen)
    assert selected["n"] == 150
    words = asked((ids.SELECTION_WORDS, "title"), **chosen | {ids.SELECTED: selected})
    assert words.startswith("all galaxies with mean score ≥ 3 (labels at event 300)")
    numbers = text_of(asked((ids.CORRELATION_NUMBERS, "children"), **chosen))
    assert "selection" in numbers and "150 in 7-D" in numbers and "±" in numbers


def test_examples_of_each_score_are_shown(asked, here):
    score(here, {row: row % 2 * 5 for row in range(20)})
    shown = {ids.SHELF: "examples", ids.EXAMPLES_COLUMN: "score@now", ids.EXAMPLES_KIND: "typical"}
    shown |= {ids.PAINT: asked((ids.PAINT, "data"), **{ids.COLOR: "label", ids.COLOR_SCALE: None})}
    told = text_of(asked((ids.EXAMPLES, "children"), **shown))
    assert told.count("10") >= 2
    assert text_of(asked((ids.EXAMPLES_CAPTION, "children"), **shown)).startswith("mean score")


def test_a_link_brings_labels_back_as_they_are_then(page, here):
    client = page[0].server.test_client()
    score(here, {5: 2})
    held = {
        "color.value": "score@now",
        "gallery-sort.value": "tag:a tag that comes later@now",
        "histogram-columns.value": ["redshift", pinned(here, "score")],
        "table-chosen.value": ["object_id", "score:me@now"],
    }
    name = client.post("/views", json={"held": held, "scripts": {}}).json["id"]
    came = client.get(f"/views/{name}").json
    assert came["changed"] == [] and held.items() <= came["held"].items()
    wrong = {"color.value": "scores@now", "histogram-columns.value": ["score@now", "nothing"]}
    name = client.post("/views", json={"held": wrong, "scripts": {}}).json["id"]
    assert len(client.get(f"/views/{name}").json["changed"]) == 2
