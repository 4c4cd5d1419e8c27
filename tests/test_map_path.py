"""Galaxies on several maps: the right places of the right ones, and no more than are drawn."""

import numpy as np
import pytest
from flask import Flask

from dashboard.cache import create_cache
from dashboard.map_asked import MapAsked
from dashboard.map_path import MOST_TRAILS, checkpoints_asked, morph, trails
from dashboard.map_points import SELECTED
from dashboard.paints import paint_record
from dashboard.records import keep_record
from dashboard.routes_map import register_map_routes
from dashboard.settings import Settings
from models.errors import BadInput, NotFound


@pytest.fixture(scope="module")
def server():
    return Flask("paths")


@pytest.fixture(scope="module")
def cache(server, collection):
    cache = create_cache(server, Settings(cache="memory"))
    register_map_routes(server, collection, cache)
    return cache


def decoded(data):
    """What assets/map_morph.js reads of a morph, by the order of its bytes."""
    head = np.frombuffer(data, "<i4", 8)
    magic, n, n_shown, n_checkpoints, n_groups = head[:5]
    assert magic == 0x4D50
    x0, x1, y0, y1 = np.frombuffer(data, "<f4", 4, 32)
    at, found = 48, {"n_shown": n_shown, "places": [], "groups": []}

    def take(kind, length):
        nonlocal at
        part = np.frombuffer(data, kind, length, at)
        at += -(-part.nbytes // 4) * 4
        return part

    for _ in range(n_checkpoints):
        x, y = take("<u2", n), take("<u2", n)
        found["places"].append(
            np.stack([x0 + x / 65535 * (x1 - x0), y0 + y / 65535 * (y1 - y0)], axis=1)
        )
        found["groups"].append(take("u1", n))
    found |= {"rows": take("<i4", n), "flags": take("u1", n), "palette": take("u1", 3 * n_groups)}
    assert at == len(data)
    return found


def selection_of(collection, cache, rows):
    step = {"op": "set", "kind": "rows", "rows": [int(row) for row in rows]}
    return keep_record(cache, {"checkpoint": collection.checkpoints[-1], "steps": [step]})


def test_every_galaxy_is_at_its_place_on_every_map(collection, cache):
    names = collection.checkpoints
    found = decoded(morph(collection, cache, MapAsked(names[-1]), names).to_bytes())
    assert sorted(found["rows"]) == list(range(collection.n_galaxies))
    assert found["n_shown"] == collection.n_galaxies
    for name, places in zip(names, found["places"], strict=True):
        positions, _ = collection.map_positions(name)
        np.testing.assert_allclose(places, positions[found["rows"]], atol=2e-3)


def test_the_selected_come_last_and_hidden_groups_do_not(collection, cache):
    names = collection.checkpoints
    paint = keep_record(cache, paint_record("label"))
    rows = np.arange(5, 60)
    selection = selection_of(collection, cache, rows)
    asked = MapAsked(names[0], paint, selection, frozenset([0]))
    found = morph(collection, cache, asked, names)
    assert (found.groups > 0).all()
    is_selected = found.flags & SELECTED == SELECTED
    assert set(found.rows[is_selected]) <= set(rows)
    assert (np.diff(is_selected.astype(int)) >= 0).all() and is_selected.any()


def test_trails_are_of_the_selection_and_end_with_the_query(collection, cache):
    names = collection.checkpoints
    rows = np.arange(0, 400)
    selection = selection_of(collection, cache, rows)
    found = trails(collection, cache, MapAsked(names[-1], "", selection), names, 7)
    assert found["n_selected"] == 400
    drawn = [row for row, _ in found["trails"]]
    assert len(set(drawn)) == len(drawn) and len(drawn) in (MOST_TRAILS, MOST_TRAILS + 1)
    assert drawn[-1] == 7 and set(drawn) <= set(rows)
    for row, path in found["trails"][::30]:
        places = [collection.map_positions(name)[0][row] for name in names]
        np.testing.assert_allclose(path, places)
    nothing = trails(collection, cache, MapAsked(names[-1]), names, None)
    assert nothing == {"n_selected": 0, "trails": []}


def test_addresses_written_by_hand_are_answered_in_a_sentence(collection, cache, server):
    with pytest.raises(NotFound, match="no checkpoint 'nine'"):
        checkpoints_asked(collection, "epoch_20,nine")
    for text in ("", "epoch_20", ",".join(["epoch_20"] * 100)):
        with pytest.raises(BadInput, match="checkpoints"):
            checkpoints_asked(collection, text)
    client, prefix = server.test_client(), f"/collections/{collection.digest}/map"
    names = ",".join(collection.checkpoints)
    last = collection.checkpoints[-1]
    for address, status in (
        (f"morph?checkpoint={last}&checkpoints={names}", 200),
        (f"trails?checkpoint={last}&checkpoints={names}&query=3", 200),
        (f"trails?checkpoint={last}&checkpoints={names}&query=999999", 400),
        (f"trails?checkpoint={last}&checkpoints={names}&query=nan", 400),
        (f"morph?checkpoint={last}&checkpoints=a,b", 404),
        (f"morph?checkpoint={last}", 400),
        (f"morph?checkpoint=none&checkpoints={names}&paint=0123456789abcdef", 404),
    ):
        reply = client.get(f"{prefix}/{address}")
        assert reply.status_code == status, address
        if status == 200:
            assert "max-age" in reply.headers["Cache-Control"]
