"""The routes of pictures over HTTP: of a collection of JPEGs, and of one built from FITS files."""

from io import BytesIO

import numpy as np
import pytest
from flask import Flask
from PIL import Image

from dashboard.cache import create_cache
from dashboard.cutout_pictures import SIZES
from dashboard.records import keep_record
from dashboard.routes_cutouts import register_cutout_routes
from dashboard.settings import Settings
from data.store import Collection


class Served:
    """A collection's routes of cutouts, asked as a browser asks."""

    def __init__(self, collection):
        server = Flask("test")
        self.collection = collection
        self.cache = create_cache(server, Settings(cache="memory"))
        register_cutout_routes(server, collection, self.cache)
        self._client = server.test_client()

    def get(self, address, **headers):
        prefix = f"/collections/{self.collection.digest}/cutouts/"
        return self._client.get(prefix + str(address), headers=headers)

    def pixels(self, address):
        reply = self.get(address)
        assert reply.status_code == 200 and "X-Cutout-Error" not in reply.headers, reply.text
        return np.array(Image.open(BytesIO(reply.data)).convert("RGB"))


@pytest.fixture
def served(collection):
    return Served(collection)


@pytest.fixture
def fitsy(fits_collection):
    return Served(fits_collection)


def test_a_cutout_is_that_galaxys_bytes_and_may_be_kept(served, collection):
    for row in (0, 7, collection.n_galaxies - 1):
        reply = served.get(row)
        assert (reply.data, reply.mimetype) == collection.cutout(row)
        assert "immutable" in reply.headers["Cache-Control"]


def test_what_is_known_already_is_not_sent_again(served):
    tag = served.get(4).headers["ETag"]
    again = served.get(4, **{"If-None-Match": tag})
    assert again.status_code == 304 and not again.data
    others = {served.get(a).headers["ETag"] for a in ("5", "4?size=32", "4?channel=r")}
    assert len(others | {tag}) == 4


@pytest.mark.parametrize("row", ["999999", "-1", "x", "1.0", "1e2", "0x1", "9" * 40, "%00", "٣"])
@pytest.mark.parametrize("more", ["", "/facts", "?size=32"])
def test_a_galaxy_that_does_not_exist_is_a_sentence(served, row, more):
    reply = served.get(row + more)
    assert reply.status_code == 404 and reply.mimetype == "text/plain"
    assert reply.text.startswith("There is no galaxy in row")


@pytest.mark.parametrize(
    "asked, said",
    [
        ("size=33", "sizes are 32, 48"),
        ("size=-1", "sizes are"),
        ("size=1e2", "sizes are"),
        ("channel=z", "There is no channel 'z'; there are rgb, r, g, b."),
        ("stretch=sqrt", "There is no stretch 'sqrt'; there are linear, asinh, zscale."),
        ("stretch=asinh", "its stretch was fixed when"),
    ],
)
def test_what_is_asked_badly_is_refused_with_a_sentence(served, asked, said):
    reply = served.get(f"3?{asked}")
    assert reply.status_code == 400 and said in reply.text
    assert "immutable" not in reply.headers["Cache-Control"]


def test_smaller_copies_are_made_and_larger_ones_are_not(served, collection):
    original = served.pixels(2)
    assert original.shape == (48, 48, 3)
    assert served.pixels("2?size=32").shape == (32, 32, 3)
    for size in SIZES[1:]:
        assert served.get(f"2?size={size}").data == collection.cutout(2)[0]
    wanted = Image.fromarray(original).resize((32, 32), Image.LANCZOS)
    assert np.abs(served.pixels("2?size=32") - np.asarray(wanted, float)).mean() < 6


def test_a_channel_is_that_of_the_picture_in_grey(served):
    original = served.pixels(6).astype(float)
    for number, channel in enumerate("rgb"):
        shown = served.pixels(f"6?channel={channel}")
        np.testing.assert_array_equal(shown[..., 0], shown[..., 2])
        assert np.abs(shown[..., 0] - original[..., number]).mean() < 4


def test_facts_tell_that_the_stretch_was_fixed_and_no_scale(served):
    facts = served.get("9/facts").json
    assert facts["stretches"] == [] and facts["channels"] == ["rgb", "r", "g", "b"]
    assert facts["width_arcsec"] is None and facts["damage"] == ""
    assert facts["object_id"] == served.collection.catalog["object_id"].iat[9]


# Cutouts that are damaged


@pytest.fixture
def damaged(collection_folder, tmp_path):
    """The collection with one cutout cut in half and another that is no picture."""
    folder = tmp_path / "made_up"
    folder.mkdir()
    for path in collection_folder.iterdir():
        if path.name != "cutouts.arrow":
            (folder / path.name).symlink_to(path)
    content = bytearray((collection_folder / "cutouts.arrow").read_bytes())
    whole = Collection.open(collection_folder)
    for row, change in ((3, "half"), (5, "none")):
        encoded = whole.cutout(row)[0]
        at = content.index(encoded)
        half = len(encoded) // 2
        if change == "half":
            content[at + half : at + len(encoded)] = bytes(len(encoded) - half)
        else:
            content[at : at + 4] = b"<svg"
    (folder / "cutouts.arrow").write_bytes(content)
    return Served(Collection.open(folder))


@pytest.mark.parametrize("row, said", [(3, "cannot be decoded"), (5, "neither JPEG nor PNG")])
@pytest.mark.parametrize("more", ["", "?size=32", "?channel=g"])
def test_a_damaged_cutout_is_a_picture_that_says_why(damaged, row, said, more):
    for _ in range(2):  # the second time, too
        reply = damaged.get(f"{row}{more}")
        assert reply.status_code == 200 and reply.mimetype == "image/svg+xml"
        assert said in reply.headers["X-Cutout-Error"] and said in reply.text
        assert reply.headers["Cache-Control"] == "no-store"
    facts = damaged.get(f"{row}/facts")
    assert said in facts.json["damage"] and facts.headers["Cache-Control"] == "no-store"


def test_the_others_are_shown_as_they_are(damaged, collection):
    for row in (2, 4, 6):
        assert damaged.get(row).data == collection.cutout(row)[0]


def test_what_a_damaged_file_says_is_not_run_as_markup(damaged):
    assert "<svg onload" not in damaged.get(5).text
    assert damaged.get(5).text.count("<svg") == 1


# From FITS files: see tests/fits_cutouts.py


def test_every_stretch_and_band_is_a_picture_of_its_own(fitsy):
    asked = [
        f"1?stretch={s}&channel={c}" for s in ("linear", "asinh", "zscale") for c in ("rgb", "g")
    ]
    pictures = [fitsy.pixels(a) for a in asked]
    assert {p.shape for p in pictures} == {(20, 24, 3)}
    assert len({p.tobytes() for p in pictures}) == len(asked)
    assert fitsy.get(asked[0]).mimetype == "image/png"
    assert "immutable" in fitsy.get(asked[0]).headers["Cache-Control"]


def test_the_stretch_shows_the_galaxy_of_the_row(fitsy):
    # Each has its source in a place of its own: tests/fits_cutouts.py.
    for row, (x, y) in enumerate(fitsy.collection.catalog[["x_px", "y_px"]].to_numpy()[:6]):
        for kind in ("linear", "asinh", "zscale"):
            grey = fitsy.pixels(f"{row}?stretch={kind}&channel=r").sum(axis=2)
            assert grey[19 - y, x] == grey.max() > 700, (row, kind)
            assert (grey == grey.max()).sum() < 60


def test_a_stretched_picture_can_be_smaller(fitsy):
    assert fitsy.pixels("1?stretch=asinh&size=48").shape == (20, 24, 3)  # never larger
    with_size = fitsy.get("1?stretch=linear&size=32")
    assert with_size.status_code == 200


def test_an_unknown_band_is_refused_by_those_there_are(fitsy):
    reply = fitsy.get("1?stretch=asinh&channel=y")
    assert reply.status_code == 400
    assert reply.text == "There is no channel 'y'; there are rgb, g, r, z."


def test_facts_of_fits_tell_bands_scale_and_what_is_undefined(fitsy):
    facts = fitsy.get("0/facts").json
    assert facts["stretches"] == ["linear", "asinh", "zscale"]
    assert facts["channels"] == ["rgb", "g", "r", "z"]
    assert facts["width_arcsec"] == pytest.approx(24 * 0.5)
    assert facts["scale_source"] == "FITS header"
    assert facts["undefined_share"] == pytest.approx(2 / 20)  # see tests/fits_cutouts.py
    assert facts["kpc_per_arcsec"] > 0


def test_a_blank_band_is_a_picture_that_says_so(fitsy):
    row = fitsy.collection.n_galaxies - 1
    reply = fitsy.get(f"{row}?stretch=zscale&channel=z")
    assert reply.headers["X-Cutout-Error"] == "No pixel of the band z has a value."
    assert fitsy.get(f"{row}/facts").json["blank"] == ["z"]
    assert fitsy.pixels(f"{row}?stretch=zscale").max() > 100


def test_damaged_planes_are_a_picture_that_says_so(fits_collection, tmp_path):
    folder = tmp_path / "fitsy"
    folder.mkdir()
    for path in fits_collection.folder.iterdir():
        if path.name != "cutouts_fits.arrow":
            (folder / path.name).symlink_to(path)
    content = bytearray((fits_collection.folder / "cutouts_fits.arrow").read_bytes())
    first = content.index(b"\x1f\x8b\x08")
    content[first + 60 : first + 90] = bytes(30)
    (folder / "cutouts_fits.arrow").write_bytes(content)
    broken = Served(Collection.open(folder))
    reply = broken.get("0?stretch=asinh")
    assert reply.status_code == 200 and "cannot be read" in reply.headers["X-Cutout-Error"]
    assert "cannot be read" in broken.get("0/facts").json["damage"]
    assert broken.pixels("1?stretch=asinh").max() > 200
    assert broken.get("0").mimetype == "image/jpeg"  # the stored picture is whole


# The way to the next galaxy


def test_without_a_selection_the_way_goes_through_all(served, collection):
    n = collection.n_galaxies
    assert served.get("place").json["next"] == 0
    middle = served.get("place?row=7").json
    assert (middle["place"], middle["n"], middle["previous"], middle["next"]) == (8, n, 6, 8)
    assert served.get("place?row=0").json["previous"] is None
    assert served.get(f"place?row={n - 1}").json["next"] is None


def test_with_a_selection_the_way_goes_through_it(served):
    steps = [{"op": "set", "kind": "rows", "rows": [40, 3, 17]}]
    name = keep_record(served.cache, {"steps": steps})

    def place(row):
        told = served.get(f"place?row={row}&selection={name}").json
        assert told["n"] == 3 and told["is_selection"]
        return told["place"], told["previous"], told["next"]

    assert place(3) == (1, None, 17)
    assert place(17) == (2, 3, 40)
    assert place(40) == (3, 17, None)
    assert place(20) == (None, 17, 40)  # not one of them: on to those beside it
    assert place(0) == (None, None, 3)
    assert place("") == (None, None, 3)


@pytest.mark.parametrize("asked", ["row=-1", "row=x", "row=1e9", "row=3&selection=forgotten"])
def test_a_way_from_nowhere_is_refused(served, asked):
    reply = served.get(f"place?{asked}")
    assert reply.status_code == 404 and reply.text.startswith(("There is no", "Nothing is known"))
