"""A map with more galaxies in view than dots can be drawn of, and with galaxies far outside."""

import shutil

import numpy as np
import pytest

from dashboard import ids
from data.store import Collection
from tests.browsing import hide_cutouts, inspected_id, pixels, settle, spread_out, zoom_in
from tests.serving import served

FAR = {3: (400.0, 2.0), 77: (-900.0, -900.0), 150: (0.0, 700.0)}  # row: where it is
MAX_POINTS, MOST = 200, 80


@pytest.fixture
def page(same_page):
    """One page for all tests here: to open it takes longer than most of them."""
    return same_page


@pytest.fixture(scope="module")
def collection(collection_folder, tmp_path_factory):
    """The made-up collection with three galaxies moved far out."""
    folder = tmp_path_factory.mktemp("far") / "far"
    shutil.copytree(collection_folder, folder)
    # Another collection than the one it was: pictures and indexes are kept by the digest.
    named = folder / "collection.json"
    named.write_text(named.read_text().replace('"name": "made_up"', '"name": "far"'))
    opened = Collection.open(folder)
    for checkpoint in opened.checkpoints:
        path = folder / "checkpoints" / checkpoint / "projection.npy"
        projection = np.load(path)
        for row, place in FAR.items():
            projection[row] = place
        np.save(path, projection)
    return Collection.open(folder)


@pytest.fixture(scope="module")
def few_points():
    """As if 600 galaxies were a million."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("map_points", "routes_map"):
            patch.setattr(f"dashboard.{module}.MAX_POINTS", MAX_POINTS)
        patch.setattr("dashboard.routes_map.MOST_SPREAD", MOST)
        yield


@pytest.fixture(scope="module")
def address(collection, few_points):
    from app import create_app
    from dashboard.settings import Settings

    settings = Settings(
        collection=collection.name, collections=str(collection.folder.parent), cache="memory"
    )
    app = create_app(settings)
    with served(app.server) as address:
        yield address


def words(page):
    return page.locator(".map-in-view").first.inner_text()


def sheet(page, what):
    return page.evaluate(f"window.morphospace_map.maps.get('map').sheet.{what}")


def test_a_picture_shows_all_and_some_are_dots(page, collection):
    assert sheet(page, "raster !== null") and not sheet(page, "data.isEvery")
    n_dots = sheet(page, "data.n")
    assert 0 < n_dots <= MOST
    n = f"{collection.n_galaxies:,}"
    assert words(page) == (
        f"{n} of {n} in view · {n_dots} of {n} drawn as dots, the picture shows all"
    )
    loaded = page.evaluate(
        "(() => { const { raster } = window.morphospace_map.maps.get('map').sheet;"
        "return raster.complete && raster.naturalWidth > 100; })()"
    )
    assert loaded


def test_zooming_in_ends_with_every_galaxy_and_never_with_an_empty_map(page, collection):
    page.evaluate(
        """() => {
            window.least = 9;
            const look = () => {
                const sheets = [...document.querySelectorAll(".map-sheet")];
                const seen = sheets.map((sheet) => Number(getComputedStyle(sheet).opacity));
                window.least = Math.min(window.least, seen.reduce((sum, one) => sum + one, 0));
                requestAnimationFrame(look);
            };
            look();
        }"""
    )
    row, _ = spread_out(collection)
    for _ in range(8):
        zoom_in(page, pixels(page, collection, row), times=4)
        if sheet(page, "data.isEvery"):
            break
    assert sheet(page, "data.isEvery") and sheet(page, "raster === null")
    assert words(page).endswith("every galaxy in view drawn")
    assert page.evaluate("window.least") > 0.6
    assert page.evaluate("document.querySelectorAll('#map, .map-layer').length") >= 2


def test_the_nearest_galaxy_is_found_over_the_picture(page, collection):
    hide_cutouts(page)
    drawn = set(sheet(page, "data.row.join()").split(","))
    positions, _ = collection.map_positions(collection.checkpoints[-1])
    places = np.array([pixels(page, collection, row) for row in range(collection.n_galaxies)])
    drawn_places = places[[int(row) for row in drawn]]
    # One that is no dot and has no dot near it, so that only the server knows it.
    apart = np.min(np.linalg.norm(places[:, None] - drawn_places[None], axis=2), axis=1)
    own = np.linalg.norm(places[:, None] - places[None], axis=2) + 1e9 * np.eye(len(places))
    row = int(np.argmax(np.minimum(apart, 30) + np.minimum(own.min(axis=1), 10)))
    assert str(row) not in drawn and apart[row] > 8  # a dot is meant within some 5 pixels of it
    page.mouse.move(places[row][0] - 2, places[row][1])
    page.mouse.move(*places[row], steps=3)
    page.wait_for_selector(f".hover-card.shown[data-card-row='{row}']")
    page.mouse.click(*places[row])
    object_id = collection.catalog["object_id"].iat[row]
    page.wait_for_function(
        "([id, text]) => document.getElementById(id).innerText.includes(text)",
        arg=[ids.INSPECTOR, object_id],
    )


def test_far_galaxies_are_counted_and_visited_one_by_one(page, collection):
    assert "3 far outside" in page.locator(f"#{ids.MAP_CAPTION}").inner_text()
    seen = []
    for _ in range(4):
        before = page.locator(f"#{ids.INSPECTOR}").inner_text()
        page.keyboard.press("n")
        page.wait_for_function(
            "([id, text]) => document.getElementById(id).innerText !== text",
            arg=[ids.INSPECTOR, before],
        )
        settle(page)
        row = collection.row_of(inspected_id(page))
        box = page.locator(f"#{ids.MAP}").bounding_box()
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        np.testing.assert_allclose(pixels(page, collection, row), middle, atol=3)
        seen.append(row)
    assert sorted(seen[:3]) == sorted(FAR) and seen[3] == seen[0]


@pytest.mark.parametrize("row", list(FAR))
def test_a_far_galaxy_at_the_edge_answers_the_pointer(page, collection, row):
    hide_cutouts(page)
    place = pixels(page, collection, row)
    page.mouse.move(place[0] + 3, place[1] + 1)
    page.mouse.move(*place, steps=3)
    page.wait_for_selector(f".hover-card.shown[data-card-row='{row}']")
    assert "far away" in page.locator(".hover-card").inner_text()
    page.mouse.click(*place)
    page.wait_for_function(
        "([id, text]) => document.getElementById(id).innerText.includes(text)",
        arg=[ids.INSPECTOR, collection.catalog["object_id"].iat[row]],
    )


def test_an_action_brings_down_less_than_a_megabyte(page, collection):
    sizes = []
    page.on("response", lambda reply: sizes.append(int(reply.headers.get("content-length", 0))))
    row, _ = spread_out(collection)
    zoom_in(page, pixels(page, collection, row), times=1)
    assert 0 < sum(sizes) < 1_000_000
