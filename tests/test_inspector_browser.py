"""The inspector as a user meets it: the right picture for the right galaxy."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from app import create_app
from dashboard import ids
from dashboard.settings import Settings
from tests.browsing import settle
from tests.conftest import TIMEOUT_MS, new_page
from tests.fits_cutouts import SCALE_ARCSEC, WIDTH
from tests.serving import served

STAGE = f"#{ids.INSPECTOR_STAGE}"
PICTURE = f"{STAGE} img"
# The page is drawn and its first callbacks have told the scripts what they follow.
READY = f"""document.querySelector("#{ids.INSPECTOR} .message")
    && document.getElementById("{ids.INSPECTOR_PLACE}")
    && document.querySelector("#{ids.ANOMALIES} .thumbnail")"""


@pytest.fixture(scope="module")
def fits_address(fits_collection):
    """Where the page of the collection with FITS cutouts is served."""
    folders = str(fits_collection.folder.parent)
    settings = Settings(collection="fitsy", collections=folders, cache="memory")
    with served(create_app(settings).server) as address:
        yield address


@pytest.fixture
def page(open_page):
    opened = open_page("/")
    opened.wait_for_function(READY)
    return opened


@pytest.fixture
def fits_page(browser, fits_address):
    """The page of FITS cutouts; `open_page` serves the other collection."""
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    opened.set_default_timeout(TIMEOUT_MS)
    wrong = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.add_init_script('try { localStorage["morphospace-tour"] = "done"; } catch {}')
    opened.goto(fits_address)
    opened.wait_for_function(READY)
    yield opened
    opened.close()
    assert not wrong


def inspect(page, row):
    page.evaluate("row => window.dash_clientside.set_props('query', { data: row })", row)
    wait_for(page, row)


def wait_for(page, row):
    """Wait until the picture and what is told are both of a galaxy."""
    page.wait_for_function(
        "([picture, row]) => document.querySelector(picture)?.dataset.shownRow === String(row)",
        arg=[PICTURE, row],
    )
    page.wait_for_function(
        "([told, row]) => document.querySelector(told)?.dataset.row === String(row)",
        arg=[f"#{ids.INSPECTOR} [data-center]", row],
    )


def pixels(page):
    """What the picture on the stage holds, as the browser has decoded it."""
    encoded = page.evaluate(
        """async picture => {
            const shown = document.querySelector(picture);
            const canvas = new OffscreenCanvas(shown.naturalWidth, shown.naturalHeight);
            canvas.getContext("2d").drawImage(shown, 0, 0);
            const blob = await canvas.convertToBlob();
            return [...new Uint8Array(await blob.arrayBuffer())];
        }""",
        PICTURE,
    )
    return np.array(Image.open(BytesIO(bytes(encoded))).convert("RGB"))


def assert_is_that_of(page, collection, row):
    wanted = np.array(Image.open(BytesIO(collection.cutout(row)[0])).convert("RGB"))
    assert np.abs(pixels(page).astype(int) - wanted).max() <= 3
    object_id = collection.catalog["object_id"].iat[row]
    assert page.locator(f"#{ids.INSPECTOR} dd").first.inner_text() == object_id
    assert page.locator(PICTURE).get_attribute("alt") == f"Cutout of {object_id}"


def choose(page, select, option):
    page.locator(f"#{select}").click()
    page.get_by_role("option", name=option, exact=True).click()


def test_first_it_says_what_to_do_and_shows_no_picture(page):
    assert "Click a galaxy" in page.locator(f"#{ids.INSPECTOR}").inner_text()
    assert not page.locator(STAGE).is_visible()


def test_each_galaxy_has_its_own_picture_through_steps_and_checkpoints(page, collection):
    inspect(page, 41)
    assert_is_that_of(page, collection, 41)
    page.keyboard.press(".")
    wait_for(page, 42)
    assert_is_that_of(page, collection, 42)
    for _ in range(5):  # faster than the server answers
        page.keyboard.press(",")
    wait_for(page, 37)
    assert_is_that_of(page, collection, 37)
    page.wait_for_function(
        "([id, text]) => document.getElementById(id).textContent === text",
        arg=[ids.INSPECTOR_PLACE, f"38 of {collection.n_galaxies}"],
    )
    page.locator(f"#{ids.CHECKPOINT} label").first.click()
    page.wait_for_selector(f'[data-checkpoint="{collection.checkpoints[0]}"]')
    assert_is_that_of(page, collection, 37)


def test_next_and_previous_stay_within_the_selection(page, collection):
    page.evaluate(
        "data => window.dash_clientside.set_props('selection', { data })",
        {"steps": [{"op": "set", "kind": "rows", "rows": [200, 9, 77]}]},
    )
    place = page.locator(f"#{ids.INSPECTOR_PLACE}")
    inspect(page, 9)
    place.get_by_text("1 of 3 selected").wait_for()
    assert page.locator(f"#{ids.INSPECTOR_PREVIOUS}").is_disabled()
    page.locator(f"#{ids.INSPECTOR_NEXT}").click()
    wait_for(page, 77)
    place.get_by_text("2 of 3 selected").wait_for()
    page.keyboard.press(".")
    wait_for(page, 200)
    place.get_by_text("3 of 3 selected").wait_for()
    assert page.locator(f"#{ids.INSPECTOR_NEXT}").is_disabled()
    assert_is_that_of(page, collection, 200)
    inspect(page, 100)
    place.get_by_text("not one of 3 selected").wait_for()


def test_the_cross_hair_is_on_the_middle_and_goes(page):
    inspect(page, 5)
    cross = page.locator(".cross-hair")
    assert not cross.is_visible()
    page.keyboard.press("x")
    cross.wait_for(state="visible")
    middle = [
        (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        for box in (cross.bounding_box(), page.locator(PICTURE).bounding_box())
    ]
    np.testing.assert_allclose(*middle, atol=1)
    page.keyboard.press("x")
    cross.wait_for(state="hidden")


def test_zooming_keeps_what_is_under_the_pointer_and_shows_pixels(page):
    inspect(page, 5)
    stage = page.locator(STAGE).bounding_box()
    at = stage["x"] + 0.7 * stage["width"], stage["y"] + 0.4 * stage["height"]

    def under():
        box = page.locator(PICTURE).bounding_box()
        return (at[0] - box["x"]) / box["width"], (at[1] - box["y"]) / box["height"]

    before = under()
    page.mouse.move(*at)
    width = page.locator(PICTURE).bounding_box()["width"]
    page.mouse.wheel(0, -100)
    page.wait_for_function(
        "([p, w]) => document.querySelector(p).getBoundingClientRect().width > w + 5",
        arg=[PICTURE, width],
    )
    np.testing.assert_allclose(under(), before, atol=0.01)
    assert page.locator(PICTURE).evaluate("e => getComputedStyle(e).imageRendering") == "pixelated"
    choose(page, ids.INSPECTOR_ZOOM, "1:1")
    page.wait_for_function(
        "p => document.querySelector(p).getBoundingClientRect().width === 48", arg=PICTURE
    )
    assert page.locator(PICTURE).evaluate("e => getComputedStyle(e).imageRendering") == "auto"


def test_without_a_pixel_scale_it_is_said_to_be_unknown(page):
    inspect(page, 5)
    assert page.locator(".scale-bar").inner_text() == "pixel scale unknown"
    assert "fixed when the collection was built" in page.locator(".viewer-note").inner_text()
    assert page.locator(f"#{ids.INSPECTOR_STRETCH}").is_disabled()


def test_a_channel_is_shown_in_grey(page):
    inspect(page, 5)
    color = pixels(page).astype(int)
    choose(page, ids.INSPECTOR_CHANNEL, "blue")
    page.wait_for_function("p => document.querySelector(p).src.includes('channel=b')", arg=PICTURE)
    grey = pixels(page).astype(int)
    np.testing.assert_array_equal(grey[..., 0], grey[..., 2])
    assert np.abs(grey[..., 0] - color[..., 2]).mean() < 4


def test_neighbors_are_selected_with_the_galaxy(page, collection):
    inspect(page, 30)
    page.get_by_role("button", name="Select these neighbors").click()
    page.locator(f"#{ids.INSPECTOR_PLACE}").get_by_text("of 13 selected").wait_for()
    near = collection.neighbors(collection.checkpoints[-1])[30, :12]
    place = int(np.searchsorted(np.sort([30, *near]), 30)) + 1
    assert page.locator(f"#{ids.INSPECTOR_PLACE}").inner_text() == f"{place} of 13 selected"


def test_a_row_that_does_not_exist_leaves_no_picture_of_another(browser, address):
    wrong = []
    page = new_page(browser, address, wrong)
    page.goto(address)
    settle(page)
    inspect(page, 5)
    page.evaluate("window.dash_clientside.set_props('query', { data: 1e9 })")
    page.locator(f"#{ids.INSPECTOR}").get_by_text("There is no galaxy in row").wait_for()
    page.wait_for_function("p => !document.querySelector(p).hasAttribute('src')", arg=PICTURE)
    assert not page.locator(STAGE).is_visible()
    page.close()
    assert wrong and all("404" in told for told in wrong)  # it is asked for, and refused


# FITS


@pytest.mark.parametrize("zoom", ["Fit", "4×"])
def test_the_scale_bar_is_as_long_as_it_says(fits_page, zoom):
    inspect(fits_page, 3)
    choose(fits_page, ids.INSPECTOR_ZOOM, zoom)
    if zoom != "Fit":
        fits_page.wait_for_function(
            "p => document.querySelector(p).getBoundingClientRect().width === 96", arg=PICTURE
        )
    bar = fits_page.locator(".scale-bar")
    arcsec = float(bar.get_attribute("data-arcsec"))
    assert arcsec in (0.5, 1, 2, 5)
    px_per_px = fits_page.locator(PICTURE).bounding_box()["width"] / WIDTH
    length = fits_page.locator(".scale-line").bounding_box()["width"]
    assert length == pytest.approx(arcsec / SCALE_ARCSEC * px_per_px, rel=0.01)
    assert f"{arcsec:g}″ =" in bar.inner_text() and "kpc (Planck18)" in bar.inner_text()


def test_the_stretch_and_the_band_change_the_picture(fits_page, fits_collection):
    inspect(fits_page, 2)
    seen = [pixels(fits_page)]
    for select, option, asked in (
        (ids.INSPECTOR_STRETCH, "linear", "stretch=linear"),
        (ids.INSPECTOR_STRETCH, "zscale", "stretch=zscale"),
        (ids.INSPECTOR_CHANNEL, "r", "channel=r"),
    ):
        choose(fits_page, select, option)
        fits_page.wait_for_function(
            "([p, asked]) => document.querySelector(p).src.includes(asked)", arg=[PICTURE, asked]
        )
        seen.append(pixels(fits_page))
    assert len({picture.tobytes() for picture in seen}) == 4
    x, y = fits_collection.catalog[["x_px", "y_px"]].to_numpy()[2]
    assert seen[-1][19 - y, x, 0] == seen[-1][..., 0].max()  # its own source, not another's
    fits_page.locator(STAGE).click()  # keys pressed in a list belong to the list
    fits_page.keyboard.press(".")
    wait_for(fits_page, 3)
    assert "stretch=zscale&channel=r" in fits_page.locator(PICTURE).get_attribute("src")


def test_a_blank_band_says_so_in_the_picture_and_beside_it(fits_page, fits_collection):
    inspect(fits_page, fits_collection.n_galaxies - 1)
    choose(fits_page, ids.INSPECTOR_CHANNEL, "z")
    fits_page.locator(".viewer-note").get_by_text("No pixel of the band z has a value.").wait_for()
    fits_page.wait_for_function("p => document.querySelector(p).naturalWidth === 160", arg=PICTURE)
    assert not fits_page.locator(".scale-bar").is_visible()


# Candidates


def test_taller_boxes_hold_more_candidates_and_pages_follow(page):
    box = page.locator(f"#{ids.ANOMALIES}")
    caption = page.locator(f"#{ids.ANOMALY_CAPTION}")

    def told():
        first, last = caption.inner_text().split(" of ")[0].split("–")
        return int(first), int(last)

    def wait_for_all():
        page.wait_for_function(
            """([box, caption]) => {
                const text = document.getElementById(caption).textContent;
                const told = text.match(/^(\\d+)–(\\d+) of/);
                const n = document.querySelectorAll(`#${box} .thumbnail`).length;
                return told && n === told[2] - told[1] + 1;
            }""",
            arg=[ids.ANOMALIES, ids.ANOMALY_CAPTION],
        )

    wait_for_all()
    page.evaluate("document.documentElement.style.setProperty('--shelf', '70')")
    page.wait_for_function(
        """id => {
            const thumbnails = [...document.querySelectorAll(`#${id} .thumbnail`)];
            return new Set(thumbnails.map((thumbnail) => thumbnail.offsetTop)).size > 1;
        }""",
        arg=ids.ANOMALIES,
    )
    wait_for_all()
    _, n = told()
    inside, last = box.bounding_box(), box.locator(".thumbnail").last.bounding_box()
    assert last["y"] + last["height"] <= inside["y"] + inside["height"] + 1
    page.locator(f"#{ids.ANOMALY_NEXT}").click()
    caption.get_by_text(f"{n + 1}–{2 * n} of").wait_for()
