"""The page as a user meets it, in Chromium."""

import re

import numpy as np
import pytest

from dashboard import ids
from tests.browsing import compare, count, inspected_id, lasso, pixels, settle, spread_out


def test_the_first_view_has_everything_and_does_not_scroll(page, collection):
    assert count(page) == collection.n_galaxies
    assert page.locator(f"#{ids.ANOMALIES} .thumbnail").count() >= 4  # as many as there is room for
    assert page.locator(".map-mark.cutout").count() > 3
    assert "all galaxies" in page.locator(f"#{ids.CORRELATION_NUMBERS}").inner_text()
    height, width = page.evaluate(
        "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    )
    assert height <= 900 and width <= 1440


def test_every_picture_is_loaded(page):
    broken = page.evaluate(
        """[...document.images].filter(i => i.getAttribute("src"))
            .filter(i => !(i.complete && i.naturalWidth)).map(i => i.src)"""
    )
    assert broken == []


@pytest.mark.parametrize("width", [1024, 700])
def test_a_narrow_window_has_no_sideways_scroll(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(f"#{ids.MAP}").bounding_box()["width"] > width * 0.5


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)])
def test_two_curves_have_their_numbers_inside_the_panel(page, collection, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    compare(page, collection.checkpoints[0])
    panel = page.locator(".panel-correlation").bounding_box()
    for cell in page.locator(f"#{ids.CORRELATION_NUMBERS} :is(th, td)").all():
        box = cell.bounding_box()
        if box and box["width"]:
            assert box["x"] + box["width"] <= panel["x"] + panel["width"]
            assert box["y"] + box["height"] <= panel["y"] + panel["height"]


def test_the_same_checkpoint_beside_itself_has_its_curve(page, collection):
    compare(page, collection.checkpoints[-1])
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 70)
    assert page.locator(f"#{ids.CORRELATION_NUMBERS} thead .line").count() == 2


def test_too_small_a_selection_says_why_there_is_no_curve(page, collection):
    first, second = spread_out(collection)
    lasso(page, pixels(page, collection, second), 6)
    assert "at least" in page.locator(f"#{ids.CORRELATION_NUMBERS} .message").inner_text()


def test_an_anomaly_is_inspected_and_centred(page, collection):
    candidate = page.locator(f"#{ids.ANOMALIES} .thumbnail").nth(1)
    row = int(candidate.get_attribute("data-row"))
    density = collection.density(collection.checkpoints[-1])["log_density"]
    assert row == np.argsort(density, kind="stable")[1]
    candidate.click()
    settle(page)
    assert inspected_id(page) == collection.catalog["object_id"].iat[row]
    box = page.locator(f"#{ids.MAP}").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    np.testing.assert_allclose(pixels(page, collection, row), middle, atol=12)


def test_candidates_turn_pages(page):
    n = page.locator(f"#{ids.ANOMALIES} .thumbnail").count()
    page.locator(f"#{ids.ANOMALY_NEXT}").click()
    settle(page)
    assert page.locator(f"#{ids.ANOMALY_CAPTION}").inner_text().startswith(f"{n + 1}–{2 * n} of")
    assert page.locator(f"#{ids.ANOMALIES} .caption").first.inner_text().startswith(f"#{n + 1}")


def test_coloring_by_a_number_shows_its_range(page):
    page.locator(f"#{ids.COLOR}").click()
    page.get_by_role("option", name="redshift").click()
    settle(page)
    assert "percentile" in page.locator(f"#{ids.MAP_LEGEND}").inner_text()


def test_checkpoints_are_compared_in_a_table(page, collection):
    page.get_by_role("tab", name="Checkpoints").click()
    rows = page.locator(".checkpoint-table tbody tr")
    assert rows.count() == len(collection.checkpoints)
    assert "±" in rows.first.inner_text()


# ---- the curve ----


def brush(page, start, end):
    """Drag over the curve, from one separation in RMS separations to another."""
    page.locator(f"#{ids.CORRELATION}").scroll_into_view_if_needed()
    box = page.evaluate(
        """([start, end]) => {
            const plot = document.querySelector("#correlation .js-plotly-plot");
            const box = plot.getBoundingClientRect();
            const { xaxis, yaxis } = plot._fullLayout;
            const x = (r) => box.left + xaxis._offset + xaxis.l2p(r);
            return [x(start), x(end), box.top + yaxis._offset + yaxis._length / 2];
        }""",
        [start, end],
    )
    page.mouse.move(box[0], box[2])
    page.mouse.down()
    page.mouse.move((box[0] + box[1]) / 2, box[2])
    page.mouse.move(box[1], box[2])
    page.mouse.up()
    settle(page)


def brushed(page):
    """What is told of the brushed range; "" without one."""
    return page.locator(f"#{ids.BRUSH_TEXT}").inner_text()


def legend(page):
    return page.locator(f"#{ids.MAP_LEGEND}").inner_text()


def curve_names(page):
    return page.locator(f"#{ids.CORRELATION_NUMBERS} .curve-name").all_inner_texts()


def settings(page):
    page.locator(".settings-line").click()
    page.get_by_label("Components k").wait_for()


def also_show(page, *names):
    page.get_by_role("button", name="Also show").click()
    for name in names:
        page.get_by_role("checkbox", name=name, exact=True).check()
    page.get_by_role("button", name="Also show").click()
    settle(page)


def test_a_stroke_over_the_curve_lights_up_galaxies_and_ranks_them(page, collection):
    classes, ranking = legend(page), page.locator(f"#{ids.ANOMALY_RANKING}").input_value()
    brush(page, 0.32, 0.53)
    assert brushed(page).startswith("r = 0.3–0.55 RMS")  # whole bins of 0.05
    assert f"excess of neighbors at r = 0.3–0.55 RMS, n = {collection.n_galaxies}" in legend(page)
    assert page.locator(".brush-strip").is_visible()
    shown = page.locator(f"#{ids.ANOMALIES} .caption").all_inner_texts()
    excess = [float(text.split()[1]) for text in shown]
    assert excess == sorted(excess, reverse=True) and excess[0] > 0
    page.keyboard.press("Escape")
    settle(page)
    assert brushed(page) == "" and legend(page) == classes
    assert page.locator(f"#{ids.ANOMALY_RANKING}").input_value() == ranking
    assert not page.locator(".brush-strip").is_visible()


def test_escape_takes_back_the_brush_and_then_the_selection(page, collection):
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 150)
    n_selected = count(page)
    brush(page, 0.4, 1.0)
    assert f"n = {n_selected}" in legend(page)
    page.keyboard.press("Escape")
    settle(page)
    assert brushed(page) == "" and count(page) == n_selected
    page.keyboard.press("Escape")
    settle(page)
    assert count(page) == collection.n_galaxies


def test_a_double_click_on_the_curve_clears_the_brush(page):
    brush(page, 0.4, 1.0)
    box = page.locator(f"#{ids.CORRELATION}").bounding_box()
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    settle(page)
    assert brushed(page) == ""


def test_the_forced_dip_is_explained_where_it_is_seen(page):
    dip = page.locator(f"#{ids.CORRELATION} .annotation-text", has_text="forced dip")
    box = dip.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    told = page.locator(f"#{ids.CORRELATION} .hoverlayer", has_text="same in both")
    told.wait_for()


def test_a_click_on_the_curve_brushes_nothing(page):
    brush(page, 0.5, 0.5)
    assert brushed(page) == "" and "excess" not in legend(page)


def test_the_galaxies_that_make_a_bump_are_selected(page, collection):
    bump = page.locator(f"#{ids.CORRELATION_BUMPS} .bump").first
    bump.get_by_role("button").first.click()
    settle(page)
    assert "RMS" in brushed(page)
    bump.get_by_role("button", name="Select what makes the bump").click()
    settle(page)
    assert 0 < count(page) < collection.n_galaxies
    assert brushed(page) == ""


def test_a_preset_sets_the_controls_and_a_changed_one_is_custom(page):
    settings(page)
    page.locator(f"#{ids.PRESET}").click()
    page.get_by_role("option", name="Author").click()
    settle(page)
    assert "99 linear bins to 2 P70" in page.locator(f"#{ids.MEASURE_TEXT}").inner_text()
    assert page.get_by_label("Bins", exact=True).input_value() == "99"
    page.get_by_label("Bins", exact=True).fill("25")
    page.get_by_label("Bins", exact=True).press("Tab")
    page.wait_for_function(
        f"document.getElementById('{ids.MEASURE_TEXT}').textContent.includes('25 linear')"
    )
    settle(page)
    assert page.locator(f"#{ids.PRESET}").input_value() == "Custom"
    assert "of 25" in page.locator(f"#{ids.CORRELATION_NUMBERS}").inner_text()


def test_a_refused_value_says_why_and_leaves_the_curve(page):
    before = page.locator(f"#{ids.CORRELATION_NUMBERS}").inner_text()
    settings(page)
    page.get_by_label("To", exact=True).fill("0")
    page.get_by_label("To", exact=True).press("Tab")
    page.locator(f"#{ids.MEASURE_REFUSED}:not(:empty)").wait_for()
    assert "above 0" in page.locator(f"#{ids.MEASURE_REFUSED}").inner_text()
    settle(page)
    assert page.locator(f"#{ids.CORRELATION_NUMBERS}").inner_text() == before


def test_a_pinned_selection_is_shown_beside_the_next(page, collection):
    first, second = spread_out(collection)
    assert page.locator(f"#{ids.PIN}").is_disabled()
    lasso(page, pixels(page, collection, first), 150)
    page.locator(f"#{ids.PIN}").click()
    settle(page)
    assert page.locator(f"#{ids.PIN}").inner_text() == "Unpin"
    lasso(page, pixels(page, collection, second), 150)
    also_show(page, "Complement", "Selection × pinned")
    named = {name.partition(",")[0] for name in curve_names(page)}  # without their k
    assert {"pinned selection", "complement", "selection × pinned"} <= named


def test_what_there_is_no_curve_of_is_told(page):
    also_show(page, "Complement")
    assert "nothing is selected" in page.locator(f"#{ids.CORRELATION_NUMBERS}").inner_text()


def test_more_than_chance_has_a_rank_and_says_what_it_is_not(page, collection):
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 100)
    page.get_by_role("button", name="More than chance?").click()
    page.get_by_role("menuitem", name="Any structure?").click()
    page.locator(f"#{ids.CHANCE_TEXT}:not(:empty)").wait_for()
    told = page.locator(f"#{ids.CHANCE_TEXT}").inner_text()
    assert re.search("p [=≤] 0[.]", told) and "B = 999" in told and "drawn on the same data" in told


def test_the_score_against_k_is_measured_when_its_tab_is_opened(page, collection):
    page.get_by_role("tab", name="Score vs k").click()
    page.locator(f"#{ids.SWEEP_TEXT}:not(:empty)").wait_for()
    assert f"n = {collection.n_galaxies}" in page.locator(f"#{ids.SWEEP_TEXT}").inner_text()
    assert page.locator(f"#{ids.SWEEP} .scatterlayer .trace").count() == 2


def test_the_curve_is_saved_with_what_repeats_it(page, collection):
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 150)
    with page.expect_download() as saved:
        page.locator(f"#{ids.EXPORT}").click()
    with open(saved.value.path()) as file:
        lines = file.read().splitlines()
    assert saved.value.suggested_filename.endswith(".csv")
    assert any(line == f"# n: {count(page)}" for line in lines)
    assert len([line for line in lines if not line.startswith("#")]) == 41


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (600, 900)])
def test_nothing_of_the_panel_is_outside_of_it_or_over_the_curve(page, collection, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    settle(page)
    if size[0] < 700:
        page.get_by_role("button", name="Curve", exact=True).click()
        settle(page)
    brush(page, 0.4, 1.0)
    panel = page.locator(".panel-correlation").bounding_box()
    rows = (".curve-frame", ".bumps", ".brush-line", ".numbers", ".curve-actions")
    boxes = [page.locator(f".panel-correlation {row}").first.bounding_box() for row in rows]
    for upper, lower in zip(boxes[:-1], boxes[1:], strict=True):
        assert upper["y"] + upper["height"] <= lower["y"] + 1
    for box in boxes:
        assert box["x"] >= panel["x"]
        assert box["x"] + box["width"] <= panel["x"] + panel["width"]
    assert boxes[-1]["y"] + boxes[-1]["height"] <= panel["y"] + panel["height"]
    assert boxes[0]["height"] >= 110
