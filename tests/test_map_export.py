"""The view as a file: what is in it is what is on the map, and any viewer can read it."""

import base64
import re
import xml.etree.ElementTree as ElementTree
from io import BytesIO

import numpy as np
import pytest
from flask import Flask
from PIL import Image

from dashboard.cache import create_cache
from dashboard.map_asked import MapAsked
from dashboard.map_export import Screen, export_svg
from dashboard.map_legend_svg import Legend, legend_lines
from dashboard.map_svg import WIDTH, Drawing, Points, map_svg, nice_length
from dashboard.paints import paint_record
from dashboard.records import keep_record
from dashboard.settings import Settings

SVG = "{http://www.w3.org/2000/svg}"
SCREEN = Screen(width=900, height=600, cutouts=0)


@pytest.fixture
def cache():
    return create_cache(Flask("test"), Settings(cache="memory"))


@pytest.fixture
def asked(collection, cache):
    def ask(column="label", **more):
        paint = keep_record(cache, paint_record(column))
        return MapAsked(collection.checkpoints[-1], paint, **({"theme": "light"} | more))

    return ask


def view_of(collection, share=1.0):
    """The middle of the map, `share` of it wide."""
    positions, _ = collection.map_positions(collection.checkpoints[-1])
    low, high = positions.min(0) - 0.1, positions.max(0) + 0.1
    middle, half = (low + high) / 2, share * (high - low) / 2
    return tuple(np.stack([middle - half, middle + half], axis=1).ravel().astype(float))


def circles(root):
    """(n, 2) centres of the galaxies' circles, in units of the drawing."""
    clipped = root.find(f".//{SVG}g[@clip-path]")
    return np.array(
        [[float(c.get("cx")), float(c.get("cy"))] for c in clipped.iter(f"{SVG}circle")]
    ).reshape(-1, 2)


def texts(root):
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def test_every_galaxy_in_view_is_a_circle_at_its_place(collection, cache, asked):
    view = view_of(collection, 0.6)
    x0, x1, y0, y1 = view
    positions, _ = collection.map_positions(collection.checkpoints[-1])
    inside = positions[
        (positions >= (x0, y0)).all(axis=1) & (positions <= (x1, y1)).all(axis=1)
    ].astype(float)
    expected = (inside - (x0, y1)) * (1, -1) * WIDTH / (x1 - x0)
    found = circles(ElementTree.fromstring(export_svg(collection, cache, asked(), view, SCREEN)))
    assert len(found) == len(expected) > 20
    np.testing.assert_allclose(
        found[np.lexsort(found.T)], expected[np.lexsort(np.round(expected, 2).T)], atol=0.02
    )


def test_the_title_says_what_it_is_and_the_legend_counts_what_is_in_view(collection, cache, asked):
    root = ElementTree.fromstring(
        export_svg(collection, cache, asked(), view_of(collection), SCREEN)
    )
    said = texts(root)
    n = f"{collection.n_galaxies:,}"
    assert collection.name in said[0] and "epoch" in said[0]
    assert f"{n} of {n} galaxies in view" in said[1] and collection.digest in said[1]
    counts = {
        label: f"{number:,}" for label, number in collection.catalog["label"].value_counts().items()
    }
    for label, number in counts.items():
        assert f"{label} {number}" in said
    assert any("UMAP has no physical scale" in text for text in said)


def test_the_selected_are_counted_and_the_rest_dimmed(collection, cache, asked):
    rows = list(range(40))
    steps = [{"op": "set", "kind": "rows", "rows": rows, "checkpoint": collection.checkpoints[-1]}]
    selection = keep_record(cache, {"steps": steps})
    text = export_svg(collection, cache, asked(selection=selection), view_of(collection), SCREEN)
    root = ElementTree.fromstring(text)
    assert "40 selected, the rest dimmed" in texts(root)[1]
    bright = [g for g in root.iter(f"{SVG}g") if g.get("fill-opacity") == "0.85"]
    assert sum(len(g.findall(f"{SVG}circle")) for g in bright) == 40
    assert any(re.search(r"\d+ / \d+", text) for text in texts(root))


def test_a_hidden_group_is_not_in_it(collection, cache, asked):
    counts = collection.catalog["label"].value_counts()
    text = export_svg(collection, cache, asked(hidden=frozenset({0})), view_of(collection), SCREEN)
    root = ElementTree.fromstring(text)
    assert len(circles(root)) == collection.n_galaxies - counts.iloc[0]
    assert "without the hidden groups" in texts(root)[1]
    assert not any(said.startswith(counts.index[0]) for said in texts(root))


def test_a_number_has_its_bar_with_both_ends(collection, cache, asked):
    text = export_svg(collection, cache, asked("redshift"), view_of(collection), SCREEN)
    root = ElementTree.fromstring(text)
    assert len(root.findall(f".//{SVG}linearGradient/{SVG}stop")) == 64
    assert any(said.startswith("redshift") for said in texts(root))


def test_cutouts_are_the_galaxies_own_where_they_are(collection, cache, asked):
    screen = Screen(width=900, height=600, cutouts=44)
    text = export_svg(collection, cache, asked(), view_of(collection), screen)
    images = list(ElementTree.fromstring(text).iter(f"{SVG}image"))
    assert len(images) > 3
    positions, _ = collection.map_positions(collection.checkpoints[-1])
    x0, x1, _, y1 = view_of(collection)
    places = (positions.astype(float) - (x0, y1)) * (1, -1) * WIDTH / (x1 - x0)
    for image in images:
        side = float(image.get("width"))
        middle = float(image.get("x")) + side / 2, float(image.get("y")) + side / 2
        row = int(((places - middle) ** 2).sum(axis=1).argmin())
        encoded = base64.b64decode(image.get("href").split(",")[1])
        shown = np.asarray(Image.open(BytesIO(encoded)).convert("RGB"), float)
        own = Image.open(BytesIO(collection.cutout(row)[0])).convert("RGB")
        own = np.asarray(own.resize(shown.shape[1::-1]), float)
        assert np.abs(shown - own).mean() < 6


def test_too_many_galaxies_are_a_picture_of_print_resolution(collection, cache, asked, monkeypatch):
    monkeypatch.setattr("dashboard.map_points.MAX_POINTS", 100)
    text = export_svg(collection, cache, asked(), view_of(collection), SCREEN)
    root = ElementTree.fromstring(text)
    (raster,) = root.iter(f"{SVG}image")
    drawn = Image.open(BytesIO(base64.b64decode(raster.get("href").split(",")[1])))
    assert drawn.width >= 2000
    assert "the picture shows all" in texts(root)[1]


def drawing(**more):
    points = Points(
        np.array([0.5, 1.0]),
        np.array([0.5, 1.0]),
        np.array([0, 0]),
        *np.array([[0, 0], [0, 1]], bool),
    )
    fields = {
        "view": (0.0, 1.0, 0.0, 1.0), "middle": (0.5, 0.5), "pixels": 500, "title": "t",
        "subtitle": "s", "points": points, "palette": ("#ff0000",), "is_selection": False,
        "dot_size": 4, "legend": Legend("l"), "colors": ("#fff", "#000", "#777"),
        "provenance": "p",
    }  # fmt: skip
    return Drawing(**(fields | more))


def test_what_is_written_is_escaped_and_stays_xml():
    nasty = '<script>alert("1")</script> & "quoted" ]]>'
    legend = Legend(nasty, ((nasty, "#ff0000", "1"),), ("#000000", "#ffffff"), nasty, nasty)
    text = map_svg(drawing(title=nasty, subtitle=nasty, provenance=nasty, legend=legend))
    root = ElementTree.fromstring(text)
    assert "<script" not in text
    assert nasty in texts(root) and root.find(f"{SVG}title").text == nasty


def test_a_far_galaxy_is_a_triangle_that_points_away_from_the_middle():
    root = ElementTree.fromstring(map_svg(drawing()))
    (triangle,) = [p for p in root.iter(f"{SVG}path") if "rotate" in (p.get("transform") or "")]
    # To the upper right corner: y grows downwards in a drawing.
    assert "rotate(-45.0)" in triangle.get("transform")
    assert len(circles(root)) == 1


@pytest.mark.parametrize(
    "most, length", [(1, 1), (1.9, 1), (2.1, 2), (7, 5), (0.034, 0.02), (940, 500)]
)
def test_a_scale_bar_has_a_round_length(most, length):
    assert nice_length(most) == pytest.approx(length)


def test_a_long_legend_is_broken_into_lines():
    entries = tuple((f"class number {n}", "#ff0000", "1,000") for n in range(30))
    lines, height = legend_lines(Legend("label", entries), WIDTH, "#000", "#777")
    heights = {re.search(r' y="([\d.]+)"', line).group(1) for line in lines if "<text" in line}
    assert 4 < len(heights) <= 12 and height > 17 * (len(heights) - 1)
    for line in lines:
        assert float(re.search(r'c?x="([\d.]+)"', line).group(1)) < WIDTH


@pytest.mark.parametrize(
    "field, value, status",
    [
        ("x0", "nan", 400),
        ("x1", "-1e9", 400),
        ("y1", "1e9", 400),
        ("width", "0", 400),
        ("width", "many", 400),
        ("cutouts", "x", 400),
        ("theme", "pink", 400),
        ("hidden", "a,b", 400),
        ("checkpoint", "../../etc", 404),
        ("paint", "unknown", 404),
        ("selection", "unknown", 404),
    ],
)
def test_an_address_that_cannot_be_drawn_is_refused_with_a_sentence(
    app, collection, field, value, status
):
    fields = {
        "checkpoint": collection.checkpoints[-1], "x0": -1, "x1": 1, "y0": -1, "y1": 1,
        "width": 800, "height": 800, "cutouts": 0,
    }  # fmt: skip
    reply = app.server.test_client().get(
        f"/collections/{collection.digest}/map/export.svg", query_string=fields | {field: value}
    )
    assert reply.status_code == status
    assert reply.text.endswith(".") and "Traceback" not in reply.text and "<" not in reply.text


def test_the_file_has_a_name_and_may_be_kept(app, collection):
    fields = {
        "checkpoint": collection.checkpoints[-1], "x0": -1, "x1": 1, "y0": -1, "y1": 1,
        "width": 800, "height": 800,
    }  # fmt: skip
    reply = app.server.test_client().get(
        f"/collections/{collection.digest}/map/export.svg", query_string=fields
    )
    assert reply.status_code == 200 and reply.mimetype == "image/svg+xml"
    assert (
        f"{collection.name}_{collection.checkpoints[-1]}_map.svg"
        in (reply.headers["Content-Disposition"])
    )
    ElementTree.fromstring(reply.text)
