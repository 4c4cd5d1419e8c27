import numpy as np
import pytest

from dashboard.routes import MAX_CUTOUTS, spread


@pytest.fixture
def client(app):
    return app.server.test_client()


@pytest.fixture
def prefix(collection):
    return f"/collections/{collection.digest}"


def test_a_cutout_is_that_galaxys_bytes_and_may_be_kept(client, prefix, collection):
    for row in (0, 7, collection.n_galaxies - 1):
        reply = client.get(f"{prefix}/cutouts/{row}")
        assert (reply.data, reply.mimetype) == collection.cutout(row)
        assert "immutable" in reply.headers["Cache-Control"]


def test_facts_place_the_galaxy_and_its_neighbors(client, prefix, collection):
    checkpoint = collection.checkpoints[0]
    facts = client.get(f"{prefix}/galaxies/3?checkpoint={checkpoint}").json
    assert facts["row"] == 3
    assert dict(facts["summary"])["id"] == collection.catalog["object_id"].iat[3]
    assert [near["row"] for near in facts["neighbors"]] == list(
        collection.neighbors(checkpoint)[3, : len(facts["neighbors"])]
    )
    place = collection.projection(checkpoint)[3]
    np.testing.assert_allclose([facts["x"], facts["y"]], place, rtol=1e-5)


@pytest.mark.parametrize(
    "address",
    [
        "{prefix}/cutouts/999999",
        "{prefix}/cutouts/-1",
        "{prefix}/cutouts/x",
        "{prefix}/cutouts/..%2F..%2Fcollection.json",
        "{prefix}/galaxies/999999?checkpoint={checkpoint}",
        "{prefix}/galaxies/0?checkpoint=none",
        "{prefix}/galaxies/0?checkpoint=../../catalog",
        "{prefix}/galaxies/0",
        "{prefix}/map-cutouts?checkpoint=none&x0=0&x1=1&y0=0&y1=1&columns=2&rows=2",
        "/collections/000000000000/cutouts/0",
    ],
)
def test_what_is_unknown_is_not_found(client, prefix, collection, address):
    reply = client.get(address.format(prefix=prefix, checkpoint=collection.checkpoints[0]))
    assert reply.status_code == 404
    assert "Traceback" not in reply.text


@pytest.mark.parametrize("x0", ["nan", "inf", "", "abc"])
def test_a_view_that_is_no_view_is_refused(client, prefix, collection, x0):
    view = f"checkpoint={collection.checkpoints[0]}&x0={x0}&x1=1&y0=0&y1=1&columns=2&rows=2"
    assert client.get(f"{prefix}/map-cutouts?{view}").status_code == 400


def test_cutouts_on_the_map_are_at_their_galaxies(client, prefix, collection):
    checkpoint = collection.checkpoints[-1]
    positions = collection.projection(checkpoint)
    (x0, y0), (x1, y1) = positions.min(0), positions.max(0)
    view = f"checkpoint={checkpoint}&x0={x0}&x1={x1}&y0={y0}&y1={y1}&columns=8&rows=6"
    cutouts = client.get(f"{prefix}/map-cutouts?{view}").json["cutouts"]
    assert 2 < len(cutouts) <= 48
    for row, x, y in cutouts:
        np.testing.assert_allclose(positions[row], [x, y], rtol=1e-5)


def test_cutouts_do_not_overlap_and_fill_the_view(rng):
    positions = rng.uniform(0, 1, (5000, 2))
    place = positions[spread(positions, [0, 1, 0, 1], [5, 4])] * (5, 4)
    gaps = np.abs(place[:, None] - place[None]).max(axis=2)
    assert (gaps[~np.eye(len(place), dtype=bool)] >= 1).all()
    assert len(place) >= 10


def test_panning_keeps_the_cutouts_that_stay_in_view(rng):
    positions = rng.uniform(0, 4, (3000, 2))
    before = set(spread(positions, [0, 2, 0, 2], [6, 6]))
    after = set(spread(positions, [0.5, 2.5, 0, 2], [6, 6]))
    stay = {row for row in before if positions[row, 0] > 1}
    assert len(stay & after) > 0.6 * len(stay)


def test_there_are_never_more_than_a_page_can_move(rng):
    rows = spread(rng.uniform(0, 1, (5000, 2)), [0, 1, 0, 1], [200, 200])
    assert 50 < len(rows) <= MAX_CUTOUTS


def test_health_names_the_collection(client, collection):
    assert client.get("/health").json == {
        "collection": collection.name,
        "n_galaxies": collection.n_galaxies,
    }
