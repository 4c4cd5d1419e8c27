"""Selecting without drawing, its history, named selections and histograms, in Chromium."""

import json
import shutil

import numpy as np
import pytest

from dashboard import ids
from data.named_files import folder_of
from data.selection import resolve
from tests.browsing import settle

ROWS = {"op": "set", "kind": "rows", "rows": list(range(0, 600, 2))}
NEAR = {"column": "redshift", "max": 0.08}


@pytest.fixture(autouse=True)
def no_named_selections(collection):
    yield
    shutil.rmtree(folder_of(collection), ignore_errors=True)


def put(page, record):
    """Select as any part of the page does, by the store."""
    page.evaluate(
        "([id, data]) => window.dash_clientside.set_props(id, { data })", [ids.SELECTION, record]
    )


def told(page, text):
    """Wait until the page counts so many galaxies."""
    page.wait_for_function(
        "([id, text]) => document.getElementById(id).innerText === text",
        arg=[ids.SELECTION_COUNT, text],
    )


def told_count(page, collection, record):
    told(page, f"{len(resolve(record, collection)):,} of {collection.n_galaxies:,}")


def words(page):
    return page.locator(f"#{ids.SELECTION_WORDS}").get_attribute("title")


def record(page):
    return page.evaluate("window.morphospace_selecting.record()")


def press_on_map(page, keys):
    page.locator("body").press(keys)


def test_undo_and_redo_bring_selections_back(page, collection):
    undo, redo = (page.locator(f"#{button}") for button in (ids.UNDO, ids.REDO))
    assert undo.is_disabled() and redo.is_disabled()
    for n in (10, 20, 30):
        put(page, {"steps": [{**ROWS, "rows": list(range(n))}]})
        told(page, f"{n} of 600")
    undo.click()
    told(page, "20 of 600")
    press_on_map(page, "Control+z")
    told(page, "10 of 600")
    press_on_map(page, "Control+z")
    told(page, "600 galaxies")
    assert undo.is_disabled()
    press_on_map(page, "Control+Shift+Z")
    told(page, "10 of 600")
    redo.click()
    told(page, "20 of 600")
    put(page, {"steps": [{**ROWS, "rows": [1]}]})
    told(page, "1 of 600")
    assert redo.is_disabled()
    undo.click()
    told(page, "20 of 600")


def test_a_hundred_selections_are_kept(page):
    selections = [{"steps": [{**ROWS, "rows": list(range(n))}]} for n in range(1, 121)]
    page.evaluate(
        "all => all.forEach(window.dash_clientside.morphospace_selecting.changed)", selections
    )
    assert page.evaluate("window.morphospace_selecting.history()") == {"n": 101, "at": 100}
    assert record(page) == selections[-1]
    press_on_map(page, "Control+z")
    told(page, "119 of 600")


def test_inverting_twice_is_nothing_done(page, collection):
    put(page, {"steps": [ROWS], "cuts": [NEAR]})
    n = len(resolve({"steps": [ROWS], "cuts": [NEAR]}, collection))
    told(page, f"{n} of 600")
    page.locator(f"#{ids.INVERT_SELECTION}").click()
    told(page, f"{600 - n} of 600")
    assert "then invert" in words(page)
    press_on_map(page, "i")
    told(page, f"{n} of 600")


def test_a_selection_grows_by_its_neighbors(page, collection):
    put(page, {"steps": [{**ROWS, "rows": [3, 77]}]})
    told(page, "2 of 600")
    page.get_by_role("button", name="Select ▾").click()
    page.locator(f"#{ids.GROW_K}").fill("4")
    page.locator(f"#{ids.GROW}").click()
    near = collection.neighbors(collection.checkpoints[-1])[[3, 77], :4]
    told(page, f"{len({3, 77, *near.ravel().tolist()})} of 600")
    assert "grow to the 4 nearest neighbors on epoch" in words(page)


def test_all_of_a_class_is_found_by_typing(page, collection):
    name = collection.catalog["label"].value_counts().index[-1]
    page.get_by_role("button", name="Select ▾").click()
    page.locator(f"#{ids.SELECT_VALUE}").click()
    page.locator(f"#{ids.SELECT_VALUE}").fill(name)
    page.get_by_role("option", name=name).first.click()
    page.locator(f"#{ids.SELECT_CLASS}").click()
    n = int((collection.catalog["label"] == name).sum())
    told(page, f"{n} of 600")
    assert f"label is {name}" in words(page)


def test_identifiers_are_pasted_and_unknown_ones_named(page, collection):
    known = collection.catalog["object_id"][[4, 9]].tolist()
    page.get_by_role("button", name="Select ▾").click()
    page.locator(f"#{ids.PASTED_IDS}").fill(f"{known[0]}\nnobody,{known[1]}")
    page.locator(f"#{ids.SELECT_PASTED}").click()
    told(page, "2 of 600")
    assert "nobody" in page.locator(f"#{ids.PASTED_TOLD}").inner_text()


def test_what_is_in_view_is_selected(page, collection):
    page.get_by_role("button", name="Select ▾").click()
    page.locator(f"#{ids.SELECT_IN_VIEW}").click()
    told(page, "600 of 600")
    assert record(page)["steps"][0]["kind"] == "box"


def test_cuts_are_told_in_words_and_taken_away_one_by_one(page, collection):
    full = {"steps": [ROWS], "cuts": [NEAR, {"column": "label", "values": ["Disk"]}]}
    put(page, full)
    told_count(page, collection, full)
    assert "AND redshift ≤ 0.08 AND label is Disk" in words(page)
    page.get_by_role("button", name="Take the cut redshift ≤ 0.08 away").click()
    less = {"steps": [ROWS], "cuts": [full["cuts"][1]]}
    told_count(page, collection, less)
    page.get_by_role("button", name="Take the cut label is Disk away").click()
    told(page, "300 of 600")
    assert "AND" not in words(page)


def test_the_words_open_where_they_are_long(page):
    put(page, {"steps": [{**ROWS, "op": op} for op in ["set"] + ["add", "remove"] * 20]})
    page.wait_for_function(f"document.getElementById('{ids.SELECTION_WORDS}').title.length > 400")
    line = page.locator(f"#{ids.SELECTION_WORDS}")
    assert line.bounding_box()["height"] < 30
    line.click()
    page.wait_for_function(
        f"document.getElementById('{ids.SELECTION_WORDS}').getBoundingClientRect().height > 60"
    )
    page.locator("h1").first.click()
    page.wait_for_function(
        f"document.getElementById('{ids.SELECTION_WORDS}').getBoundingClientRect().height < 30"
    )


def test_what_is_refused_is_told_and_the_selection_stays(page):
    put(page, {"steps": [ROWS]})
    told(page, "300 of 600")
    put(page, {"steps": [{**ROWS, "rows": [1000]}]})
    page.wait_for_function(
        f"document.getElementById('{ids.SELECTION_TOLD}').innerText.includes('no row 1000')"
    )
    page.wait_for_function("window.morphospace_selecting.record().steps[0].rows.length === 300")
    settle(page)
    assert "no row 1000" in page.locator(f"#{ids.SELECTION_TOLD}").inner_text()
    told(page, "300 of 600")
    put(page, {"steps": [{**ROWS, "rows": [1, 2]}]})
    told(page, "2 of 600")
    page.wait_for_function(f"!document.getElementById('{ids.SELECTION_TOLD}').innerText")


def test_escape_closes_what_is_open_then_clears(page):
    put(page, {"steps": [ROWS], "cuts": [NEAR]})
    page.wait_for_function(f"document.getElementById('{ids.SELECTION_COUNT}').innerText[0] !== '6'")
    page.get_by_role("button", name="Select ▾").click()
    page.locator(f"#{ids.PASTED_IDS}").press("Escape")
    page.wait_for_selector(f"#{ids.PASTED_IDS}", state="hidden")
    assert record(page)["cuts"] == [NEAR]
    press_on_map(page, "Escape")
    told(page, "600 galaxies")
    assert record(page) == {"steps": []}


def test_a_selection_outlives_another_checkpoint(page, collection):
    first, *_, last = collection.checkpoints
    box = {"op": "set", "kind": "box", "x": [0, 5], "y": [0, 5], "checkpoint": last}
    put(page, {"steps": [box], "cuts": [NEAR]})
    told_count(page, collection, {"steps": [box], "cuts": [NEAR]})
    before = page.locator(f"#{ids.SELECTION_COUNT}").inner_text()
    page.evaluate(
        "([id, value]) => window.dash_clientside.set_props(id, { value })", [ids.CHECKPOINT, first]
    )
    settle(page)
    assert page.locator(f"#{ids.SELECTION_COUNT}").inner_text() == before
    assert record(page)["steps"] == [box]


def test_steps_of_any_part_of_the_page_keep_the_cuts(page, collection):
    cut_only = {"steps": [], "cuts": [NEAR]}
    put(page, cut_only)
    told_count(page, collection, cut_only)
    page.evaluate("s => window.morphospace_selecting.step(s)", {**ROWS, "rows": [1, 2, 3]})
    told_count(page, collection, {"steps": [{**ROWS, "rows": [1, 2, 3]}], "cuts": [NEAR]})
    for row in (10, 12, 14):
        page.evaluate(
            "s => window.morphospace_selecting.step(s)", {**ROWS, "op": "add", "rows": [row]}
        )
        page.wait_for_function(
            f"window.morphospace_selecting.record().steps[0].rows.includes({row})"
        )
    assert record(page)["steps"] == [{**ROWS, "rows": [1, 2, 3, 10, 12, 14]}]
    put(page, cut_only)
    told_count(page, collection, cut_only)
    far = np.flatnonzero(~(collection.catalog["redshift"] <= 0.08))[:2].tolist()
    page.evaluate("s => window.morphospace_selecting.step(s)", {**ROWS, "op": "add", "rows": far})
    told(page, f"{len(resolve(cut_only, collection)) + 2} of 600")


# ---- named selections --------------------------------------------------------------------------


def save(page, name):
    page.locator(f"#{ids.NAMED_NAME}").fill(name)
    page.locator(f"#{ids.NAMED_SAVE}").click()
    page.wait_for_selector(f"#{ids.NAMED_TOLD}:has-text('{name}')")


def test_named_selections_are_saved_loaded_and_combined(page, collection):
    put(page, {"steps": [{**ROWS, "rows": list(range(60))}]})
    told(page, "60 of 600")
    page.locator(f"#{ids.NAMED_OPEN}").click()
    save(page, "first")
    put(page, {"steps": [{**ROWS, "rows": list(range(40, 100))}]})
    told(page, "60 of 600")
    save(page, "second")
    page.locator(".named-load", has_text="second").wait_for()
    page.get_by_role("button", name="Keep of what is selected only what is in “first” too").click()
    told(page, "20 of 600")
    page.get_by_role("button", name="Add “first” to what is selected").click()
    told(page, "60 of 600")
    page.get_by_role("button", name="Take “second” away from what is selected").click()
    told(page, "40 of 600")
    assert "“first”, then remove “second”" in words(page)
    page.locator(".named-load", has_text="second").click()
    page.wait_for_function("window.morphospace_selecting.record().steps[0].rows?.[0] === 40")
    assert len(list(folder_of(collection).glob("*.json"))) == 2


def test_saving_over_a_name_and_deleting_ask_first(page, collection):
    put(page, {"steps": [{**ROWS, "rows": [1, 2]}]})
    told(page, "2 of 600")
    page.locator(f"#{ids.NAMED_OPEN}").click()
    save(page, "mine")
    path = folder_of(collection) / "mine.json"
    assert json.loads(path.read_text())["n"] == 2
    put(page, {"steps": [{**ROWS, "rows": [1, 2, 3]}]})
    told(page, "3 of 600")
    page.locator(f"#{ids.NAMED_SAVE}").click()
    page.get_by_role("button", name="Replace “mine”").click()
    page.wait_for_selector(f"#{ids.NAMED_TOLD}:has-text('3 galaxies')")
    assert json.loads(path.read_text())["n"] == 3
    page.get_by_role("button", name="Give “mine” another name").click()
    page.get_by_role("textbox", name="New name of “mine”").fill("yours")
    page.get_by_role("textbox", name="New name of “mine”").press("Enter")
    page.locator(".named-load", has_text="yours").wait_for()
    page.get_by_role("button", name="Delete “yours”", exact=True).click()
    page.get_by_role("button", name="Leave it").click()
    page.locator(".named-load", has_text="yours").wait_for()
    page.get_by_role("button", name="Delete “yours”", exact=True).click()
    page.get_by_role("button", name="Delete “yours” for good").click()
    page.wait_for_selector(f"#{ids.NAMED_LIST}:has-text('No selection has been saved')")
    assert not path.exists()


def test_a_selection_of_another_build_says_what_is_found(page, collection):
    put(page, {"steps": [{**ROWS, "rows": list(range(20))}]})
    told(page, "20 of 600")
    page.locator(f"#{ids.NAMED_OPEN}").click()
    save(page, "older")
    path = folder_of(collection) / "older.json"
    content = json.loads(path.read_text())
    content["collection"]["digest"] = "of another build"
    path.write_text(json.dumps(content))
    (path.parent / "broken.json").write_text("{")
    put(page, {"steps": []})
    told(page, "600 galaxies")
    page.locator(".named-load", has_text="older").click()
    told(page, "20 of 600")
    said = page.locator(f"#{ids.NAMED_TOLD}").inner_text()
    assert "20 of 20 galaxies of the selection are in this build" in said
    assert record(page)["steps"][0]["kind"] == "saved"
    assert "'broken.json' cannot be read" in page.locator(f"#{ids.NAMED_LIST}").inner_text()


# ---- histograms --------------------------------------------------------------------------------


@pytest.fixture
def histograms(page):
    page.get_by_role("tab", name="Histograms").click()
    page.wait_for_selector(".histogram-plot path.total")
    return page


def plot_of(page, column):
    return page.locator(f".histogram[data-column='{column}'] .histogram-plot").bounding_box()


def drag(page, box, start, stop):
    """Drag over a histogram, from one share of its width to another."""
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + (start + stop) / 2 * box["width"], y, steps=4)
    page.mouse.move(box["x"] + stop * box["width"], y, steps=4)
    page.mouse.up()


def cut_of(page, column):
    cuts = [cut for cut in record(page).get("cuts", []) if cut["column"] == column]
    return cuts[0] if cuts else None


def brushed(page, column="redshift"):
    """The cut on a column, once everything shows it."""
    settle(page)
    page.wait_for_selector(f".histogram[data-column='{column}'] .histogram-strip:visible")
    return cut_of(page, column)


def test_a_range_brushed_cuts_and_its_ends_are_dragged(histograms, collection):
    page, redshift = histograms, collection.catalog["redshift"].to_numpy()
    drag(page, plot_of(page, "redshift"), 0.3, 0.6)
    cut = brushed(page)
    span = np.nanmin(redshift), np.nanmax(redshift)
    expected = [span[0] + share * (span[1] - span[0]) for share in (0.3, 0.6)]
    np.testing.assert_allclose([cut["min"], cut["max"]], expected, atol=0.02 * np.ptp(span))
    n = int(((redshift >= cut["min"]) & (redshift <= cut["max"])).sum())
    told(page, f"{n} of 600")
    assert "redshift" in words(page)
    assert page.locator(".histogram[data-column=redshift] path.selected").count() == 1
    drag(page, plot_of(page, "redshift"), 0.6, 0.8)
    wider = brushed(page)
    assert wider["min"] == cut["min"] and wider["max"] > cut["max"]
    drag(page, plot_of(page, "redshift"), 0.5, 0.6)  # the middle moves the range as it is
    moved = brushed(page)
    assert moved["min"] > wider["min"] and moved["max"] > wider["max"]
    drag(page, plot_of(page, "redshift"), 0.8, 1.2)  # to the edge, where it has no end
    assert brushed(page)["max"] is None or brushed(page)["max"] > moved["min"]
    box = plot_of(page, "redshift")
    page.mouse.click(box["x"] + 4, box["y"] + 30)
    told(page, "600 galaxies")
    assert cut_of(page, "redshift") is None


def test_cuts_of_two_histograms_hold_at_once(histograms, collection):
    page = histograms
    drag(page, plot_of(page, "redshift"), 0.2, 0.7)
    brushed(page)
    drag(page, plot_of(page, "log_density"), 0.5, 1.1)
    brushed(page, "log_density")
    cuts = record(page)["cuts"]
    assert [cut["column"] for cut in cuts] == ["redshift", "log_density"]
    assert cuts[1]["checkpoint"] == collection.checkpoints[-1] and cuts[1]["max"] is None
    told_count(page, collection, {"cuts": cuts})
    assert " AND " in words(page)


def test_ends_are_typed_and_kept_while_nothing_is_valid(histograms, collection):
    page = histograms
    field = page.get_by_role("spinbutton", name="redshift from")
    field.fill("0.05")
    field.press("Enter")
    told_count(page, collection, {"cuts": [{"column": "redshift", "min": 0.05}]})
    field = page.get_by_role("spinbutton", name="redshift to")
    field.fill("0.01")
    field.press("Enter")
    page.wait_for_selector(f"#{ids.SELECTION_TOLD}:has-text('begins at 0.05 and ends at 0.01')")
    told_count(page, collection, {"cuts": [{"column": "redshift", "min": 0.05}]})


def test_classes_are_toggled_in_the_cut(histograms, collection):
    page = histograms
    page.evaluate(
        "([id, value]) => window.dash_clientside.set_props(id, { value })",
        [ids.HISTOGRAM_COLUMNS, ["label", "redshift"]],
    )
    first, second = collection.catalog["label"].value_counts().index[:2]
    counts = collection.catalog["label"].value_counts()
    page.locator(".histogram-class", has_text=first).first.click()
    told(page, f"{counts[first]} of 600")
    page.locator(".histogram-class", has_text=second).first.click()
    told(page, f"{counts[first] + counts[second]} of 600")
    page.wait_for_selector(f".histogram-class[aria-pressed=true]:has-text('{second}')")
    page.locator(".histogram-class", has_text=first).first.click()
    told(page, f"{counts[second]} of 600")
    page.locator(".histogram-class", has_text=second).first.click()
    told(page, "600 galaxies")


def test_counts_are_drawn_on_a_logarithmic_axis(histograms):
    page = histograms
    path = page.locator(".histogram[data-column=redshift] path.total")
    before = path.get_attribute("d")
    page.locator(f"label[for={ids.HISTOGRAM_LOG}]").last.click()
    page.wait_for_function(
        "before => document.querySelector('.histogram[data-column=redshift] path.total')"
        ".getAttribute('d') !== before",
        arg=before,
    )
