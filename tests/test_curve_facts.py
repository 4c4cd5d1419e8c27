import numpy as np
import pytest

from dashboard.curve_facts import correlation_numbers, measure_text, range_text, significance_text
from models.space.correlation import sampled_correlation, two_point_correlation
from models.space.null import gaussian_null, summarized
from models.space.presets import PRESETS, Measure

EDGES = np.linspace(0, 6, 31)


def told(*measured_and_null, **how):
    return {fact.name: fact for fact in correlation_numbers(*measured_and_null, **how)}


@pytest.mark.parametrize(
    "measure, text",
    [
        (Measure(), "15 components, 40 linear bins to 2 RMS, fitted Gaussian"),
        (PRESETS["author"], "15 components, 99 linear bins to 2 P70, fitted Gaussian"),
        (PRESETS["cosine"], "15 components, cosine, 40 linear bins to 2 RMS, fitted Gaussian"),
        (
            Measure(n_components=1, spacing="log", lower=0.1, unit="raw", errors="poisson"),
            "1 component, 40 log bins 0.1–2 raw, Poisson errors",
        ),
    ],
)
def test_the_measure_is_told_in_a_line(measure, text):
    assert measure_text(measure) == text


def test_a_range_has_its_unit():
    assert range_text(0.4, 0.55) == "r = 0.4–0.55 RMS"


@pytest.mark.parametrize("sigma, text", [(3.14, "3.1σ"), (31.4, "31σ"), (1234.5, "1,234σ")])
def test_significances_are_short(sigma, text):
    assert significance_text(sigma) == text


def test_a_count_of_all_pairs_says_so_and_is_not_called_sampled(rng):
    facts = told(two_point_correlation(rng.normal(size=(200, 3)), EDGES))
    assert facts["pairs"].text == "19,900, all counted"
    assert "sampled" not in facts["score Σε"].text and "±" in facts["score Σε"].text
    assert facts["n"].text == "200 in 3-D"


def test_a_sampled_score_says_so_and_its_pairs_tell_whether_more_come(rng):
    measured = sampled_correlation(rng.normal(size=(600, 3)), EDGES, 20)
    assert told(measured)["score Σε"].text.endswith(", sampled")
    assert told(measured)["pairs"].text == "12,000 of 179,700, sampled"
    assert told(measured, is_refining=True)["pairs"].text == "12,000 of 179,700, refining"


def test_unresolved_bins_are_counted_apart(rng):
    measured = sampled_correlation(rng.normal(size=(600, 3)), EDGES, 4)
    n_unresolved = int((~measured.resolved).sum())
    assert n_unresolved > 0
    assert told(measured)["bins"].text.endswith(f", {n_unresolved} unresolved")


def test_what_is_undefined_is_said_to_be_and_nothing_of_it_is_sampled(rng):
    far = two_point_correlation(rng.normal(size=(60, 2)), np.linspace(90, 100, 5))
    assert told(far)["score Σε"].text == "undefined"


def test_a_known_null_is_taken_off_the_divergence_and_told(rng):
    measured = two_point_correlation(rng.normal(size=(100, 3)), EDGES)
    null = summarized(gaussian_null(measured, 20, rng), measured)
    with_null, without = told(measured, null), told(measured)
    assert null.kl > 0
    assert float(with_null["KL"].text.split()[0]) == pytest.approx(
        float(without["KL"].text.split()[0]) - null.kl, abs=1e-3
    )
    assert "20 draws" in with_null["score Σε"].explanation
