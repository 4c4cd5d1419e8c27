"""Colors, the legend and the examples of each class, as a user meets them in Chromium."""

import json

import numpy as np
import pandas as pd
import pytest

from app import create_app
from dashboard import ids
from dashboard.settings import Settings
from data.store import Collection
from tests.browsing import count, settle
from tests.conftest import COUNT_REQUESTS, NO_TOUR
from tests.serving import served

N = 600
TIMEOUT_MS = 120_000


@pytest.fixture(scope="session")
def many_folder(collection_folder, tmp_path_factory):
    """The made-up collection with a column of 300 classes and one of missing numbers."""
    folder = tmp_path_factory.mktemp("many") / "many"
    folder.mkdir()
    for path in collection_folder.iterdir():
        (folder / path.name).symlink_to(path)
    catalog = pd.read_parquet(folder / "catalog.parquet")
    catalog["class"] = [f"class {n % 300:03d}" for n in range(N)]
    catalog["partly"] = np.where(np.arange(N) < 90, np.nan, np.arange(N))
    catalog["list"] = [[n] for n in range(N)]
    (folder / "catalog.parquet").unlink()
    catalog.to_parquet(folder / "catalog.parquet")
    info = json.loads((folder / "collection.json").read_text())
    info["files"]["catalog.parquet"]["size"] = (folder / "catalog.parquet").stat().st_size
    (folder / "collection.json").unlink()
    (folder / "collection.json").write_text(json.dumps(info))
    return folder


@pytest.fixture(scope="session")
def collection(many_folder):
    return Collection.open(many_folder)


@pytest.fixture(scope="session")
def address(many_folder):
    settings = Settings(collection="many", collections=str(many_folder.parent), cache="memory")
    with served(create_app(settings).server) as address:
        yield address


@pytest.fixture(scope="module")
def opened(browser, address):
    """One page for all tests of this file, and what went wrong on it."""
    window = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"}
    page, wrong = browser.new_page(**window), []
    page.set_default_timeout(TIMEOUT_MS)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    for script in (COUNT_REQUESTS, NO_TOUR):
        page.add_init_script(script)
    page.goto(address)
    settle(page)
    yield page, wrong
    page.close()


@pytest.fixture
def page(opened):
    """The page as it opens: nothing selected or hidden, the label colors the map."""
    page, wrong = opened
    page.mouse.move(2, 2)
    page.evaluate(
        """(ids) => {
            const set = window.dash_clientside.set_props;
            set(ids.selection, { data: { steps: [] } });
            set(ids.color, { value: "label" });
            set(ids.scale, { value: "linear" });
            set(ids.hidden, { data: [] });
            set(ids.shelf, { value: "anomalies" });
            set(ids.kind, { value: "typical" });
            set(ids.only, { checked: false });
        }""",
        {
            "selection": ids.SELECTION,
            "color": ids.COLOR,
            "scale": ids.COLOR_SCALE,
            "hidden": ids.HIDDEN,
            "shelf": ids.SHELF,
            "kind": ids.EXAMPLES_KIND,
            "only": ids.EXAMPLES_SELECTED,
        },
    )
    page.wait_for_function(
        """(id) => document.querySelector(`#${id} .legend-column`)?.innerText === "label"
            && !document.getElementById(id).innerText.includes(" / ")""",
        arg=ids.MAP_LEGEND,
    )
    settle(page)
    yield page
    told, wrong[:] = list(wrong), []
    assert not told


def color_by(page, column):
    field = page.locator(f"#{ids.COLOR}")
    field.click()
    field.fill(column)
    page.get_by_role("option", name=column, exact=True).click()
    page.wait_for_function(
        """([id, column]) => document.querySelector(`#${id} .legend-title`)?.title
            .startsWith(column)""",
        arg=[ids.MAP_LEGEND, column],
    )
    settle(page)


def toggles(page):
    return page.locator(f"#{ids.MAP_LEGEND} .legend-toggle")


def entry(page, name):
    return toggles(page).filter(has_text=name)


def wait_for_pressed(page, expected):
    page.wait_for_function(
        """([id, expected]) => {
            const buttons = [...document.querySelectorAll(`#${id} .legend-toggle`)];
            const pressed = buttons.map((button) => button.getAttribute("aria-pressed") === "true");
            return JSON.stringify(pressed) === JSON.stringify(expected);
        }""",
        arg=[ids.MAP_LEGEND, expected],
    )


def wait_for_count(page, n):
    page.wait_for_function(
        "([id, text]) => document.getElementById(id).innerText.split(' ')[0] === text",
        arg=[ids.SELECTION_COUNT, f"{n:,}"],
    )
    settle(page)


def asked_of_map(page, act):
    """What the points of the map are asked with after an action, as a dict."""
    with page.expect_request(lambda request: "/map/points?" in request.url) as request:
        act()
    address = request.value.url.partition("?")[2]
    return dict(pair.partition("=")[::2] for pair in address.split("&"))


def test_a_click_hides_a_class_on_the_map_and_another_shows_it(page):
    n = toggles(page).count()
    assert n >= 3
    asked = asked_of_map(page, lambda: toggles(page).nth(1).click())
    assert asked["hidden"] == "1"
    wait_for_pressed(page, [number != 1 for number in range(n)])
    struck = page.locator(f"#{ids.MAP_LEGEND} .legend-entry.off .legend-name")
    assert "line-through" in struck.evaluate("e => getComputedStyle(e).textDecorationLine")
    toggles(page).nth(1).press("Enter")
    wait_for_pressed(page, [True] * n)
    settle(page)


def test_a_double_click_isolates_a_class_and_the_next_one_brings_all_back(page):
    n = toggles(page).count()
    toggles(page).nth(2).dblclick()
    wait_for_pressed(page, [number == 2 for number in range(n)])
    toggles(page).nth(2).dblclick()
    wait_for_pressed(page, [True] * n)
    toggles(page).nth(0).click(modifiers=["Shift"])
    wait_for_pressed(page, [number == 0 for number in range(n)])
    page.get_by_role("button", name="Show all", exact=True).click()
    wait_for_pressed(page, [True] * n)
    settle(page)


def test_what_is_hidden_is_shown_again_under_another_column(page):
    toggles(page).nth(1).click()
    settle(page)
    color_by(page, "split")
    wait_for_pressed(page, [True] * toggles(page).count())
    color_by(page, "label")
    wait_for_pressed(page, [True] * toggles(page).count())


def test_a_class_is_selected_from_the_legend_and_counts_say_so(page, collection):
    labels = collection.catalog["label"].value_counts()
    first, second = labels.index[:2]
    page.get_by_role("button", name=f"Select all of {first}").click()
    wait_for_count(page, labels[first])
    assert f"{labels[first]} / {labels[first]}" in entry(page, first).inner_text()
    assert f"0 / {labels[second]}" in entry(page, second).inner_text()
    page.get_by_role("button", name=f"Select all of {second}").click(modifiers=["Control"])
    wait_for_count(page, labels[first] + labels[second])


def test_a_class_among_hundreds_is_searched_and_gets_a_color(page):
    color_by(page, "class")
    assert entry(page, "other (289 classes)").count() == 1
    page.get_by_role("button", name="Search the other classes").click()
    field = page.locator(f"#{ids.COLOR_CLASSES}")
    field.fill("277")
    page.get_by_role("option", name="class 277", exact=True).click()
    page.wait_for_function(
        "(id) => document.getElementById(id).innerText.includes('class 277')", arg=ids.MAP_LEGEND
    )
    assert entry(page, "other (289 classes)").count() == 1
    n_offered = page.locator("[role=option]").filter(has_text="class ").count()
    assert n_offered < 60  # of 300
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    settle(page)


def bar_of(page):
    page.wait_for_selector(".color-scale[data-edges]")
    return page.locator(".color-scale").bounding_box()


def drag_on_bar(page, start, stop, *keys):
    """Drag over a part of the color bar, as shares of its width."""
    box = bar_of(page)
    for key in keys:
        page.keyboard.down(key)
    page.mouse.move(box["x"] + start * box["width"], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + (start + stop) / 2 * box["width"], box["y"] + 20)
    page.mouse.move(box["x"] + stop * box["width"], box["y"] + 20)
    page.mouse.up()
    for key in keys:
        page.keyboard.up(key)


def test_a_drag_on_the_color_bar_cuts_the_selection_and_a_double_click_takes_it_back(
    page, collection
):
    color_by(page, "redshift")
    edges = json.loads(page.locator(".color-scale").get_attribute("data-edges"))
    drag_on_bar(page, 0.255, 0.745)
    values = collection.catalog["redshift"].to_numpy()
    n_inside = int(((values >= edges[16]) & (values <= edges[48])).sum())
    wait_for_count(page, n_inside)
    page.wait_for_selector(".color-scale.is-cut")
    shade = page.locator(".cut-shade").first.bounding_box()
    assert shade["width"] == pytest.approx(0.25 * bar_of(page)["width"], abs=2)
    box = bar_of(page)
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + 20)
    wait_for_count(page, N)
    page.wait_for_selector(".color-scale:not(.is-cut)")


def test_a_drag_with_shift_spreads_the_colors_over_the_range(page):
    color_by(page, "redshift")
    edges = json.loads(page.locator(".color-scale").get_attribute("data-edges"))
    drag_on_bar(page, 0.255, 0.745, "Shift")
    page.wait_for_function(
        """(low) => {
            const edges = JSON.parse(document.querySelector(".color-scale").dataset.edges);
            return Math.abs(edges[0] / low - 1) < 1e-4;
        }""",
        arg=edges[16],
    )
    settle(page)
    assert count(page) == N
    assert "range as set" in page.locator(f"#{ids.MAP_LEGEND}").inner_text()


def test_a_rank_is_cut_on_the_bar_under_its_checkpoint(page):
    color_by(page, "anomaly rank")
    drag_on_bar(page, 0.002, 0.24)
    wait_for_count(page, 150)


def test_missing_numbers_are_counted_and_can_be_hidden_and_selected(page):
    color_by(page, "partly")
    assert (
        "missing" in entry(page, "missing").inner_text()
        and "90" in entry(page, "missing").inner_text()
    )
    asked = asked_of_map(page, lambda: entry(page, "missing").click())
    assert asked["hidden"] == "64"
    settle(page)
    page.get_by_role("button", name="Select all of missing").click()
    wait_for_count(page, 90)


def test_the_scale_of_the_colors_is_chosen(page):
    color_by(page, "redshift")
    page.locator(f"#{ids.COLOR_SETTINGS}").click()
    page.locator(f"#{ids.COLOR_SCALE}").get_by_text("quantile").click()
    page.wait_for_function(
        "(id) => document.getElementById(id).innerText.includes('quantile')", arg=ids.MAP_LEGEND
    )
    page.keyboard.press("Escape")
    settle(page)


def test_a_column_of_lists_says_that_it_has_no_color(page, opened):
    field = page.locator(f"#{ids.COLOR}")
    field.click()
    field.fill("list")
    page.get_by_role("option", name="list", exact=True).click()
    page.wait_for_selector(f"#{ids.MAP_LEGEND}.of-message")
    assert "list" in page.locator(f"#{ids.MAP_LEGEND}").inner_text()
    settle(page)
    opened[1][:] = [said for said in opened[1] if "400" not in said]  # nor has the map


def test_clusters_and_no_column_color_the_map(page):
    color_by(page, "cluster (k-means)")
    assert entry(page, "cluster 1").count() >= 1
    color_by(page, "density of points")
    assert toggles(page).count() == 0


def test_the_legend_has_one_height_whatever_it_lists(page):
    def height():
        return page.locator(f"#{ids.MAP_LEGEND}").bounding_box()["height"]

    before = height()
    for column in ("class", "redshift", "density of points"):
        color_by(page, column)
        assert height() == before


def show_examples(page):
    page.get_by_role("tab", name="Examples").click()
    page.wait_for_selector(".example-class .thumbnail")
    settle(page)


def test_examples_of_every_class_are_shown_and_inspected(page, collection):
    show_examples(page)
    labels = collection.catalog["label"].value_counts()
    columns = page.locator(".example-class")
    assert columns.count() == len(labels)
    for name, n in labels.items():
        column = columns.filter(has_text=name)
        assert f"{n}" in column.inner_text()
        for row in column.locator(".thumbnail").evaluate_all("all => all.map(e => e.dataset.row)"):
            assert collection.catalog["label"].iat[int(row)] == name
    first = page.locator(".example-class .thumbnail").first
    object_id = collection.catalog["object_id"].iat[int(first.get_attribute("data-row"))]
    first.click()
    page.wait_for_function(
        "([id, text]) => document.getElementById(id).innerText.includes(text)",
        arg=[ids.INSPECTOR, object_id],
    )


def test_examples_follow_kind_column_and_selection(page, collection):
    show_examples(page)

    def rows():
        return page.locator(".example-class .thumbnail").evaluate_all(
            "all => all.map(e => Number(e.dataset.row))"
        )

    typical = rows()
    page.locator(f"#{ids.EXAMPLES_KIND}").get_by_text("odd").click()
    page.wait_for_function(
        "(id) => document.getElementById(id).innerText.includes('lowest')", arg=ids.EXAMPLES_CAPTION
    )
    assert rows() != typical
    page.get_by_text("selected only").click()
    page.wait_for_function(
        "(id) => document.getElementById(id).innerText.includes('Nothing is selected')",
        arg=ids.EXAMPLES,
    )
    first = collection.catalog["label"].value_counts().index[0]
    page.get_by_role("button", name=f"Select all of {first}").click()
    page.wait_for_selector(".example-class .thumbnail")
    settle(page)
    assert set(collection.catalog["label"].iloc[rows()]) == {first}


def test_examples_fill_the_height_that_they_are_given(page):
    show_examples(page)
    one = page.locator(".example-class").first.locator(".thumbnail")
    before = one.count()
    page.locator("[data-panel=shelf] .panel-button.maximise").first.click()
    page.wait_for_function(
        """(before) => document.querySelectorAll(".example-class:first-child .thumbnail").length
            > before""",
        arg=before,
    )
    settle(page)
    box = page.locator(f"#{ids.EXAMPLES}").bounding_box()
    last = one.last.bounding_box()
    page.locator("[data-panel=shelf] .panel-button.maximise").first.click()
    assert last["y"] + last["height"] <= box["y"] + box["height"] + 1
