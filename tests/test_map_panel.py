"""The map's panel: what it says, what it wires, and what it leaves to plain routes."""

import re
from dataclasses import replace

import pytest

from dashboard import ids
from dashboard.panels import map as map_panel
from dashboard.panels.map import HELD, caption
from dashboard.panels.map_options import SIZES, map_options
from tests.test_layers import ROOT

ASSETS = ROOT / "assets"


def dependencies(app):
    return app.server.test_client().get("/_dash-dependencies").json


def parts(component):
    yield component
    for child in component._traverse():
        if hasattr(child, "_traverse"):
            yield child


@pytest.fixture
def panel(collection):
    return map_panel.layout(collection)


def test_the_caption_says_what_the_map_is_and_is_not(collection):
    said = caption(collection, collection.checkpoints[0])
    assert said.startswith("epoch 0") and "for looking only" in said


def test_the_caption_counts_what_is_far_outside(collection, monkeypatch):
    positions, is_moved = collection.map_positions(collection.checkpoints[0])
    moved = is_moved.copy()
    moved[:3] = True
    monkeypatch.setattr(type(collection), "map_positions", lambda self, name: (positions, moved))
    assert f"{moved.sum()} far outside" in caption(collection, collection.checkpoints[0])


def test_no_callback_sends_a_picture_of_the_map(app):
    for callback in dependencies(app):
        if callback.get("clientside_function"):
            continue
        for graph in ids.MAPS:
            assert f"{graph}.figure" not in callback["output"]
            watched = [source["id"] for source in callback["inputs"] + callback["state"]]
            assert graph not in watched  # what plotly tells of points would go up with it


def test_the_first_picture_waits_for_no_callback_of_the_server(app):
    (follow,) = [
        callback
        for callback in dependencies(app)
        if callback["output"] == f"{ids.OVERLAY}.title" and callback.get("clientside_function")
    ]
    waited = {(source["id"], source["property"]) for source in follow["inputs"]}
    written = {
        tuple(output.rsplit(".", 1))
        for callback in dependencies(app)
        if not callback.get("clientside_function") and not callback["prevent_initial_call"]
        for output in callback["output"].strip(".").split("...")
    }
    assert waited and not waited & written
    assert [source["id"] for source in follow["state"]] == list(HELD.values())


def test_the_script_keeps_every_store_in_the_same_order():
    script = (ASSETS / "map_follow.js").read_text()
    kept = re.search(r"const HELD = \{(.*?)\n  \};", script, re.DOTALL).group(1)
    assert re.findall(r"^    (\w+): \(", kept, re.MULTILINE) == list(HELD)


def test_scripts_and_components_have_the_same_ids():
    script = "".join(path.read_text() for path in ASSETS.glob("map*.js"))
    named = set(re.findall(r'set_props\("([\w-]+)"', script))
    assert named and named <= {value for value in vars(ids).values() if isinstance(value, str)}


def test_all_maps_can_be_reached_by_keys(panel, collection):
    frames = [part for part in parts(panel) if getattr(part, "className", "") == "map-frame"]
    assert len(frames) == 1
    others = map_panel.more_maps(collection, collection.checkpoints)
    assert [getattr(frame, "data-checkpoint") for frame in others] == list(collection.checkpoints)
    frames += others
    assert len({getattr(frame, "aria-label") for frame in frames}) == len(frames)
    for frame in frames:
        assert frame.tabIndex == "0" and getattr(frame, "aria-label")
        buttons = [part for part in parts(frame) if getattr(part, "data-zoom", None)]
        assert [getattr(button, "data-zoom") for button in buttons] == ["in", "out", "fit"]
        assert all(getattr(button, "aria-label") for button in buttons)


def test_a_collection_without_cutouts_says_so(collection):
    files = {name: file for name, file in collection.info["files"].items() if "cutouts" not in name}
    bare = replace(collection, info=collection.info | {"files": files})
    assert not bare.has_cutouts
    options = map_options(bare)
    (switch,) = [p for p in parts(options) if getattr(p, "id", None) == ids.SHOW_CUTOUTS]
    (slider,) = [p for p in parts(options) if getattr(p, "id", None) == ids.CUTOUT_SIZE]
    assert switch.disabled and not switch.checked and slider.disabled
    assert any("no cutouts" in str(getattr(p, "data-explained", "")) for p in parts(options))


def test_cutouts_have_a_range_of_sizes(collection):
    (slider,) = [
        p for p in parts(map_options(collection)) if getattr(p, "id", None) == ids.CUTOUT_SIZE
    ]
    assert (slider.min, slider.max) == SIZES and SIZES[0] <= slider.value <= SIZES[1]


def test_every_script_of_the_map_is_strict_and_short():
    scripts = list(ASSETS.glob("map*.js"))
    assert len(scripts) > 5
    for path in scripts:
        text = path.read_text()
        assert '"use strict";' in text
        assert len(text.splitlines()) < 300, path.name
