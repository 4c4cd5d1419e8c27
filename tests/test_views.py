import json
import os
import shutil
from dataclasses import replace

import pytest

from app import create_app
from dashboard import ids
from dashboard.settings import Settings
from dashboard.view_state import HELD, LATE, checkpoint_digest, held_on
from data.made_up import build_made_up
from data.store import Collection
from data.views import FOLDER, FORMAT, MAX_BYTES, keep_view, kept_view
from models.errors import BadInput, NotFound

VIEW = {
    "format": FORMAT,
    "collection": {},
    "checkpoints": {},
    "held": {"a.value": 1},
    "scripts": {},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, collection_folder):
    """A copy of the collection, whose links are this module's own."""
    return shutil.copytree(collection_folder, tmp_path_factory.mktemp("views") / "made_up")


@pytest.fixture(scope="module")
def here(folder):
    return Collection.open(folder)


@pytest.fixture(scope="module")
def page(folder):
    return create_app(Settings(collection=str(folder), cache="memory"))


@pytest.fixture
def client(page):
    return page.server.test_client()


def post(client, held, **scripts):
    return client.post("/views", json={"held": held, "scripts": scripts})


def restore(client, held, **scripts):
    kept = post(client, held, **scripts)
    assert kept.status_code == 200, kept.text
    return client.get(f"/views/{kept.json['id']}").json


# ---- on disk


def test_a_view_is_kept_whole_under_a_digest_of_it(here):
    name = keep_view(here, VIEW)
    assert len(name) == 12 and set(name) <= set("0123456789abcdef")
    assert kept_view(here, name) == VIEW
    assert keep_view(here, dict(reversed(VIEW.items()))) == name
    assert keep_view(here, VIEW | {"scripts": {"page": 1}}) != name


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "0" * 11, "0" * 13, "0" * 11 + "G", None, 7, "0" * 12 + "\n"]
)
def test_what_is_no_id_is_not_looked_for(here, name):
    with pytest.raises(NotFound, match="is no link to a view"):
        kept_view(here, name)


def test_an_unknown_id_is_not_found(here):
    with pytest.raises(NotFound, match="no view"):
        kept_view(here, "0123456789ab")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-20],
        lambda text: b"",
        lambda text: b"[1]",
        lambda text: b"\xff\xfe",
        lambda text: text.replace(b'"a.value":1', b'"a.value":2'),
        lambda text: text.replace(b'"held"', b'"held2"'),
        lambda text: b"[" * 100_000,
        lambda text: b" " * (MAX_BYTES + 1),
    ],
)
def test_a_file_that_is_not_as_it_was_written_is_refused(here, spoil):
    name = keep_view(here, VIEW | {"scripts": {"spoilt": 1}})
    path = here.kept / FOLDER / f"{name}.json"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(BadInput, match="damaged or was changed by hand"):
        kept_view(here, name)
    assert keep_view(here, VIEW | {"scripts": {"spoilt": 1}}) == name  # made again, it is mended
    assert kept_view(here, name)["scripts"] == {"spoilt": 1}


def test_a_newer_format_is_told(here):
    with pytest.raises(BadInput, match="newer version"):
        kept_view(here, keep_view(here, VIEW | {"format": FORMAT + 1}))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"bytes"])
def test_only_plain_values_are_kept(here, value):
    with pytest.raises(BadInput, match="texts and finite numbers"):
        keep_view(here, VIEW | {"held": {"a.value": value}})


def test_a_view_that_is_too_large_says_what_to_do(here):
    with pytest.raises(BadInput, match="save the selection under a name"):
        keep_view(here, VIEW | {"held": {"a.value": "x" * MAX_BYTES}})


def test_a_folder_that_cannot_be_written_is_a_sentence(here, tmp_path):
    blocked = tmp_path / "made_up.kept"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(BadInput, match="No link can be kept: .* in the folder 'made_up.kept'"):
        keep_view(replace(here, kept=blocked), VIEW)


# ---- of a page


def test_what_is_posted_comes_back(client, here):
    first = here.checkpoints[0]
    held = {
        "checkpoint.value": first,
        "selection.data": {"steps": [{"op": "set", "kind": "box", "x": [0, 1], "y": [0, 1]}]},
        "query.data": 7,
        "also-shown.value": ["null", "complement"],
        "n-bins.value": 25,
        "compared.value": [here.checkpoints[-1]],
        "lab-seed.n_clicks": 3,
    }
    came = restore(client, held, page={"sizes": {"right": 40}, "hidden": []}, map={"views": {}})
    assert came["held"] == held and came["changed"] == []
    assert came["scripts"] == {"page": {"sizes": {"right": 40}, "hidden": []}, "map": {"views": {}}}


def test_the_inspected_galaxy_is_kept_by_its_identifier(client, here):
    name = post(client, {"query.data": 7}).json["id"]
    kept = kept_view(here, name)["held"]["query.data"]
    assert kept == {"object_id": str(here.catalog["object_id"].iat[7]), "row": 7}


@pytest.mark.parametrize(
    "sent",
    [
        None, 5, [], {}, {"held": {}}, {"held": [], "scripts": {}},
        {"held": {"nonsense.value": 1}, "scripts": {}},
        {"held": {"selection.children": 1}, "scripts": {}},
        {"held": {}, "scripts": {"evil": 1}},
        {"held": {"query.data": 10**9}, "scripts": {}},
        {"held": {"query.data": "7"}, "scripts": {}},
        {"held": {"query.data": True}, "scripts": {}},
    ],
)  # fmt: skip
def test_what_is_no_state_of_this_page_is_refused_in_a_sentence(client, sent):
    reply = client.post("/views", json=sent)
    assert reply.status_code == 400 and reply.text.endswith(".") and "<" not in reply.text


@pytest.mark.parametrize(
    "body, kind",
    [
        (b"{", "application/json"),
        (b'{"held": {"n-bins.value": NaN}, "scripts": {}}', "application/json"),
        (b"[" * 50_000, "application/json"),
        (b'{"held": {}, "scripts": {}}', "text/plain"),
        (
            b'{"held": {"selection.data": "' + b"x" * MAX_BYTES + b'"}, "scripts": {}}',
            "application/json",
        ),
    ],
)
def test_a_body_that_is_none_is_refused_in_a_sentence(client, body, kind):
    reply = client.post("/views", data=body, content_type=kind)
    assert reply.status_code == 400 and reply.text.endswith(".")


@pytest.mark.parametrize("name", ["000000000000", "../../etc/passwd", "x", "%00", "a" * 5000])
def test_an_address_that_leads_to_no_view_is_a_sentence(client, name):
    reply = client.get(f"/views/{name}")
    assert reply.status_code == 404 and reply.text.endswith(".") and reply.mimetype == "text/plain"


@pytest.mark.parametrize(
    "held, said",
    [
        ({"checkpoint.value": "epoch_99"}, "'Checkpoint' cannot be 'epoch_99' any more."),
        ({"color.value": "a column that was"}, "cannot be 'a column that was' any more."),
        ({"n-bins.value": ["x"]}, "any more."),
        ({"show-cutouts.checked": "yes"}, "any more."),
        ({"also-shown.value": ["null", "nonsense"]}, "any more."),
        ({"shelf.value": "cellar"}, "any more."),
        ({"lab-seed.n_clicks": -1}, "any more."),
    ],
)
def test_what_cannot_be_any_more_is_told_and_the_rest_restored(client, held, said):
    came = restore(client, held | {"n-components.value": 9})
    assert "n-components.value" in came["held"] and not set(held) & set(came["held"])
    assert len(came["changed"]) == 1 and said in came["changed"][0]


def test_clusters_of_any_number_are_a_color_that_is_restored(client):
    came = restore(client, {"color.value": "cluster:hdbscan:70"})
    assert came["held"]["color.value"] == "cluster:hdbscan:70" and came["changed"] == []


def test_a_part_that_is_of_another_version_is_told(client, here):
    name = keep_view(here, VIEW | {"collection": {"name": "made_up", "digest": here.digest}})
    came = client.get(f"/views/{name}").json
    assert came["changed"] == ["This page has no part 'a.value' any more; it is left out."]
    assert came["held"] == {"query.data": None}


def test_another_build_of_the_collection_is_told_and_galaxies_are_found_again(tmp_path):
    old = Collection.open(build_made_up(tmp_path / "old" / "sky", n_galaxies=300))
    client = create_app(Settings(collection=str(old.folder), cache="memory")).server.test_client()
    held = {"query.data": 5, "checkpoint.value": old.checkpoints[0]}
    name = post(client, held).json["id"]
    assert client.get(f"/views/{name}").json["changed"] == []

    new = Collection.open(build_made_up(tmp_path / "new" / "sky", n_galaxies=310, seed=1))
    shutil.copytree(old.kept, new.kept)
    again = create_app(Settings(collection=str(new.folder), cache="memory")).server.test_client()
    came = again.get(f"/views/{name}").json
    assert "built anew" in came["changed"][0] and "'epoch_00' is another one" in came["changed"][1]
    object_id = str(old.catalog["object_id"].iat[5])
    rows = (new.catalog["object_id"] == object_id).to_numpy().nonzero()[0]
    assert came["held"]["query.data"] == (int(rows[0]) if len(rows) else None)
    assert came["held"]["checkpoint.value"] == old.checkpoints[0]


def test_a_checkpoint_has_the_digest_of_its_files(here):
    digests = {checkpoint_digest(here, name) for name in here.checkpoints}
    assert len(digests) == len(here.checkpoints)


# ---- the table


def test_everything_of_the_table_is_on_the_page(page):
    names = {f"{id}.{prop}" for prop, listed in HELD.items() for id in listed}
    assert set(held_on(page.layout)) == names
    assert {ids.SELECTION, ids.QUERY, ids.MEASURE} <= set(HELD["data"])
    assert set(LATE) <= {id for listed in HELD.values() for id in listed}


def test_every_control_of_the_curve_and_the_lab_is_in_the_table():
    values = {value for name, value in vars(ids).items() if name.isupper()}
    lab = {id for id in values if str(id).startswith("lab-")} & set(HELD["value"])
    assert len(lab) >= 15
    assert {ids.R_SCALE, ids.R_UNIT, ids.CORRELATION_SCALE, ids.SHELF} <= set(HELD["value"])


def test_views_are_small_readable_files(client, here):
    name = post(client, {"n-bins.value": 30}).json["id"]
    path = here.kept / FOLDER / f"{name}.json"
    assert json.loads(path.read_text())["collection"]["digest"] == here.digest
    assert os.listdir(path.parent) == [p for p in os.listdir(path.parent) if not p.startswith(".")]
