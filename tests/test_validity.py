"""The validity benchmark: a tiny run of every kind of claim."""

import json

import numpy as np
import pytest

from benchmarks import validity
from benchmarks.claims import Claim, as_table
from benchmarks.validity_cases import CASES, Case, coverage_claims, measure_draws
from benchmarks.validity_chance import TRIALS, false_alarm_claim, measure_trials
from benchmarks.validity_published import published_claims, rank_claim, run_settings
from benchmarks.validity_samples import measure_pulls, pull_claims


def test_every_distribution_is_drawn_the_same_each_time():
    for case in CASES:
        points = case.draw(3)
        assert points.shape == (case.n_points, case.n_dim)
        np.testing.assert_array_equal(points, case.draw(3))
        assert not np.array_equal(points, case.draw(4))


def test_intervals_that_hold_what_they_should_meet_their_targets(monkeypatch):
    monkeypatch.setattr("benchmarks.validity_cases._TRUTH_POINTS", 3000)
    case = Case("Gaussian", 2, 100)
    draws, truth = measure_draws(case, range(60)), case.truth()
    claims = coverage_claims(case, draws, truth)
    assert [claim.claim for claim in claims[:4]] == [
        "68% interval of eps(r)",
        "95% interval of eps(r)",
        "68% interval of score",
        "95% interval of score",
    ]
    for claim, level in zip(claims, (0.68, 0.95, 0.68, 0.95), strict=False):
        assert abs(claim.value - level) < 0.05 + 3 * claim.error
    # Half the interval holds far less: the benchmark would tell.
    halved = {n: v / 2 + _middle(draws, n) / 2 if "limits" in n else v for n, v in draws.items()}
    assert coverage_claims(case, halved, truth)[0].is_met is False


def _middle(draws, name):
    of = "score" if name.startswith("score") else "eps"
    return draws[of][:, None]


def test_pulls_of_sampled_pairs_have_unit_size():
    for kind in ("within", "across"):
        for claim in pull_claims(
            kind, "two blobs", 2, measure_pulls(kind, "two blobs", 2, range(2))
        ):
            assert 0.6 < claim.value < 1.5 and claim.n > 20


@pytest.mark.parametrize("name", TRIALS)
def test_each_null_gives_p_values(name):
    p_values = measure_trials(name, range(2))
    assert ((p_values >= 0.01) & (p_values <= 1)).all()
    assert false_alarm_claim(name, np.r_[np.full(5, 0.04), np.full(95, 0.5)]).is_met
    assert not false_alarm_claim(name, np.r_[np.full(10, 0.04), np.full(90, 0.5)]).is_met


def test_a_published_run_is_compared_with_what_was_published():
    runs = run_settings("A", (400, 2000))
    claims = published_claims(runs)
    assert len(claims) == 4 and all(claim.is_met for claim in claims)
    assert rank_claim("A", [*runs, *run_settings("A", (1000,))]).value == -1


def test_a_run_writes_what_it_prints(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(validity, "CASES", (Case("Gaussian", 2, 300),))
    monkeypatch.setattr(validity, "TRIALS", {})
    monkeypatch.setattr(validity, "_PULLED", ())
    monkeypatch.setattr(validity, "SETTINGS", {})
    file = tmp_path / "validity.json"
    status = validity.main(["--quick", "--processes", "1", "--json", str(file)])
    printed, report = capsys.readouterr().out, json.loads(file.read_text())
    assert status == 0 and report["is_quick"]
    assert len(report["claims"]) == 6 and "95% interval of score" in printed
    assert report["claims"][0]["n"] == 20


def test_a_claim_says_whether_it_is_met():
    assert Claim("a", "b", 0.5, 0.1, 0.4, 0.6).is_met
    assert Claim("a", "b", 0.5, 0.1, 0.6, None).is_met is False
    assert Claim("a", "b", np.nan, np.nan, 0.4, 0.6).is_met is False
    assert Claim("a", "b", 0.65, 0.1, 0.4, 0.6).is_met is False
    reported = Claim("a", "b", -0.5, np.nan)
    assert reported.is_met is None
    table = as_table([reported, Claim("c", "d", 1.0, 0.25, None, 2.0, 7, "draws")])
    assert "-0.5" in table and "1 +- 0.25" in table and "<= 2" in table and "7 draws" in table
