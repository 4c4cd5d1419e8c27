"""The map's routes, asked as a browser would and as it would not."""

import io
import threading

import numpy as np
import pytest
from flask import Flask
from PIL import Image

from dashboard.cache import create_cache
from dashboard.map_asked import MapAsked
from dashboard.map_view import map_index, shown_of
from dashboard.paints import paint_record
from dashboard.raster import MAX_PIXELS
from dashboard.records import keep_record
from dashboard.routes_map import MAX_CUTOUTS, register_map_routes
from dashboard.settings import Settings

ROUTES = ("raster", "points", "cutouts", "nearest", "overview", "far", "meta")
SIZES = {"width": 200, "height": 120, "columns": 9, "rows": 6, "x": 0, "y": 0, "radius": 1}


@pytest.fixture(scope="module")
def server():
    return Flask("map")


@pytest.fixture(scope="module")
def cache(server, collection):
    cache = create_cache(server, Settings(cache="memory"))
    register_map_routes(server, collection, cache)
    return cache


@pytest.fixture
def client(server, cache):
    return server.test_client()


@pytest.fixture(scope="module")
def paints(cache):
    """Ids of the paints of a page."""
    columns = {"classes": "label", "number": "redshift", "points": "density of points"}
    return {kind: keep_record(cache, paint_record(name)) for kind, name in columns.items()}


@pytest.fixture(scope="module")
def selected(cache, collection):
    """Id of a selection of the left half of the last map."""
    x0, x1, y0, y1 = map_index(collection, collection.checkpoints[-1]).home
    box = {"op": "set", "kind": "box", "x": [x0, (x0 + x1) / 2], "y": [y0, y1]}
    return keep_record(cache, {"checkpoint": collection.checkpoints[-1], "steps": [box]})


@pytest.fixture
def ask(client, collection):
    """Ask a route, about the whole of the last map unless told otherwise."""
    home = map_index(collection, collection.checkpoints[-1]).home

    def get(route, **fields):
        view = dict(zip(("x0", "x1", "y0", "y1"), home, strict=True))
        known = {"checkpoint": collection.checkpoints[-1], **view, **SIZES, **fields}
        known = {name: value for name, value in known.items() if value is not None}
        return client.get(f"/collections/{collection.digest}/map/{route}", query_string=known)

    return get


def decoded(reply):
    """The lists of a reply of map/points."""
    head = np.frombuffer(reply.data, "<i4", 8)
    n, n_groups, at, parts = head[1], head[4], 32, {}
    kinds = {"x": "<f4", "y": "<f4", "row": "<i4", "group": "u1", "flags": "u1"}
    for name, kind in kinds.items():
        parts[name] = np.frombuffer(reply.data, kind, n, at)
        at += -(-parts[name].nbytes // 4) * 4
    palette = np.frombuffer(reply.data, "u1", 3 * n_groups, at)
    assert len(reply.data) == at + -(-palette.nbytes // 4) * 4
    return head, parts, palette


def picture(reply):
    return np.asarray(Image.open(io.BytesIO(reply.data)).convert("RGBA")).astype(int)


@pytest.mark.parametrize("route", ROUTES)
def test_answers_may_be_kept_for_ever(ask, paints, route):
    reply = ask(route, paint=paints["classes"])
    assert reply.status_code == 200 and "immutable" in reply.headers["Cache-Control"]


def test_meta_tells_what_a_page_has_to_know(ask, collection):
    checkpoint = collection.checkpoints[-1]
    assert ask("meta").json == {
        "n": collection.n_galaxies,
        "home": list(map_index(collection, checkpoint).home),
        "n_moved": int(collection.map_positions(checkpoint)[1].sum()),
        "max_points": 50_000,
        "projection": "UMAP",
        "text": "",
    }


def test_meta_says_how_a_map_that_is_no_umap_was_made(ask, collection, monkeypatch):
    info = collection.checkpoint_info(collection.checkpoints[-1])
    said = {"method": "made-up", "text": "Drawn by hand."}
    monkeypatch.setitem(info, "projection", said)
    meta = ask("meta").json
    assert (meta["projection"], meta["text"]) == ("made-up", "Drawn by hand.")


def test_points_are_in_the_order_of_bytes_that_the_page_reads(ask, collection, paints, selected):
    reply = ask("points", paint=paints["classes"], selection=selected)
    head, parts, palette = decoded(reply)
    n = collection.n_galaxies
    assert reply.mimetype == "application/octet-stream"
    assert head.tolist() == [0x4D53, n, n, 1, len(palette) // 3, 0, 0, 0]
    positions, _ = collection.map_positions(collection.checkpoints[-1])
    np.testing.assert_array_equal(positions[parts["row"]], np.stack([parts["x"], parts["y"]], 1))
    labels = collection.catalog["label"].to_numpy()[parts["row"]]
    assert len(np.unique(list(zip(labels, parts["group"], strict=True)), axis=0)) == len(
        np.unique(labels)
    )


def test_a_picture_shows_where_galaxies_are(ask, collection, paints):
    for paint in ("", *paints.values()):
        for theme in ("dark", "light"):
            reply = ask("raster", paint=paint, theme=theme)
            drawn = picture(reply)
            assert reply.mimetype == "image/png" and drawn.shape == (120, 200, 4)
            assert int(reply.headers["X-N-In-View"]) == collection.n_galaxies
            x0, x1, y0, y1 = map_index(collection, collection.checkpoints[-1]).home
            positions, _ = collection.map_positions(collection.checkpoints[-1])
            x, y = positions.astype(float).T
            counts = np.histogram2d(y, x, (120, 200), ((y0, y1), (x0, x1)))[0][::-1]
            np.testing.assert_array_equal(drawn[..., 3] > 0, counts > 0)
            assert drawn[..., 3][counts > 0].min() >= 0.34 * 255


def test_classes_have_the_colors_of_their_points(ask, collection, paints):
    drawn = picture(ask("raster", paint=paints["classes"], width=500, height=500))
    _, _, palette = decoded(ask("points", paint=paints["classes"]))
    seen = {tuple(color) for color in drawn[drawn[..., 3] > 0][:, :3].tolist()}
    assert {tuple(color) for color in palette.reshape(-1, 3).tolist()} <= seen


def test_a_selection_is_bright_and_the_rest_is_dimmed(ask, collection, paints, selected):
    for paint in paints.values():
        drawn = picture(ask("raster", paint=paint, selection=selected))
        alpha = drawn[:, :, 3]
        left, right = alpha[:, :99], alpha[:, 101:]
        assert left[left > 0].min() >= 0.34 * 255
        assert 0 < right.max() < 0.25 * 255


def test_hidden_groups_are_nowhere(ask, collection, paints):
    every = decoded(ask("points", paint=paints["classes"]))[1]
    hidden = f"{every['group'][0]},200"
    reply = ask("points", paint=paints["classes"], hidden=hidden)
    shown = every["group"] != every["group"][0]
    assert set(decoded(reply)[1]["row"]) == set(every["row"][shown])
    assert decoded(reply)[0][2] == shown.sum()
    raster = ask("raster", paint=paints["classes"], hidden=hidden)
    assert int(raster.headers["X-N-In-View"]) == shown.sum()
    cutouts = ask("cutouts", paint=paints["classes"], hidden=hidden).json["cutouts"]
    assert cutouts and {row for row, _, _ in cutouts} <= set(every["row"][shown].tolist())
    for index in np.flatnonzero(~shown)[:20]:
        x, y = float(every["x"][index]), float(every["y"][index])
        near = ask("nearest", paint=paints["classes"], hidden=hidden, x=x, y=y, radius=1e9)
        assert near.json["row"] in every["row"][shown]


def test_with_everything_hidden_there_is_nothing_and_no_error(ask, paints, selected):
    hidden = ",".join(map(str, range(256)))
    for selection in ("", selected):
        fields = {"paint": paints["classes"], "hidden": hidden, "selection": selection}
        assert (picture(ask("raster", **fields)) == 0).all()
        assert decoded(ask("points", **fields))[0][1] == 0
        assert ask("cutouts", **fields).json == {"cutouts": []}
        assert ask("nearest", **fields).json == {"row": None}
        assert ask("far", **fields).json == {"n": 0, "far": []}


def test_the_nearest_galaxy_is_at_its_place(ask, collection):
    positions, _ = collection.map_positions(collection.checkpoints[-1])
    for row in (0, 7, collection.n_galaxies - 1):
        x, y = positions[row].tolist()
        assert ask("nearest", x=x, y=y, radius=0.5).json == {"row": row, "x": x, "y": y}
    assert ask("nearest", x=1e50, y=0, radius=1).json == {"row": None}


def test_cutouts_on_the_map_are_at_their_galaxies_and_apart(ask, collection):
    for checkpoint in collection.checkpoints:
        home = map_index(collection, checkpoint).home
        view = dict(zip(("x0", "x1", "y0", "y1"), home, strict=True))
        cutouts = ask("cutouts", checkpoint=checkpoint, **view).json["cutouts"]
        positions, _ = collection.map_positions(checkpoint)
        assert 3 < len(cutouts) <= MAX_CUTOUTS
        rows = [row for row, _, _ in cutouts]
        np.testing.assert_array_equal(positions[rows].astype(float), [at for _, *at in cutouts])
        cell = max((home[1] - home[0]) / 9, (home[3] - home[2]) / 6)
        gaps = np.abs(positions[rows][:, None] - positions[rows][None]).max(axis=2)
        assert gaps[~np.eye(len(rows), dtype=bool)].min() >= cell


def test_selected_galaxies_have_the_first_cutouts(ask, collection, selected):
    cutouts = ask("cutouts", selection=selected, columns=20, rows=14).json["cutouts"]
    x0, x1, _, _ = map_index(collection, collection.checkpoints[-1]).home
    is_selected = [x <= (x0 + x1) / 2 for _, x, _ in cutouts]
    assert is_selected == sorted(is_selected, reverse=True) and 1 < sum(is_selected) < len(cutouts)


def test_the_overview_is_of_the_whole_map_by_number(ask, paints):
    pictures = [picture(ask("overview", paint=paint, x0="?")) for paint in paints.values()]
    assert pictures[0].shape == (120, 200, 4) and (pictures[0][..., 3] > 0).any()
    assert all((other == pictures[0]).all() for other in pictures)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("checkpoint", ["none", "../../catalog", "", None])
def test_an_unknown_checkpoint_is_not_found(ask, route, checkpoint):
    reply = ask(route, checkpoint=checkpoint)
    assert reply.status_code == 404 and "There is no checkpoint" in reply.text


@pytest.mark.parametrize("route", [route for route in ROUTES if route != "meta"])
@pytest.mark.parametrize("name", ["paint", "selection"])
def test_an_unknown_record_is_not_found(ask, route, name):
    reply = ask(route, **{name: "0123456789abcdef"})
    assert reply.status_code == 404 and "0123456789abcdef" in reply.text


def test_another_collection_is_not_found(client, collection):
    address = f"/collections/{'0' * 12}/map/meta?checkpoint={collection.checkpoints[0]}"
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "route, name",
    [(route, name) for route in ("raster", "points", "cutouts") for name in ("x0", "y1")]
    + [("raster", "width"), ("cutouts", "columns"), ("nearest", "x"), ("nearest", "radius")],
)
@pytest.mark.parametrize("text", ["nan", "inf", "", "abc", "1e308", None])
def test_what_is_no_number_is_refused_by_name(ask, route, name, text):
    reply = ask(route, **{name: text})
    if text == "1e308" and name in ("width", "columns"):
        assert reply.status_code in (200, 400)  # taken as the largest, or refused
        return
    assert reply.status_code == 400 and f"'{name}'" in reply.text
    assert reply.mimetype == "text/plain" and "immutable" not in reply.headers["Cache-Control"]


def test_what_is_too_much_is_bounded(ask, collection):
    assert np.prod(picture(ask("raster", width=10**9, height=10**9)).shape[:2]) <= MAX_PIXELS
    assert picture(ask("raster", width=10**9, height=1)).shape[0] == 1
    assert len(ask("cutouts", columns=10**9, rows=10**9).json["cutouts"]) <= MAX_CUTOUTS
    assert decoded(ask("points", most=10**9))[0][1] == collection.n_galaxies
    assert max(picture(ask("overview", width=10**9, height=10**9)).shape) <= 400
    assert ask("nearest", x=0, y=0, radius=1e99).json["row"] is not None


@pytest.mark.parametrize("wide", [1e-99, 1e-12, 1e-5, 1e12, 1e99])
def test_a_view_of_any_size_is_answered(ask, wide):
    view = {"x0": -wide, "x1": wide, "y0": -wide, "y1": wide}
    for route in ("raster", "points", "cutouts"):
        assert ask(route, **view).status_code == 200


def test_threads_get_the_answers_that_one_gets(ask, paints, selected, collection):
    checkpoints = collection.checkpoints
    asked = [
        (route, {"paint": paint, "selection": selection, "checkpoint": checkpoint})
        for route in ("raster", "points", "cutouts")
        for paint in paints.values()
        for selection in ("", selected)
        for checkpoint in checkpoints[:2]
    ]
    answers, barrier = {}, threading.Barrier(4)

    def work(number):
        barrier.wait()
        for route, fields in asked:
            answers[number, route, *fields.values()] = ask(route, **fields).data

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 * len(asked)
    for route, fields in asked:
        expected = ask(route, **fields).data
        assert all(answers[number, route, *fields.values()] == expected for number in range(4))


def test_what_is_shown_is_shared_by_the_routes(collection, cache, paints):
    asked = MapAsked(collection.checkpoints[0], paints["classes"])
    first, second = shown_of(collection, cache, asked), shown_of(collection, cache, asked)
    assert first.index is second.index and first.groups is second.groups


def test_the_page_has_the_routes(app, collection):
    address = f"/collections/{collection.digest}/map/meta"
    reply = app.server.test_client().get(address, query_string={"checkpoint": "none"})
    assert reply.status_code == 404 and "There is no checkpoint 'none'" in reply.text
