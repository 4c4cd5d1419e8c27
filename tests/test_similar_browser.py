"""Similar galaxies in Chromium, on the shipped demo, whose weights can encode a picture."""

import re

import pytest

from app import create_app
from dashboard import ids
from dashboard.settings import Settings
from data.store import Collection
from tests.browsing import settle
from tests.conftest import new_page
from tests.serving import served
from tests.test_accessibility_browser import faults

ROW = 1234
FOUND = f"#{ids.SIMILAR} .thumbnail"
PICTURE = ".similar-file input"


@pytest.fixture(scope="module")
def demo():
    return Collection.open("data/collections/demo")


@pytest.fixture(scope="module")
def demo_address(tmp_path_factory):
    kept = str(tmp_path_factory.mktemp("kept"))
    with served(create_app(Settings(collection="demo", cache="memory", kept=kept)).server) as at:
        yield at


@pytest.fixture
def searching(browser, demo_address):
    """The panel of similar galaxies of the demo, with nothing searched from yet."""
    wrong = []
    page = new_page(browser, demo_address, wrong)
    page.goto(demo_address + "/")
    settle(page)
    page.get_by_role("tab", name="Similar").click()
    page.locator(f"#{ids.SIMILAR} .message", has_text="Inspect a galaxy").wait_for()
    page.wait_for_selector(PICTURE, state="attached")
    yield page
    page.close()
    assert [text for text in wrong if "400 (BAD REQUEST)" not in text] == []


def find(page, text):
    page.fill(f"#{ids.SIMILAR_FIND}", text)
    page.press(f"#{ids.SIMILAR_FIND}", "Enter")


def first_found(page, row):
    page.locator(f"{FOUND}[data-row='{row}']").first.wait_for()
    return page.locator(FOUND).first.get_attribute("data-row") == str(row)


def bring(page, name, content, kind="image/jpeg"):
    page.set_input_files(PICTURE, {"name": name, "mimeType": kind, "buffer": content})


def test_a_picture_of_a_galaxy_finds_that_galaxy_first(searching, demo):
    bring(searching, "mine.jpg", demo.cutout(ROW)[0])
    searching.locator(".similar-picture", has_text="mine.jpg, 128 x 128 pixels").wait_for()
    assert first_found(searching, ROW)
    caption = searching.locator(f"#{ids.SIMILAR_CAPTION}")
    caption.get_by_text("The 30 nearest of 4,000, exact; Euclidean distances").wait_for()
    assert faults(searching) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.png", b"hello, no picture at all", "notes.png"),
        ("cut.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "cut.jpg"),
        ("large.png", bytes(20_000_001), "20 MB"),
    ],
)
def test_what_is_no_picture_is_refused_in_place(searching, name, content, said):
    bring(searching, name, content)
    refused = searching.locator(f"#{ids.SIMILAR_REFUSED}", has_text=said)
    refused.wait_for()
    assert searching.locator(FOUND).count() == 0


def test_an_id_and_a_position_are_searched_from(searching, demo):
    object_ids, ra, dec = (demo.catalog[name] for name in ("object_id", "ra", "dec"))
    find(searching, object_ids[ROW])
    searching.locator(f".similar-examples .thumbnail[title*='{object_ids[ROW]}']").wait_for()
    find(searching, f"{ra[7]} {dec[7]}")
    searching.locator(f".similar-examples .thumbnail[title*='{object_ids[7]}']").wait_for()
    find(searching, "10.0 -80.0")
    searching.locator(f"#{ids.SIMILAR_REFUSED}", has_text=re.compile("degrees away")).wait_for()
    find(searching, "NGC 0")
    searching.locator(f"#{ids.SIMILAR_REFUSED}", has_text="There is no galaxy 'NGC 0'").wait_for()


def test_like_these_and_not_those_grows_a_selection(searching, demo):
    find(searching, demo.catalog["object_id"][ROW])
    searching.locator(FOUND).first.wait_for()
    searching.get_by_role("button", name="+ like").click()
    searching.locator(".similar-examples.like .thumbnail[data-similar-out]").wait_for()
    other = searching.locator(FOUND).nth(3).get_attribute("data-row")
    searching.locator(FOUND).nth(3).click()
    searching.locator(
        f"#{ids.INSPECTOR}", has_text=demo.catalog["object_id"][int(other)]
    ).wait_for()
    searching.get_by_role("button", name="− unlike").click()
    searching.locator(".similar-examples.unlike .thumbnail").wait_for()
    searching.locator(FOUND).first.wait_for()
    assert searching.locator(f"{FOUND}[data-row='{other}']").count() == 0
    searching.get_by_role("button", name="Add to selection").click()
    searching.locator(f"#{ids.SELECTION_COUNT}", has_text="31").wait_for()


def test_every_checkpoint_has_a_row_also_on_a_phone(searching, demo):
    find(searching, demo.catalog["object_id"][ROW])
    searching.locator(FOUND).first.wait_for()
    searching.locator(f"#{ids.SIMILAR_ALONG}").check(force=True)
    rows = searching.locator(f"#{ids.SIMILAR} .change-row")
    rows.nth(len(demo.checkpoints) - 1).wait_for()
    assert rows.count() == len(demo.checkpoints)
    searching.set_viewport_size({"width": 390, "height": 844})
    searching.locator(".phone-bar button", has_text="Lists").click()
    body = searching.locator(f"#{ids.SIMILAR}").bounding_box()
    assert body["x"] >= 0 and body["x"] + body["width"] <= 390
