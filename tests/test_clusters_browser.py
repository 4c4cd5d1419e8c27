"""The tab Clusters in Chromium: found, colored by, selected, named, labelled, found again."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from app import create_app
from dashboard import ids
from dashboard.settings import Settings
from data.cluster_names import cluster_names
from data.clusterings import clustering_of
from data.label_ids import labels_of
from data.store import Collection
from tests.browsing import count, settle
from tests.conftest import new_page
from tests.serving import served

SERIOUS = ("serious", "critical")
KEY = "cluster:hdbscan:25"


@pytest.fixture(scope="module")
def own(collection_folder, tmp_path_factory):
    """The collection, with a folder of its own for names and labels."""
    return Collection.open(collection_folder, tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def own_address(own):
    settings = Settings(
        collection=own.name,
        collections=str(own.folder.parent),
        cache="memory",
        kept=str(own.kept.parent),
    )
    with served(create_app(settings).server) as address:
        yield address


@pytest.fixture
def opened(browser, own_address):
    """Opens the page at an address, in a window; what went wrong on it is checked at the end."""
    pages, wrong = [], []

    def open_path(path="/", **window):
        page = new_page(browser, own_address, wrong, **window)
        pages.append(page)
        page.goto(own_address + path)
        settle(page)
        return page

    yield open_path
    for page in pages:
        page.close()
    assert not wrong


def show(page, method="HDBSCAN", number=25):
    """Show the clusters of a method and number."""
    name = method.lower().replace("-", "")
    page.get_by_role("tab", name="Clusters").click()
    page.wait_for_selector(".cluster-open[aria-pressed=true]")
    page.get_by_role("textbox", name="Method of clustering").click()
    page.get_by_role("option", name=method).click()
    field = page.locator(f".for-{name} input")
    field.fill(str(number))
    field.press("Enter")
    page.wait_for_function(
        "(key) => document.querySelector('.cluster-name')?.dataset.key === key",
        arg=f"cluster:{name}:{number}",
    )
    settle(page)


def says(page, place, text):
    page.wait_for_function(
        "([id, text]) => document.getElementById(id).innerText.includes(text)", arg=[place, text]
    )


def faults(page):
    found = Axe().run(page).response["violations"]
    return [
        (fault["id"], node["target"])
        for fault in found
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]


def test_clusters_are_found_colored_by_selected_named_and_found_again(opened, own):
    page = opened()
    show(page)
    found = clustering_of(own, own.checkpoints[-1], KEY)
    says(page, ids.CLUSTERS_CAPTION, f"{found.n_clusters} clusters of 600 galaxies")
    lines = page.locator(".cluster-line[role=group]")
    assert lines.count() == found.n_clusters + 1
    assert lines.last.inner_text().startswith("in no cluster")

    page.get_by_role("button", name="Color the map").click()
    says(page, ids.MAP_LEGEND, f"in no cluster\n{found.n_in_none}")
    assert page.locator(f"#{ids.COLOR}").input_value() == "HDBSCAN, n ≥ 25"
    assert page.get_by_role("button", name="Color the map").get_attribute("aria-pressed") == "true"
    dots = page.locator(".cluster-open .dot, .legend-entry .dot").evaluate_all(
        "all => all.map(each => getComputedStyle(each).backgroundColor)"
    )
    assert dots[: len(dots) // 2] == dots[len(dots) // 2 :]

    page.get_by_role("button", name="Select Cluster 2").click()
    page.wait_for_function("window.morphospace_map.state.selected !== ''")
    settle(page)
    assert count(page) == found.sizes[1]
    page.get_by_role("button", name="Add The galaxies in no cluster").click()
    says(page, ids.SELECTION_COUNT, f"{found.sizes[1] + found.n_in_none} of 600")

    page.locator(".cluster-open").nth(1).click()
    field = page.get_by_label("Name of cluster 2")
    field.fill("the edge-on ones")
    field.press("Enter")
    says(page, ids.CLUSTERS, "2 the edge-on ones")
    says(page, ids.MAP_LEGEND, f"the edge-on ones\n{found.sizes[1]:,}")
    assert cluster_names(own, own.checkpoints[-1], KEY).names == {2: "the edge-on ones"}
    settle(page)

    page.locator("h1").click()
    page.keyboard.press("l")
    link = page.get_by_label("Address of this view")
    link.wait_for()
    other = opened("/?" + link.input_value().partition("?")[2])
    other.wait_for_selector("html[data-linked=restored]")
    says(other, ids.CLUSTERS, "2 the edge-on ones")
    assert other.get_by_label("Name of cluster 2").input_value() == "the edge-on ones"
    assert other.locator(f"#{ids.COLOR}").input_value() == "HDBSCAN, n ≥ 25"
    assert other.locator(f"#{ids.VIEW_TOLD}").inner_text() == ""
    settle(other)


def test_the_map_follows_what_is_listed_until_it_is_colored_otherwise(opened):
    page = opened()
    show(page)
    button = page.get_by_role("button", name="Color the map")
    button.click()
    says(page, ids.MAP_LEGEND, "HDBSCAN, n ≥ 25")
    show(page, "K-Means", 4)
    says(page, ids.MAP_LEGEND, "K-Means, k = 4")
    button.click()
    page.wait_for_function(
        "(id) => !document.getElementById(id).innerText.includes('K-Means')", arg=ids.MAP_LEGEND
    )
    assert button.get_attribute("aria-pressed") == "false"
    settle(page)


def test_another_checkpoint_has_clusters_of_its_own(opened, own):
    page = opened()
    show(page, "K-Means", 4)
    page.evaluate(
        "([id, value]) => dash_clientside.set_props(id, { value })",
        [ids.CHECKPOINT, own.checkpoints[1]],
    )
    page.wait_for_function(
        "(name) => document.querySelector('.cluster-name')?.dataset.checkpoint === name",
        arg=own.checkpoints[1],
    )
    sizes = clustering_of(own, own.checkpoints[1], "cluster:kmeans:4").sizes
    says(page, ids.CLUSTERS, f"n = {sizes[0]:,}")
    settle(page)


def test_all_galaxies_of_a_cluster_are_labelled_and_undone_at_once(opened, own):
    page = opened()
    show(page, "K-Means", 4)
    n = int(clustering_of(own, own.checkpoints[-1], "cluster:kmeans:4").sizes[0])
    store = labels_of(own)
    page.get_by_text(f"Label all {n} galaxies of cluster 1").click()
    page.get_by_role("button", name="Score 4 for").click()
    says(page, ids.CLUSTERS_LABEL, f"Score 4 for all {n} galaxies of cluster 1?")
    assert not own.kept.joinpath("labels.sqlite").exists(), "nothing is kept before it is confirmed"
    page.keyboard.press("Enter")  # the button that confirms has the focus
    says(page, ids.CLUSTERS_LABEL, f"Kept: score 4, of {n} galaxies.")
    assert [label.score for label in store.labels()] == [4] * n
    assert store.events()[0].reached["list"] == "Cluster 1 of K-Means, k = 4"
    page.locator(f"#{ids.CLUSTERS_LABEL}").get_by_role("button", name="Undo").click()
    says(page, ids.CLUSTERS_LABEL, "undone: score 4")
    assert store.labels() == []

    page.get_by_label(f"Tag for all {n} galaxies of cluster 1").fill("round")
    page.get_by_label(f"Tag for all {n} galaxies of cluster 1").press("Enter")
    page.get_by_role("button", name=f"Label {n}").click()
    says(page, ids.CLUSTERS_LABEL, f"Kept: tag 'round', of {n} galaxies.")
    undo = page.locator(f"#{ids.CLUSTERS_LABEL}").get_by_role("button", name="Undo")
    assert undo.count() == 1
    page.locator(".cluster-line .thumbnail").first.click()
    page.locator(f"#{ids.GALAXY_LABELS} .score").nth(3).click()
    undo.wait_for(state="detached")  # it would take the score of the one galaxy back
    settle(page)


def test_a_scan_offers_a_number_and_a_click_takes_it(opened):
    page = opened()
    show(page)
    says(page, ids.CLUSTERS_SCAN_TEXT, "highest contrast")
    point = page.locator(f"#{ids.CLUSTERS_SCANNED} .points path").first
    point.wait_for()
    page.evaluate(
        """(id) => document.querySelector(`#${id} .js-plotly-plot`)
            .emit("plotly_click", { points: [{ x: 50, curveNumber: 0, pointNumber: 1 }] })""",
        ids.CLUSTERS_SCANNED,
    )
    page.wait_for_function("document.querySelector('.for-hdbscan input').value === '50'")
    settle(page)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_serious_and_nothing_cut_off_in_a_narrow_window(opened, theme):
    page = opened(color_scheme=theme, viewport={"width": 1024, "height": 768})
    show(page)
    page.locator(f"#{ids.CLUSTERS_LABEL} summary").click()
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("[data-phone=shelf]").last.click()
    page.wait_for_function("document.querySelector('.clusters-list').clientWidth > 300")
    settle(page)
    assert faults(page) == []
    wide = page.evaluate(
        """[...document.querySelectorAll(".cluster-line, .clusters-sides, .clusters-caption")]
            .filter((each) => each.getBoundingClientRect().right > window.innerWidth).length"""
    )
    assert wide == 0
