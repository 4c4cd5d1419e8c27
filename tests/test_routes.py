import numpy as np
import pytest


@pytest.fixture
def client(app):
    return app.server.test_client()


@pytest.fixture
def prefix(collection):
    return f"/collections/{collection.digest}"


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


def test_facts_tell_the_rank_and_whether_a_galaxy_was_moved_to_the_edge(client, prefix, collection):
    checkpoint = collection.checkpoints[-1]
    density = collection.density(checkpoint)["log_density"]
    _, is_moved = collection.map_positions(checkpoint)
    for row in (int(np.argmin(density)), int(np.argmax(is_moved)), 12):
        facts = client.get(f"{prefix}/galaxies/{row}?checkpoint={checkpoint}").json
        rank = int((density < density[row]).sum()) + 1
        assert dict(facts["summary"])["density rank"] == f"{rank:,} of {collection.n_galaxies:,}"
        assert facts["moved"] is bool(is_moved[row])


@pytest.mark.parametrize(
    "address",
    [
        "{prefix}/cutouts/999999",
        "{prefix}/cutouts/-1",
        "{prefix}/cutouts/x",
        "{prefix}/cutouts/..%2F..%2Fcollection.json",
        "{prefix}/galaxies/-1?checkpoint={checkpoint}",
        "{prefix}/galaxies/1.5?checkpoint={checkpoint}",
        "{prefix}/galaxies/999999?checkpoint={checkpoint}",
        "{prefix}/galaxies/0?checkpoint=none",
        "{prefix}/galaxies/0?checkpoint=../../catalog",
        "{prefix}/galaxies/0",
        "/collections/000000000000/cutouts/0",
    ],
)
def test_what_is_unknown_is_not_found(client, prefix, collection, address):
    reply = client.get(address.format(prefix=prefix, checkpoint=collection.checkpoints[0]))
    assert reply.status_code == 404
    assert "Traceback" not in reply.text


def test_health_names_the_collection(client, collection):
    assert client.get("/health").json == {
        "collection": collection.name,
        "n_galaxies": collection.n_galaxies,
    }


@pytest.mark.parametrize("digest", ["deadbeef0123", None])
def test_an_address_of_another_build_or_of_nothing_says_so(client, collection, digest):
    reply = client.get(f"/collections/{digest or collection.digest}/nothing/here")
    assert reply.status_code == 404
    said = reply.get_data(as_text=True)
    assert ("load the page again" if digest else "nothing at the address") in said
