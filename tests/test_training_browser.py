"""The view of the training as a user meets it, in Chromium."""

from dataclasses import replace
from itertools import combinations

import pytest

from app import create_app
from dashboard import ids
from dashboard.settings import Settings
from data.build import build_collection
from data.inputs import Inputs
from data.made_up import make_up, write_inputs
from data.parameters import Parameters
from tests.conftest import new_page
from tests.serving import served
from tests.test_lab_browser import overlap

MULTIPLES = f"#{ids.TRAINING_MULTIPLES} .js-plotly-plot"
OPENERS = ".training-table [data-checkpoint]"
DONE = f"#{ids.TRAINING_BAR}[data-state=done]"
SIZES = [(1440, 900), (1024, 700), (600, 900)]
# Where the point of a checkpoint is on the screen, in the multiple of the score.
POINT = """([id, name]) => {
    const plot = document.querySelector(`#${id} .js-plotly-plot`);
    const trace = plot._fullData.find((t) => t.mode === "lines+markers" && t.yaxis === "y");
    const place = trace.customdata.findIndex(([one]) => one === name);
    const box = plot.getBoundingClientRect();
    const { xaxis, yaxis } = plot._fullLayout;
    const y = yaxis.type === "log" ? Math.log10(trace.y[place]) : trace.y[place];
    const left = box.left + xaxis._offset + xaxis.l2p(trace.x[place]);
    return [left, box.top + yaxis._offset + yaxis.l2p(y)];
}"""
N_DRAWN = """([id]) => document.querySelector(`#${id} .js-plotly-plot`)?._fullData
    ?.filter((trace) => trace.customdata && trace.mode === "lines+markers").length ?? 0"""


@pytest.fixture
def training(open_page):
    """The view, with every checkpoint measured and drawn."""
    page = open_page("/training")
    wait_until_measured(page, 3)
    return page


def wait_until_measured(page, n_checkpoints):
    page.wait_for_selector(DONE, state="attached")
    page.wait_for_function(
        "([selector, n]) => document.querySelectorAll(selector).length === n",
        arg=[OPENERS, n_checkpoints],
    )
    page.wait_for_function(f"(id) => ({N_DRAWN})([id]) > 10", arg=ids.TRAINING_MULTIPLES)


def wait_for_checkpoint(page, name):
    """Wait until the page has that checkpoint: in the table and in the header."""
    page.wait_for_selector(f"{OPENERS}[data-checkpoint='{name}'][aria-current=true]")
    page.wait_for_selector(f"#{ids.CHECKPOINT} input[value='{name}']:checked", state="attached")


def wait_for_text(page, text, element=ids.TRAINING_TEXT):
    page.locator(f"#{element}", has_text=text).first.wait_for()


def test_the_view_has_its_address_its_title_and_its_checkpoints(training, collection):
    assert training.evaluate("document.documentElement.dataset.view") == "training"
    assert training.title().startswith("Training")
    assert training.locator(f"#{ids.TO_TRAINING}").get_attribute("aria-current") == "page"
    assert training.locator(f"#{ids.CHECKPOINT}").is_visible()
    assert not training.locator(f"#{ids.MAP}").is_visible()
    wait_for_text(training, "The whole collection: n = 600")
    training.locator(f"#{ids.TO_GALAXIES}").click()
    training.wait_for_selector(f"#{ids.MAP}", state="visible")
    assert not training.locator(f"#{ids.TRAINING_MULTIPLES}").is_visible()


def test_a_point_of_a_multiple_opens_its_checkpoint(training, collection):
    first, *_, last = collection.checkpoints
    wait_for_checkpoint(training, last)
    training.mouse.move(*training.evaluate(POINT, [ids.TRAINING_MULTIPLES, first]))
    training.locator(f"{MULTIPLES} .hoverlayer", has_text="click").wait_for()
    training.mouse.click(*training.evaluate(POINT, [ids.TRAINING_MULTIPLES, first]))
    wait_for_checkpoint(training, first)
    wait_for_text(training, "epoch 0:", ids.TRAINING_CLASSES)


def test_names_in_the_table_and_keys_open_checkpoints_too(training, collection):
    first, second, last = collection.checkpoints
    training.locator(f"{OPENERS}[data-checkpoint='{first}']").focus()
    training.keyboard.press("Enter")
    wait_for_checkpoint(training, first)
    training.keyboard.press("]")
    wait_for_checkpoint(training, second)
    training.keyboard.press("[")
    wait_for_checkpoint(training, first)
    training.get_by_title("Next checkpoint (])").click()
    wait_for_checkpoint(training, second)


def select(page, collection, n):
    object_ids = collection.catalog["object_id"].iloc[:n].tolist()
    record = {"steps": [{"op": "set", "kind": "object_ids", "object_ids": object_ids}]}
    page.evaluate(
        "([id, data]) => window.dash_clientside.set_props(id, { data })", [ids.SELECTION, record]
    )


def test_the_selection_alone_is_measured_and_too_few_are_said_to_be(training, collection):
    training.get_by_text("Selection alone").click()
    wait_for_text(training, "Nothing is selected")
    select(training, collection, 12)
    wait_for_text(training, "12 galaxies are too few")
    select(training, collection, 150)
    wait_for_text(training, "The selection alone: n = 150")
    wait_until_measured(training, 3)
    training.get_by_text("All galaxies", exact=True).click()
    wait_for_text(training, "The whole collection: n = 600")


def test_the_numbers_come_as_a_file(training, collection):
    with training.expect_download() as download:
        training.locator(f"#{ids.TRAINING_FILES} a").first.click()
    lines = download.value.path().read_text().splitlines()
    table = [line for line in lines if not line.startswith("#")]
    assert len(table) == 1 + len(collection.checkpoints) and table[0].startswith("checkpoint,")
    assert download.value.suggested_filename == f"timeline_{collection.name}.csv"


def test_both_themes_are_drawn(training):
    ink = "(id) => document.querySelector(`#${id} .js-plotly-plot`)._fullLayout.font.color"
    dark = training.evaluate(ink, ids.TRAINING_MULTIPLES)
    training.keyboard.press("t")
    training.wait_for_function(
        f"([id, dark]) => ({ink})(id) !== dark", arg=[ids.TRAINING_MULTIPLES, dark]
    )


def test_no_panel_overlaps_another_or_leaves_the_window(training):
    for width, height in SIZES:
        training.set_viewport_size({"width": width, "height": height})
        training.wait_for_function(
            "([id, width]) => document.getElementById(id).getBoundingClientRect().width <= "
            "Math.max(width, 860)",
            arg=[ids.TRAINING_MULTIPLES, width],
        )
        training.wait_for_function(  # graphs are drawn anew one after the other
            "(width) => document.documentElement.scrollWidth <= width", arg=width
        )
        boxes = [panel.bounding_box() for panel in training.locator(".view-training .panel").all()]
        assert len(boxes) == 6
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
        assert not any(overlap(a, b) for a, b in combinations(boxes, 2))


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Address of the page of a collection with one checkpoint, without its epoch and labels."""
    folder = tmp_path_factory.mktemp("alone")
    made_up = make_up(80)
    without = replace(made_up, catalog=made_up.catalog.drop(columns=["label"]))
    paths = write_inputs(without, folder / "brought")
    inputs = Inputs(catalog=paths["catalog"], representations={"dinov2": paths["epoch_20"]})
    build_collection(folder / "alone", inputs, Parameters())
    app = create_app(Settings(collection="alone", collections=str(folder), cache="memory"))
    with served(app.server) as address:
        yield address


def test_of_one_checkpoint_the_timeline_says_so_and_labels_that_they_are_missing(browser, alone):
    wrong = []
    page = new_page(browser, alone, wrong)
    page.goto(f"{alone}/training")
    wait_for_text(page, "one checkpoint only")
    wait_for_text(page, "There are no labels here")
    page.wait_for_selector(DONE, state="attached")
    page.locator(".training-table td", has_text="±").first.wait_for()
    wait_for_text(page, "Undefined: 1 of at least 4", ids.TRAINING_RANKS)
    page.close()
    assert not wrong
