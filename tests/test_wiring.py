"""Every callback is wired to the page, and answers over HTTP as it does to a browser."""

import dash_mantine_components as dmc
import numpy as np
import pytest

from dashboard import ids
from dashboard.candidates import STABLE, stable_ranking
from dashboard.panels.first_shown import TABS
from models.space.estimators import IS_LOW_UNUSUAL


def dependencies(app):
    return app.server.test_client().get("/_dash-dependencies").json


def outputs_of(callback):
    if callback.get("no_output"):
        return []
    texts = callback["output"].strip(".").split("...")  # one, or "..a.x...b.y.."
    return [text.split("@")[0].rpartition(".")[::2] for text in texts]


def call(app, output, values, changed=None):
    """What the server callback that writes to `output`, (id, property), makes of `values`.

    changed : id of the input that has changed; the first one where it is not given
    """
    reply = post(app, output, values, changed)
    assert reply.status_code == 200, reply.text
    return reply.json["response"][output[0]][output[1]]


def post(app, output, values, changed=None):
    """Ask for that callback as the browser does."""
    (callback,) = [
        candidate
        for candidate in dependencies(app)
        if output in outputs_of(candidate) and not candidate.get("clientside_function")
    ]
    filled = [
        [{**source, "value": values.get(source["id"])} for source in callback[kind]]
        for kind in ("inputs", "state")
    ]
    outputs = [{"id": id, "property": prop} for id, prop in outputs_of(callback)]
    return app.server.test_client().post(
        "/_dash-update-component",
        json={
            "output": callback["output"],
            "outputs": outputs if callback["output"].startswith("..") else outputs[0],
            "inputs": filled[0],
            "state": filled[1],
            "changedPropIds": [
                f"{source['id']}.{source['property']}"
                for place, source in enumerate(filled[0])
                if (place == 0 if changed is None else source["id"] == changed)
            ],
        },
    )


def text_of(component):
    """All text in a component as it is sent to the browser."""
    if isinstance(component, dict):
        return text_of(component.get("props", {}).get("children"))
    if isinstance(component, list):
        return " ".join(text_of(part) for part in component)
    return "" if component is None else str(component)


@pytest.fixture
def values(collection):
    """What the stores hold when the page opens."""
    return {
        ids.CHECKPOINT: collection.checkpoints[-1],
        ids.SELECTION: {"steps": []},
        ids.COLOR: "label",
        ids.CORRELATION_SCALE: "log",
        ids.ANOMALY_PAGE: 0,
        ids.ANOMALY_RANKING: "log_density",
    }


def test_every_callback_id_is_in_the_layout(app):
    known = set(app.layout)  # a Dash component iterates over its ids
    for callback in dependencies(app):
        wired = {id for id, _ in outputs_of(callback)}
        wired |= {source["id"] for source in callback["inputs"] + callback["state"]}
        assert wired <= known


def test_every_id_is_used_once_in_the_layout(app):
    written = list(app.layout)
    assert len(written) == len(set(written))
    # Not the tuple of all maps, of which those of compared checkpoints are made when shown.
    known = vars(ids).items()
    named = {value for name, value in known if name.isupper() and isinstance(value, str)}
    behind_tabs = {
        panel.children.id
        for tabs in TABS
        for panel in app.layout[tabs].children
        if isinstance(panel, dmc.TabsPanel)
    }
    assert named | behind_tabs == set(written)


def test_a_selected_polygon_is_measured(app, collection, values):
    x, y = collection.projection(collection.checkpoints[-1]).T
    everything = {"op": "set", "kind": "box", "checkpoint": collection.checkpoints[-1]}
    everything |= {"x": [float(x.min()), float(x.max())], "y": [float(y.min()), float(y.max())]}
    chosen = values | {ids.SELECTION: {"steps": [everything]}}
    selected = call(app, (ids.SELECTED, "data"), chosen)
    assert selected["n"] == collection.n_galaxies and len(selected["id"]) == 16
    count = call(app, (ids.SELECTION_COUNT, "children"), chosen | {ids.SELECTED: selected})
    assert count == f"{collection.n_galaxies:,} of {collection.n_galaxies:,}"
    numbers = text_of(call(app, (ids.CORRELATION_NUMBERS, "children"), chosen))
    assert "selection" in numbers and "±" in numbers and "all counted" in numbers


def test_an_inspected_galaxy_is_told_with_its_neighbors(app, collection, values):
    told = call(app, (ids.INSPECTOR, "children"), values | {ids.QUERY: 5})
    assert collection.catalog["object_id"].iat[5] in text_of(told)


@pytest.mark.parametrize("row", [10**6, -1, "5; drop", 1.5, True])
def test_a_row_that_does_not_exist_is_said_to_be_unknown(app, values, row):
    told = call(app, (ids.INSPECTOR, "children"), values | {ids.QUERY: row})
    assert "no galaxy" in text_of(told)


@pytest.mark.parametrize(
    "steps, said",
    [
        ([{"op": "set", "kind": "polygon", "x": [0, 1], "y": [0, 1]}], "at least 3"),
        ([{"op": "set", "kind": "polygon", "x": [0, 1, None], "y": [0, 1, 2]}], ""),
        ([{"op": "set", "kind": "nonsense"}], ""),
        ("nonsense", ""),
    ],
)
def test_a_selection_that_is_none_is_a_message_not_a_trace(app, collection, values, steps, said):
    bad = values | {ids.SELECTION: {"checkpoint": collection.checkpoints[0], "steps": steps}}
    told = text_of(call(app, (ids.CORRELATION_NUMBERS, "children"), bad))
    assert said in told and "Traceback" not in told and told
    refused = call(app, (ids.SELECTION_REFUSED, "data"), bad)
    assert said in refused and "Traceback" not in refused and refused


@pytest.mark.parametrize("ranking", IS_LOW_UNUSUAL)
def test_candidates_are_ranked_by_every_estimator(app, collection, values, ranking):
    shown = call(app, (ids.ANOMALIES, "children"), values | {ids.ANOMALY_RANKING: ranking})
    density = collection.density(collection.checkpoints[-1])[ranking]
    first = int(shown[0]["props"]["data-row"])
    assert first == (np.argmin if IS_LOW_UNUSUAL[ranking] else np.argmax)(density)


def test_candidates_that_are_stable_over_the_run_are_listed(app, collection, values):
    shown = call(app, (ids.ANOMALIES, "children"), values | {ids.ANOMALY_RANKING: STABLE})
    wanted = stable_ranking(collection, collection.checkpoints[-1]).rows(0, 1)
    assert int(shown[0]["props"]["data-row"]) == wanted[0]


def test_it_is_told_why_the_inspected_galaxy_is_a_candidate(app, collection, values):
    told = text_of(call(app, (ids.ANOMALY_WHY, "children"), values | {ids.QUERY: 5}))
    assert collection.catalog["object_id"].iat[5] in told
    assert "of 7 estimators" in told and "times its density" in told
    assert "Click a galaxy" in text_of(call(app, (ids.ANOMALY_WHY, "children"), values))
    unknown = values | {ids.QUERY: collection.n_galaxies}
    assert "no galaxy in row" in text_of(call(app, (ids.ANOMALY_WHY, "children"), unknown))


def test_an_unknown_checkpoint_is_a_message(app, values):
    bad = values | {ids.CHECKPOINT: "../../etc"}
    assert "no checkpoint" in text_of(call(app, (ids.CORRELATION_NUMBERS, "children"), bad))
