"""The structure lab as a user meets it, in Chromium."""

from itertools import combinations

import pytest

from dashboard import ids

MAP_DRAWN = ".map-frame[data-state=drawn]"
NUMBERS = f"#{ids.LAB_NUMBERS} .lab-number"
PANELS = ".view-lab .panel, .view-lab .lab-numbers"
CUT_OFF = """() => [...document.querySelectorAll(".lab-number strong, .lab-number div")]
    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"""
# Notes how many pictures the lab has asked for, and how many at once at most.
COUNT_ASKED = """() => {
    const pictures = (window.pictures = { asked: 0, pending: 0, most: 0, last: null });
    const fetched = window.fetch;
    window.fetch = (...request) => {
        const body = String(request[1]?.body);
        if (!body.includes("lab-scatter.figure")) return fetched(...request);
        pictures.asked += 1;
        pictures.last = JSON.parse(body).inputs[0].value;
        pictures.most = Math.max(pictures.most, ++pictures.pending);
        return fetched(...request).finally(() => { pictures.pending -= 1; });
    };
}"""


SIZES = [(1440, 900), (1024, 768), (600, 900)]


def overlap(a, b):
    is_beside = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
    is_above = a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
    return not (is_beside or is_above)


@pytest.fixture
def lab(open_page):
    """The lab, shown and answered; few points, since this is no test of speed."""
    page = open_page("/lab")
    page.wait_for_selector(NUMBERS)
    page.get_by_role("slider", name="Points").press("Home")
    wait_for_number(page, "n = 200")
    page.evaluate(COUNT_ASKED)
    return page


def wait_for_number(page, text):
    page.locator(f"#{ids.LAB_NUMBERS}", has_text=text).wait_for()


def score(page):
    return float(page.locator(f"{NUMBERS} strong").first.inner_text().split(" ")[0])


def value(page, name):
    return page.locator(f"[data-lab-value={name}]").inner_text()


def wait_for_answers(page):
    """Wait until the newest question is answered and drawn."""
    page.wait_for_function(
        """() => {
            const asked = window.pictures, shown = document.querySelectorAll("[data-lab-value]");
            if (asked.pending || !asked.last) return false;
            return [...shown].every(s => parseFloat(s.textContent.replace(",", ""))
                .toFixed(1) === Number(asked.last[s.dataset.labValue]).toFixed(1));
        }"""
    )
    page.wait_for_timeout(300)


def view(page):
    return page.evaluate("document.documentElement.dataset.view")


def test_views_have_addresses_that_back_forward_and_reload_keep(open_page):
    page = open_page("/")
    page.wait_for_selector(MAP_DRAWN)
    assert view(page) == "galaxies" and page.locator(f"#{ids.CHECKPOINT}").is_visible()
    page.locator(f"#{ids.TO_LAB}").click()
    page.wait_for_selector(NUMBERS)
    assert page.url.endswith("/lab") and page.title().startswith("Structure lab")
    assert page.locator(f"#{ids.TO_LAB}").get_attribute("aria-current") == "page"
    assert not page.locator(f"#{ids.CHECKPOINT}").is_visible()
    assert not page.locator(f"#{ids.MAP}").is_visible()
    page.go_back()
    page.wait_for_selector(MAP_DRAWN)
    assert view(page) == "galaxies" and not page.title().startswith("Structure lab")
    page.go_forward()
    page.wait_for_selector(NUMBERS)
    page.reload()
    page.wait_for_selector(NUMBERS)
    assert view(page) == "lab"


def test_a_map_first_drawn_in_hiding_has_its_full_size_when_shown(lab):
    lab.locator(f"#{ids.TO_GALAXIES}").click()
    lab.wait_for_selector(MAP_DRAWN)
    lab.wait_for_function(
        """id => {
            const plot = document.querySelector(`#${id} .js-plotly-plot`);
            const { width, height } = plot.getBoundingClientRect();
            const drawn = plot._fullLayout;
            return Math.abs(drawn.width - width) < 2 && Math.abs(drawn.height - height) < 2;
        }""",
        arg=ids.MAP,
    )
    assert lab.locator(f"#{ids.MAP}").bounding_box()["width"] > 600


def test_selection_galaxy_and_zoom_survive_a_visit_to_the_lab(open_page, collection):
    page = open_page("/")
    page.wait_for_selector(MAP_DRAWN)
    page.locator(f"#{ids.ANOMALIES} .thumbnail").nth(
        1
    ).click()  # inspected, and the map moves to it
    page.wait_for_selector(f"#{ids.INSPECTOR} dd")
    x, y = collection.projection(collection.checkpoints[-1]).T
    half = {"op": "set", "kind": "box", "checkpoint": collection.checkpoints[-1]}
    half |= {"x": [float(x.min()), float((x.min() + x.max()) / 2)]}
    half |= {"y": [float(y.min()), float(y.max())]}
    page.evaluate(
        "([id, data]) => window.dash_clientside.set_props(id, { data })",
        [ids.SELECTION, {"steps": [half]}],
    )
    page.wait_for_function(
        "id => document.getElementById(id).innerText.includes(' of ')", arg=ids.SELECTION_COUNT
    )

    def state():
        chosen = page.locator(f"#{ids.SELECTION_COUNT}").inner_text()
        galaxy = page.locator(f"#{ids.INSPECTOR} dd").first.inner_text()
        zoom = page.evaluate(
            "id => document.querySelector(`#${id} .js-plotly-plot`)._fullLayout.xaxis.range",
            ids.MAP,
        )
        return chosen, galaxy, [round(limit, 2) for limit in zoom]

    page.wait_for_timeout(1000)
    before = state()
    page.locator(f"#{ids.TO_LAB}").click()
    page.wait_for_selector(NUMBERS)
    page.keyboard.press("Escape")  # on the map it would clear the selection
    page.keyboard.press("b")
    page.locator(f"#{ids.TO_GALAXIES}").click()
    page.wait_for_selector(MAP_DRAWN)
    page.wait_for_timeout(1000)
    assert state() == before
    assert page.locator(f"#{ids.DRAG_MODE} input:checked").get_attribute("value") == "lasso"


def test_arrow_keys_move_a_slider_and_all_follows(lab):
    before = score(lab)
    slider = lab.get_by_role("slider", name="Separation")
    slider.press("Home")
    for _ in range(3):
        slider.press("ArrowRight")
    lab.locator("[data-lab-value=separation]", has_text="0.3 σ").wait_for()
    wait_for_answers(lab)
    assert abs(score(lab)) < before
    outline = slider.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline == "solid"
    lab.locator(f"#{ids.LAB_RESET}").click()
    wait_for_answers(lab)
    assert value(lab, "separation") == "5.0 σ" and value(lab, "n_points") == "1,200"


def test_while_a_slider_is_dragged_one_picture_is_asked_for_at_a_time(lab):
    box = lab.get_by_role("slider", name="Separation").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lab.mouse.move(x, y)
    lab.mouse.down()
    for step in range(60):
        lab.mouse.move(x + 1.5 * step, y)
        lab.wait_for_timeout(15)
    lab.mouse.up()
    wait_for_answers(lab)
    pictures = lab.evaluate("window.pictures")
    assert pictures["most"] == 1 and 2 <= pictures["asked"] < 40
    assert value(lab, "separation") == f"{pictures['last']['separation']:.1f} σ"


def test_a_new_draw_and_another_shape_change_the_picture(lab):
    before = lab.locator(f"#{ids.LAB_NUMBERS}").inner_text()
    lab.locator(f"#{ids.LAB_SEED}").click()
    wait_for_answers(lab)
    after = lab.locator(f"#{ids.LAB_NUMBERS}").inner_text()
    assert after != before
    lab.get_by_text("Shells", exact=True).click()
    lab.wait_for_function(
        "([id, old]) => document.getElementById(id).innerText !== old", arg=[ids.LAB_NUMBERS, after]
    )


def test_a_sweep_draws_the_score_against_every_metric_and_can_be_cancelled(lab):
    run = lab.locator(f"#{ids.LAB_RUN}")
    points = lab.get_by_role("slider", name="Points")
    points.press("End")  # long enough to be cancelled on any machine
    wait_for_answers(lab)
    run.click()
    lab.wait_for_selector(f"#{ids.LAB_BAR} progress")
    lab.locator(f"#{ids.LAB_BAR} .job-cancel").click()
    lab.wait_for_selector(f"#{ids.LAB_BAR}[data-state=cancelled]", state="attached")
    points.press("Home")
    wait_for_answers(lab)
    run.click()
    lab.wait_for_selector(f"#{ids.LAB_BAR}[data-state=done]", state="attached")
    lab.locator(f"#{ids.LAB_RUN_TEXT}", has_text="12 of 12 values").wait_for()
    ranks = lab.locator(".lab-rank", has_text="n = 12")
    ranks.nth(4).wait_for()
    assert lab.locator(".lab-run .js-plotly-plot").count() == 6
    said = ranks.first.inner_text()
    assert "ρ = " in said and "p = " in said and "by chance" in said
    for width, height in SIZES:
        lab.set_viewport_size({"width": width, "height": height})
        lab.wait_for_timeout(500)
        parts = lab.locator(".lab-run .lab-graph, .lab-run .lab-rank").all()
        assert not any(overlap(a, b) for a, b in combinations([p.bounding_box() for p in parts], 2))


def test_simulation_a_is_run_again_under_the_published_rings(lab):
    lab.get_by_text("Simulation A", exact=True).first.click()
    wait_for_number(lab, "n = 4,000")
    assert not lab.get_by_role("slider", name="Separation").is_visible()
    lab.get_by_role("slider", name="Variance").press("ArrowRight")
    lab.locator("[data-lab-value=variance]", has_text="410").wait_for()
    lab.wait_for_selector(f"#{ids.LAB_BAR}[data-state=done]", state="attached")
    lab.locator(f"#{ids.LAB_RUN_TEXT}", has_text="five digits in 6 of 6").wait_for()
    rings = lab.evaluate(
        """() => [...document.querySelectorAll(".lab-run .js-plotly-plot")].flatMap(plot =>
            plot.data.filter(t => t.marker?.symbol === "circle-open").map(t => t.x.length ?? 6))"""
    )
    assert len(rings) == 2


def test_no_panel_overlaps_another_or_leaves_the_window_and_no_number_is_cut_off(lab):
    for width, height in SIZES:
        lab.set_viewport_size({"width": width, "height": height})
        lab.wait_for_timeout(500)
        boxes = [panel.bounding_box() for panel in lab.locator(PANELS).all()]
        assert len(boxes) == 5
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
        assert not any(overlap(a, b) for a, b in combinations(boxes, 2))
        page = lab.evaluate("document.documentElement.scrollHeight")
        assert width < 1440 or page <= height
        assert lab.evaluate("document.documentElement.scrollWidth") <= width
        assert lab.evaluate(CUT_OFF) == []
