"""The page as a user meets it, in Chromium."""

import math

import numpy as np
import pytest

from dashboard import ids

# A point of the map in pixels of the window, as plotly has drawn it.
TO_PIXELS = """([id, x, y]) => {
    const plot = document.querySelector(`#${id} .js-plotly-plot`);
    const box = plot.getBoundingClientRect();
    const { xaxis, yaxis } = plot._fullLayout;
    return [box.left + xaxis._offset + xaxis.l2p(x), box.top + yaxis._offset + yaxis.l2p(y)];
}"""


@pytest.fixture
def page(open_page):
    """The page, loaded; what went wrong on it is checked at the end of every test."""
    opened = open_page("/")
    settle(opened)
    return opened


def settle(page):
    """Wait until the maps are drawn and the page has asked for nothing for a while."""
    page.wait_for_selector("#map .js-plotly-plot canvas")
    page.evaluate("window.asked.last = performance.now()")
    page.wait_for_function(
        "window.asked.pending === 0 && performance.now() - window.asked.last > 500"
    )


def pixels(page, collection, row, graph=ids.MAP, checkpoint=None):
    """Where a galaxy is on the screen."""
    positions, _ = collection.map_positions(checkpoint or collection.checkpoints[-1])
    return page.evaluate(TO_PIXELS, [graph, *map(float, positions[row])])


def lasso(page, center, radius, *keys, graph=ids.MAP):
    """Draw a circle on a map with the mouse, some keys held, beginning towards its middle."""
    box = page.locator(f"#{graph}").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    start = math.atan2(middle[1] - center[1], middle[0] - center[0])
    angles = [start + 2 * math.pi * step / 25 for step in range(26)]
    circle = [(center[0] + radius * math.cos(a), center[1] + radius * math.sin(a)) for a in angles]
    for key in keys:
        page.keyboard.down(key)
    page.mouse.move(*circle[0])
    page.mouse.down()
    for place in circle[1:]:
        page.mouse.move(*place)
    page.mouse.up()
    for key in keys:
        page.keyboard.up(key)
    settle(page)


def count(page):
    """How many galaxies the page says are selected."""
    return int(page.locator(f"#{ids.SELECTION_COUNT}").inner_text().split()[0].replace(",", ""))


def inspected_id(page):
    return page.locator(f"#{ids.INSPECTOR} dd").first.inner_text()


def hide_cutouts(page):
    page.locator(f"label[for={ids.SHOW_CUTOUTS}]").last.click()
    settle(page)
    assert page.locator(".map-mark.cutout").count() == 0


def spread_out(collection, checkpoint=None):
    """Rows of two galaxies far apart on the map."""
    positions, _ = collection.map_positions(checkpoint or collection.checkpoints[-1])
    first = int(np.argmin(positions @ (1, 1)))
    return first, int(np.argmax(((positions - positions[first]) ** 2).sum(axis=1)))


def test_the_first_view_has_everything_and_does_not_scroll(page, collection):
    assert count(page) == collection.n_galaxies
    assert page.locator(f"#{ids.ANOMALIES} .thumbnail").count() == 10
    assert page.locator(".map-mark.cutout").count() > 3
    assert "all galaxies" in page.locator(f"#{ids.CORRELATION_NUMBERS}").inner_text()
    height, width = page.evaluate(
        "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    )
    assert height <= 900 and width <= 1440


def test_every_picture_is_loaded(page):
    broken = page.evaluate(
        "[...document.images].filter(i => !(i.complete && i.naturalWidth)).map(i => i.src)"
    )
    assert broken == []


@pytest.mark.parametrize("width", [1024, 700])
def test_a_narrow_window_has_no_sideways_scroll(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(f"#{ids.MAP}").bounding_box()["width"] > width * 0.5


def test_a_lasso_selects_counts_and_measures(page, collection):
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 150)
    n_selected = count(page)
    assert 0 < n_selected < collection.n_galaxies
    said = page.locator(f"#{ids.CORRELATION_NUMBERS}").inner_text()
    assert f"{n_selected:,}" in said
    assert "/" in page.locator(f"#{ids.MAP_LEGEND}").inner_text()


def test_keys_add_remove_and_clear(page, collection):
    first, second = spread_out(collection)
    lasso(page, pixels(page, collection, first), 60)
    n_first = count(page)
    lasso(page, pixels(page, collection, second), 60, "Control")
    n_both = count(page)
    assert n_both > n_first > 0
    lasso(page, pixels(page, collection, first), 60, "Alt")
    assert count(page) == n_both - n_first
    page.keyboard.press("Escape")
    settle(page)
    assert count(page) == collection.n_galaxies
    assert "galaxies" in page.locator(f"#{ids.SELECTION_COUNT}").inner_text()


def test_a_box_selects_what_is_in_it(page, collection):
    page.keyboard.press("b")
    settle(page)
    first, _ = spread_out(collection)
    x, y = pixels(page, collection, first)
    page.mouse.move(x - 25, y - 25)
    page.mouse.down()
    page.mouse.move(x + 25, y + 25, steps=5)
    page.mouse.up()
    settle(page)
    positions, _ = collection.map_positions(collection.checkpoints[-1])
    on_screen = np.array([pixels(page, collection, row) for row in range(collection.n_galaxies)])
    inside = (np.abs(on_screen - (x, y)) < 25).all(axis=1).sum()
    assert abs(count(page) - inside) <= 2


def test_the_drag_mode_outlives_a_selection(page, collection):
    page.keyboard.press("b")
    settle(page)
    first, second = spread_out(collection)
    for row in (first, second):
        x, y = pixels(page, collection, row)
        page.mouse.move(x - 30, y - 30)
        page.mouse.down()
        page.mouse.move(x + 30, y + 30, steps=5)
        page.mouse.up()
        settle(page)
        assert 0 < count(page) < collection.n_galaxies


def test_a_stroke_that_encloses_nothing_changes_nothing(page, collection):
    box = page.locator(f"#{ids.MAP}").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 100, y)
    page.mouse.down()
    page.mouse.move(x + 100, y, steps=8)
    page.mouse.up()
    settle(page)
    assert count(page) in (0, collection.n_galaxies)
    drawn = page.evaluate("document.querySelector('#map .js-plotly-plot').data.length")
    assert drawn > 2


def test_a_centred_galaxy_stays_centred_through_a_selection(page, collection):
    candidate = page.locator(f"#{ids.ANOMALIES} .thumbnail").first
    row = int(candidate.get_attribute("data-row"))
    candidate.click()
    settle(page)
    before = pixels(page, collection, row)
    lasso(page, before, 60)
    np.testing.assert_allclose(pixels(page, collection, row), before, atol=3)


def test_fit_and_a_double_click_show_the_whole_map_again(page, collection):
    box = page.locator(f"#{ids.MAP}").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    positions, _ = collection.map_positions(collection.checkpoints[-1])
    corners = [int(f(positions[:, axis])) for f in (np.argmin, np.argmax) for axis in (0, 1)]

    def all_in_view():
        places = np.array([pixels(page, collection, row) for row in corners])
        low, high = (box["x"], box["y"]), (box["x"] + box["width"], box["y"] + box["height"])
        return bool(((places > low) & (places < high)).all())

    assert all_in_view()
    for fit in (
        lambda: page.locator(f"#{ids.FIT}").click(),
        lambda: page.mouse.dblclick(box["x"] + 30, box["y"] + 30),
    ):
        page.mouse.move(*middle)
        for _ in range(6):
            page.mouse.wheel(0, -600)
            page.wait_for_timeout(100)
        settle(page)
        assert not all_in_view()
        fit()
        settle(page)
        assert all_in_view()


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)])
def test_two_curves_have_their_numbers_inside_the_panel(page, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.locator(f"#{ids.SECOND}").click()
    page.get_by_role("option").first.click()
    settle(page)
    panel = page.locator(".panel-correlation").bounding_box()
    for cell in page.locator(f"#{ids.CORRELATION_NUMBERS} :is(th, td)").all():
        box = cell.bounding_box()
        if box and box["width"]:
            assert box["x"] + box["width"] <= panel["x"] + panel["width"]
            assert box["y"] + box["height"] <= panel["y"] + panel["height"]


def test_the_same_checkpoint_beside_itself_has_its_curve(page, collection):
    page.locator(f"#{ids.SECOND}").click()
    page.get_by_role("option").last.click()
    settle(page)
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 70)
    assert page.locator(f"#{ids.CORRELATION_NUMBERS} thead .line").count() == 2


def test_too_small_a_selection_says_why_there_is_no_curve(page, collection):
    first, second = spread_out(collection)
    lasso(page, pixels(page, collection, second), 6)
    assert "at least" in page.locator(f"#{ids.CORRELATION_NUMBERS} .message").inner_text()


def test_a_click_inspects_the_galaxy_under_it(page, collection):
    hide_cutouts(page)
    _, row = spread_out(collection)
    page.mouse.click(*pixels(page, collection, row))
    settle(page)
    assert inspected_id(page) == collection.catalog["object_id"].iat[row]
    portrait = page.locator(f"#{ids.INSPECTOR} .portrait img").get_attribute("src")
    assert portrait.endswith(f"/cutouts/{row}")
    assert page.locator("#map ~ .map-overlay .neighbor, .map-overlay .neighbor").count() > 0


def test_hovering_shows_the_picture_of_that_galaxy(page, collection):
    hide_cutouts(page)
    _, row = spread_out(collection)
    x, y = pixels(page, collection, row)
    page.mouse.move(x - 200, y - 10)
    page.mouse.move(x, y, steps=4)
    page.wait_for_selector(".hover-card.shown")
    assert (
        page.locator(".hover-card dd").first.inner_text()
        == collection.catalog["object_id"].iat[row]
    )
    assert page.locator(".hover-card img").get_attribute("src").endswith(f"/cutouts/{row}")


def test_cutouts_on_the_map_stay_at_their_galaxies_through_zoom(page, collection):
    first, _ = spread_out(collection)
    page.mouse.move(*pixels(page, collection, first))
    page.mouse.wheel(0, -400)
    settle(page)
    marks = page.locator(".map-mark.cutout:visible")
    assert marks.count() > 0
    for number in range(min(marks.count(), 6)):
        mark = marks.nth(number)
        row = int(mark.get_attribute("data-mark-row"))
        assert mark.get_attribute("src").endswith(f"/cutouts/{row}")
        box = mark.bounding_box()
        center = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        np.testing.assert_allclose(center, pixels(page, collection, row), atol=2)


def test_a_click_on_a_cutout_inspects_its_galaxy(page, collection):
    mark = page.locator(".map-mark.cutout:visible").first
    row = int(mark.get_attribute("data-mark-row"))
    box = mark.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.8)
    settle(page)
    assert inspected_id(page) == collection.catalog["object_id"].iat[row]


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
    page.locator(f"#{ids.ANOMALY_NEXT}").click()
    settle(page)
    assert page.locator(f"#{ids.ANOMALY_CAPTION}").inner_text().startswith("11–20 of")
    assert page.locator(f"#{ids.ANOMALIES} .caption").first.inner_text().startswith("#11")


def test_a_checkpoint_change_keeps_selection_and_galaxy(page, collection):
    first, second = spread_out(collection)
    lasso(page, pixels(page, collection, first), 120)
    n_selected = count(page)
    page.locator(f"#{ids.ANOMALIES} .thumbnail").first.click()
    settle(page)
    galaxy, near = inspected_id(page), page.locator(".neighbors").inner_text()
    page.locator(f"#{ids.CHECKPOINT} label").first.click()
    settle(page)
    assert count(page) == n_selected
    assert inspected_id(page) == galaxy
    assert page.locator(".neighbors").inner_text() != near
    assert "epoch 0" in page.locator(f"#{ids.MAP_CAPTION}").inner_text()


def test_a_second_map_shows_the_same_selection_under_another_checkpoint(page, collection):
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 150)
    n_selected = count(page)
    page.locator(f"#{ids.SECOND}").click()
    page.get_by_role("option").first.click()
    settle(page)
    assert page.locator(f"#{ids.MAP_SECOND} canvas").first.is_visible()
    numbers = page.locator(f"#{ids.CORRELATION_NUMBERS}").inner_text()
    assert numbers.count(f"{n_selected:,} in") == 2
    drawn = page.evaluate(
        "document.querySelector('#map-second .js-plotly-plot')"
        ".data.map(trace => trace.customdata?.length ?? 0)"
    )
    assert sum(drawn[len(drawn) // 2 :]) == n_selected


def test_a_selection_on_the_second_map_is_of_that_map(page, collection):
    page.locator(f"#{ids.SECOND}").click()
    page.get_by_role("option").first.click()
    settle(page)
    checkpoint = collection.checkpoints[0]
    positions, _ = collection.map_positions(checkpoint)
    row = int(np.argmin(((positions - np.median(positions, axis=0)) ** 2).sum(axis=1)))
    lasso(page, pixels(page, collection, row, ids.MAP_SECOND, checkpoint), 50, graph=ids.MAP_SECOND)
    assert 0 < count(page) < collection.n_galaxies


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


def test_nothing_is_sent_up_but_the_polygon(page, collection):
    sent = []
    page.on("request", lambda asked: sent.append(len(asked.post_data or "")))
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 200)
    assert count(page) > 50
    assert max(sent) < 6_000


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
    named = curve_names(page)
    assert {"pinned selection", "complement", "selection × pinned"} <= set(named)


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
    assert "p = 0." in told and "B = 999" in told and "drawn on the same data" in told


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
