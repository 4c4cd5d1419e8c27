"""The views: all in the page, each at its address; the lab answers over HTTP."""

import pytest

from dashboard import ids
from dashboard.lab_controls import PUBLISHED_SLIDERS, SLIDERS
from dashboard.panels.lab_layout import SLIDER_IDS

SHOWN = [ids.LAB_SCATTER, ids.LAB_CURVE, ids.LAB_SCATTER_TEXT, ids.LAB_CURVE_TEXT, ids.LAB_NUMBERS]
PAGE = "0123456789abcdef01234567"


@pytest.fixture
def client(app):
    return app.server.test_client()


def ask(client, output, values):
    """What the server callback that writes to `output`, (id, property), makes of `values`."""
    text = ".".join(output)
    callbacks = client.get("/_dash-dependencies").json
    (callback,) = [
        c
        for c in callbacks
        if not c.get("clientside_function") and text in c["output"].strip(".").split("...")
    ]
    outputs = [part.rpartition(".")[::2] for part in callback["output"].strip(".").split("...")]
    inputs, state = (
        [{**s, "value": values.get(s["id"])} for s in callback[kind]]
        for kind in ("inputs", "state")
    )
    many = callback["output"].startswith("..")
    named = [{"id": id, "property": prop} for id, prop in outputs]
    reply = client.post(
        "/_dash-update-component",
        json={
            "output": callback["output"],
            "outputs": named if many else named[0],
            "inputs": inputs,
            "state": state,
            "changedPropIds": [f"{inputs[0]['id']}.{inputs[0]['property']}"],
        },
    )
    assert reply.status_code in (200, 204), reply.text
    return reply.json["response"] if reply.status_code == 200 else {}


@pytest.mark.parametrize(
    "path, status",
    [("/", 200), ("/lab", 200), ("/training", 200), ("/labs", 404), ("/lab/x", 404)],
)
def test_the_page_is_at_the_addresses_of_its_views_and_nowhere_else(client, path, status):
    assert client.get(path).status_code == status


def test_all_views_are_in_the_page_with_links_between_them(app):
    links = ids.TO_GALAXIES, ids.TO_TRAINING, ids.TO_LAB
    assert [app.layout[id].href for id in links] == ["/", "/training", "/lab"]
    assert all(id in set(app.layout) for id in (ids.MAP, ids.TRAINING_MULTIPLES, ids.LAB_SCATTER))


def test_every_number_of_a_scene_has_its_slider(app):
    for name, slider in {**SLIDERS, **PUBLISHED_SLIDERS}.items():
        shown = app.layout[SLIDER_IDS[name]]
        assert SLIDER_IDS[name] == f"lab-{name}"  # from which assets/lab.js takes its name
        assert (shown.min, shown.max, shown.value) == (slider.least, slider.most, slider.start)
        assert shown.updatemode == "drag" and shown.thumbLabel == slider.label


def test_the_lab_shows_points_curve_and_numbers(client):
    told = ask(
        client, (ids.LAB_NUMBERS, "children"), {ids.LAB_ASKED: {"n_points": 200, "n_dim": 5}}
    )
    assert set(told) == {*SHOWN, ids.LAB_ANSWERED}
    numbers = str(told[ids.LAB_NUMBERS])
    assert "Davies-Bouldin" in numbers and "n = 200, chance" in numbers and "±" in numbers
    assert "no error" in numbers
    said = told[ids.LAB_SCATTER_TEXT]["children"]
    assert "5 dimensions" in said and "first two principal components" in said


def test_a_simulation_is_shown_at_its_setting(client):
    values = {ids.LAB_ASKED: {"source": "A", "variance": 80}}
    told = ask(client, (ids.LAB_NUMBERS, "children"), values)
    assert "n = 4,000" in str(told[ids.LAB_NUMBERS])


@pytest.mark.parametrize(
    "values", [None, "x", [1], {"n_points": "many"}, {"kind": {}}, {"seed": 1e9}]
)
def test_nonsense_is_answered_with_a_sentence_in_place(client, values):
    told = ask(client, (ids.LAB_NUMBERS, "children"), {ids.LAB_ASKED: values})
    said = told[ids.LAB_NUMBERS]["children"]["props"]
    assert said["className"] == "message" and said["children"].endswith(".")
    started = ask(client, (ids.LAB_JOB, "data"), {ids.LAB_ASKED: values, ids.PAGE_ID: PAGE})
    assert ids.LAB_JOB not in started and "message" in str(started[ids.LAB_RUN_TEXT])


@pytest.mark.parametrize(
    "values",
    [
        {ids.LAB_ASKED: {}, ids.LAB_SWEPT: "nonsense", ids.PAGE_ID: PAGE},
        {ids.LAB_ASKED: {}, ids.LAB_SWEPT: ["separation"], ids.PAGE_ID: PAGE},
        {ids.LAB_ASKED: {}, ids.LAB_SWEPT: "separation", ids.PAGE_ID: "../../etc"},
        {ids.LAB_ASKED: {}, ids.LAB_SWEPT: "separation", ids.PAGE_ID: None},
        {ids.LAB_ASKED: {}, ids.LAB_SOURCE: "Z", ids.PAGE_ID: PAGE},
    ],
)
def test_a_run_of_nothing_is_refused_in_a_sentence(client, values):
    told = ask(client, (ids.LAB_JOB, "data"), {ids.LAB_SOURCE: "scene"} | values)
    assert ids.LAB_JOB not in told and "message" in str(told[ids.LAB_RUN_TEXT])


@pytest.mark.parametrize("told", [None, "x", {}, {"name": 5}, {"name": f"{PAGE}.lab"}])
def test_the_result_of_no_job_changes_nothing(client, told):
    output = next(
        c["output"].strip(".").split("...")[0].rpartition(".")[::2]
        for c in client.get("/_dash-dependencies").json
        if ids.LAB_RAN in [i["id"] for i in c["inputs"]]
    )
    assert ask(client, output, {ids.LAB_RAN: told}) == {}
