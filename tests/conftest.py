"""What tests share: a random generator, one made-up collection built as any other is, a browser."""

import shutil

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from data.made_up import build_made_up, make_up, write_inputs
from data.store import Collection
from tests.browsing import settle, take_back
from tests.building import N
from tests.fits_cutouts import build_from_fits
from tests.serving import served

FLAGS = (
    "--no-sandbox --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --use-angle=swiftshader --enable-unsafe-swiftshader"
).split()
TIMEOUT_MS = 60_000
# The tour is for a user's first visit: it is over for all tests but those of its own.
NO_TOUR = """try { window.localStorage["morphospace-tour"] = "done"; } catch { /* none kept */ }"""
# Counts what the page has asked for and not got yet.
COUNT_REQUESTS = """
    window.asked = { pending: 0, last: 0 };
    const fetched = window.fetch;
    window.fetch = (...request) => {
        const asked = window.asked;
        asked.pending += 1;
        asked.last = performance.now();
        return fetched(...request).finally(() => {
            asked.pending -= 1;
            asked.last = performance.now();
        });
    };
"""


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def collection_folder(tmp_path_factory):
    """Folder of a collection of 600 galaxies and three checkpoints, with cutouts. Only read it."""
    return build_made_up(tmp_path_factory.mktemp("collections") / "made_up", n_galaxies=600)


@pytest.fixture(scope="session")
def collection(collection_folder):
    return Collection.open(collection_folder)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the page at `labels_address` keeps what users give it."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def labels_address(collection_folder, kept):
    """A page with a label file of its own."""
    from app import create_app
    from dashboard.settings import Settings

    folders = str(collection_folder.parent)
    settings = Settings(
        collection=collection_folder.name, collections=folders, cache="memory", kept=str(kept)
    )
    with served(create_app(settings).server) as address:
        yield address


@pytest.fixture
def unlabelled(collection_folder, kept):
    """Its collection, without labels at first."""
    for path in kept.glob("*/labels.sqlite*"):
        path.unlink()
    return Collection.open(collection_folder, kept)


@pytest.fixture(scope="session")
def fits_collection(tmp_path_factory):
    """A collection of 40 galaxies built from FITS cutouts, see tests/fits_cutouts.py."""
    return build_from_fits(tmp_path_factory.mktemp("fits"))


@pytest.fixture(scope="module")
def made_up():
    """Some galaxies to build from."""
    return make_up(N, seed=3)


@pytest.fixture
def brought(made_up, tmp_path):
    """Files of those galaxies and three checkpoints, as a user would bring them."""
    return write_inputs(made_up, tmp_path / "brought")


@pytest.fixture
def out(tmp_path):
    """Folder of collections, which is not there yet."""
    return tmp_path / "collections"


@pytest.fixture(scope="session")
def app(collection_folder):
    """The page of that collection."""
    from app import create_app
    from dashboard.settings import Settings

    folders = str(collection_folder.parent)
    settings = Settings(collection=collection_folder.name, collections=folders, cache="memory")
    return create_app(settings)


@pytest.fixture(scope="session")
def address(app):
    """Where the page is served."""
    with served(app.server) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium")
    assert chromium, "Browser tests need Chromium: install Debian's package chromium."
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser, address):
    """Open an address of the page; what goes wrong on it is checked at the end of the test.

    has_tour : as on a user's first visit; further options are those of a browser's window
    """
    opened, wrong = [], []

    def open_path(path, **options):
        opened.append(new_page(browser, address, wrong, **options))
        opened[-1].goto(address + path)
        return opened[-1]

    yield open_path
    for page in opened:
        page.close()
    assert not wrong


def new_page(browser, address, wrong, *, has_tour=False, **window):
    """A window of the browser that adds to `wrong` what goes wrong in it."""
    usual = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"}
    page = browser.new_page(**usual | window)

    def refuse_foreign(asked):
        if not asked.url.startswith((address, "data:", "blob:")):
            wrong.append(f"asked {asked.url}")

    page.set_default_timeout(TIMEOUT_MS)
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", refuse_foreign)
    page.add_init_script(COUNT_REQUESTS)
    if not has_tour:
        page.add_init_script(NO_TOUR)
    return page


@pytest.fixture
def page(open_page):
    """The galaxies' view, loaded; what went wrong on it is checked at the end of every test."""
    opened = open_page("/")
    settle(opened)
    return opened


@pytest.fixture(scope="module")
def only_page(browser, address):
    """The galaxies' view, opened once for all tests of a file; and what went wrong on it."""
    wrong = []
    page = new_page(browser, address, wrong)
    page.goto(f"{address}/")
    settle(page)
    yield page, wrong
    page.close()


@pytest.fixture
def same_page(only_page, collection):
    """The page of all tests of a file, as if it had just been opened."""
    page, wrong = only_page
    take_back(page, collection)
    yield page
    assert not wrong
