import csv
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from flask import Flask

from dashboard import measure, refining
from dashboard.cache import create_cache
from dashboard.chance import known_null, start_null
from dashboard.export import COLUMNS, NULL_COLUMNS
from dashboard.jobs import Jobs
from dashboard.live import start_refinement
from dashboard.pair_rate import n_pairs
from dashboard.question import Question
from dashboard.routes import register_routes
from dashboard.settings import Settings
from models.space.correlation import sampled_correlation, two_point_correlation
from models.space.presets import Measure
from models.space.score import kl_divergence, tpcf_score

PAGE = "0123456789abcdef"
SELECTION = {"steps": [{"op": "set", "kind": "rows", "rows": list(range(0, 600, 2))}]}


@pytest.fixture
def jobs():
    return Jobs()


@pytest.fixture
def server():
    return Flask("test")


@pytest.fixture(params=["memory", "none"])
def cache(request, server):
    return create_cache(server, Settings(cache=request.param))


@pytest.fixture
def client(server, collection, cache, jobs):
    register_routes(server, collection, cache, jobs)
    return server.test_client()


@pytest.fixture
def address(collection):
    return f"/collections/{collection.digest}/correlation.csv"


@pytest.fixture
def fields(collection):
    return {"checkpoint": collection.checkpoints[-1], "selection": json.dumps(SELECTION)}


def read(text):
    """Header, and columns, of a file as anyone would read it."""
    lines = text.splitlines()
    header = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    return header, {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def repeated(header, collection):
    """The measurement again, from what the header says and the collection."""
    assert (header["collection"], header["collection_digest"]) == (
        collection.name,
        collection.digest,
    )
    nothing_kept = create_cache(Flask("again"), Settings(cache="none"))
    question = Question(
        collection,
        nothing_kept,
        header["checkpoint"],
        json.loads(header["selection"]),
        Measure.from_dict(json.loads(header["measure"])),
        is_complement=header["galaxies"] == "not selected",
    )
    points = question.points
    edges = question.edges(len(points))
    assert points.shape == (int(header["n"]), int(header["k"]))
    if header["pairs_are"] == "all":
        return two_point_correlation(points, edges, errors=question.measure.errors)
    n_shifts = int(header["pairs_are"].split()[3])
    return sampled_correlation(points, edges, n_shifts, errors=question.measure.errors)


def assert_repeats(header, columns, collection):
    again = repeated(header, collection)
    for name in ("dd", "counted", "expected", "eps", "sigma", "sampling_sigma", "used"):
        np.testing.assert_array_equal(columns[name], getattr(again, name), err_msg=name)
    np.testing.assert_array_equal(columns["lower_68"], again.lower)
    np.testing.assert_array_equal(columns["upper_68"], again.upper)
    np.testing.assert_array_equal(columns["lower"], again.edges[:-1])
    score = tpcf_score(again)
    assert float(header["score"]) == score.value
    assert float(header["score_sigma"]) == score.sigma
    assert float(header["score_sigma_linear"]) == score.sigma_linear
    assert float(header["kl_nats"]) == kl_divergence(again)
    assert int(header["pairs_counted"]) == again.pairs_counted


def test_a_file_says_how_to_repeat_it(client, address, fields, collection):
    reply = client.get(address, query_string=fields)
    assert reply.status_code == 200 and reply.mimetype == "text/csv"
    assert "attachment" in reply.headers["Content-Disposition"]
    header, columns = read(reply.text)
    assert list(columns) == list(COLUMNS)
    assert {f"column {name}" for name in COLUMNS} <= set(header)
    assert header["simulated"] == "true" and "numpy" in header["versions"]
    assert header["errors"].startswith("fitted: ")
    assert_repeats(header, columns, collection)


@pytest.mark.parametrize(
    "change",
    [
        {"selection": ""},
        {"complement": "1"},
        {"measure": json.dumps({"preset": "cosine", "n_bins": 12})},
        {"measure": json.dumps({"preset": "author", "errors": "poisson"})},
        {"measure": json.dumps({"preset": "deck", "spacing": "log"})},
    ],
)
def test_every_kind_of_curve_can_be_repeated(client, address, fields, collection, change):
    header, columns = read(client.get(address, query_string=fields | change).text)
    assert_repeats(header, columns, collection)


def test_a_sampled_and_refined_curve_can_be_repeated(
    client, address, fields, collection, cache, jobs, monkeypatch
):
    monkeypatch.setattr(measure, "is_quick", lambda pairs, n_dim: pairs <= n_pairs(100))
    monkeypatch.setattr(measure, "SAMPLED_PAIRS", 6_000)
    monkeypatch.setattr(refining, "MAX_REFINED_PAIRS", 24_000)
    first, columns = read(client.get(address, query_string=fields).text)
    assert int(first["pairs_counted"]) == 20 * 300 < int(first["pairs_possible"])
    assert_repeats(first, columns, collection)
    question = Question(collection, cache, fields["checkpoint"], SELECTION)
    assert start_refinement(jobs, PAGE, question).wait(30)
    header, columns = read(client.get(address, query_string=fields | {"page": PAGE}).text)
    assert int(header["pairs_counted"]) == 80 * 300
    assert_repeats(header, columns, collection)


def test_the_chance_band_goes_with_the_curve(client, address, fields, collection, cache, jobs):
    question = Question(collection, cache, fields["checkpoint"], SELECTION)
    assert start_null(jobs, PAGE, question).wait(60)
    header, columns = read(client.get(address, query_string=fields | {"page": PAGE}).text)
    assert list(columns) == [*COLUMNS, *NULL_COLUMNS]
    null = known_null(jobs, PAGE, question)
    np.testing.assert_array_equal(columns["null_mean"], null.eps)
    assert float(header["null_p_value"]) == null.p_value
    assert header["null"] == f"{null.n_draws} refitted Gaussians, seed 0"


def test_a_long_lasso_is_posted(client, address, fields, collection):
    angles = np.linspace(0, 2 * np.pi, 4000, endpoint=False)
    x, y = 30 * np.cos(angles), 30 * np.sin(angles)
    lasso = {"op": "set", "kind": "polygon", "x": x.tolist(), "y": y.tolist()}
    record = {"checkpoint": fields["checkpoint"], "steps": [lasso, *[lasso | {"op": "add"}] * 4]}
    written = json.dumps(record)
    assert len(written) > 600_000
    reply = client.post(address, data=fields | {"selection": written})
    assert reply.status_code == 200
    header, columns = read(reply.text)
    assert json.loads(header["selection"]) == record
    assert_repeats(header, columns, collection)


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"checkpoint": "../x"}, 404, "no checkpoint"),
        ({"checkpoint": ""}, 404, "no checkpoint"),
        ({"selection": "{"}, 400, "JSON"),
        ({"selection": "[" * 100_000}, 400, "JSON"),
        ({"selection": "3"}, 400, "records"),
        ({"selection": '{"steps": 3}'}, 400, "record"),
        ({"selection": '{"steps": [{"op": "set", "kind": "rows", "rows": [1]}]}'}, 400, "too few"),
        ({"measure": '{"number of bins": 0}'}, 400, "n_bins"),
        ({"measure": '{"n_components": 99}'}, 400, "32 dimensions"),
        ({"page": "../../x"}, 200, "# title"),
    ],
)
def test_what_cannot_be_exported_is_told(client, address, fields, change, status, said):
    reply = client.post(address, data=fields | change)
    assert reply.status_code == status
    assert said in reply.text and "Traceback" not in reply.text


def test_lassos_at_the_same_time_are_measured_as_one_after_the_other(
    client, server, address, fields, collection, monkeypatch
):
    # Some of them are exact, some sampled.
    monkeypatch.setattr(measure, "is_quick", lambda pairs, n_dim: pairs <= n_pairs(250))
    x, y = collection.map_positions(fields["checkpoint"])[0].astype(float).T

    def lasso(place):
        low, high = np.quantile(x, [0.1 * place, 0.1 * place + 0.45])
        corners = [low, high, high, low], [y.min(), y.min(), y.max(), y.max()]
        step = {"op": "set", "kind": "polygon", "x": corners[0], "y": corners[1]}
        return json.dumps({"checkpoint": fields["checkpoint"], "steps": [step]})

    asked = [fields | {"selection": lasso(place)} for place in range(5)]
    with ThreadPoolExecutor(5) as pool:
        together = list(
            pool.map(lambda form: server.test_client().post(address, data=form).text, asked * 3)
        )
    for place, text in enumerate(together):
        header, columns = read(text)
        again, expected = read(client.post(address, data=asked[place % 5]).text)
        assert {**header, "date": ""} == {**again, "date": ""}
        for name, values in expected.items():
            np.testing.assert_array_equal(columns[name], values)
        assert_repeats(header, columns, collection)
