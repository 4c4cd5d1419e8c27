"""What is said of a curve of eps(r), in words and numbers."""

from typing import NamedTuple

from dashboard.facts import count_text, number_text, with_error
from models.space.correlation import MIN_EXPECTED, MIN_RESOLVED, Correlation
from models.space.null import NullSummary
from models.space.presets import Measure
from models.space.score import kl_divergence, tpcf_score

UNIT_WORDS = {"rms": "RMS", "p70": "P70", "raw": "raw"}
ERROR_WORDS = {
    "fitted": "fitted Gaussian",
    "fixed": "fixed Gaussian",
    "poisson": "Poisson errors",
    "subsample": "subsample errors",
}


class Fact(NamedTuple):
    """One number as it is told: its name, its text, and what it is, for the hover."""

    name: str
    text: str
    explanation: str


def measure_text(measure: Measure) -> str:
    """The measure in one short line: what the curve is of."""
    start = f"{measure.lower:g}–" if measure.lower else "to "
    parts = [
        f"{measure.n_components} component{'s' if measure.n_components > 1 else ''}",
        f"{measure.n_bins} {measure.spacing} bins {start}{measure.extent:g} "
        f"{UNIT_WORDS[measure.unit]}",
        ERROR_WORDS[measure.errors],
    ]
    if measure.metric == "cosine":
        parts.insert(1, "cosine")
    return ", ".join(parts)


def range_text(lower: float, upper: float) -> str:
    """A range of separations, in RMS separations."""
    return f"r = {lower:.3g}–{upper:.3g} RMS"


def significance_text(significance: float) -> str:
    """How many standard errors a bump stands out by."""
    return f"{significance:.1f}σ" if significance < 10 else f"{significance:,.0f}σ"


def correlation_numbers(
    measured: Correlation, null: NullSummary | None = None, *, is_refining: bool = False
) -> list[Fact]:
    """What a correlation comes to.

    null : what Gaussian points of the same number give, where it is known
    is_refining : more pairs are being counted
    """
    return [
        _score(measured, null),
        Fact(
            "Σσ",
            f"± {number_text(tpcf_score(measured).sigma_linear)}",
            "the bins' errors added up, as on the slides: 3 to 4 times the score's true scatter",
        ),
        _divergence(measured, null),
        _bins(measured),
        _galaxies(measured),
        _pairs(measured, is_refining),
    ]


def _score(measured: Correlation, null: NullSummary | None) -> Fact:
    score = tpcf_score(measured)
    why = "sum of ε over the bins; standard error, covariance of the bins included"
    if null is not None:
        why += (
            f"; Gaussian points of this number score {null.score:.3g} "
            f"({null.score_low:.3g} to {null.score_high:.3g}, {null.n_draws} draws), "
            f"and the curve deviates as much with p = {number_text(null.p_value)}"
        )
    text = with_error(score.value, score.sigma)
    if measured.is_sampled and score.n_bins_used:
        text += ", sampled"
        why += f"; counting only some pairs adds ± {score.sampling_sigma:.2g}"
    return Fact("score Σε", text, why)


def _divergence(measured: Correlation, null: NullSummary | None) -> Fact:
    chance = 0.0 if null is None else null.kl
    why = "Kullback-Leibler divergence from the Gaussian's separations; no error is estimated"
    if null is not None:
        why += f"; what Gaussian points have by chance, {number_text(chance)}, is taken off"
    return Fact("KL", f"{number_text(kl_divergence(measured, chance))} nats", why)


def _bins(measured: Correlation) -> Fact:
    score = tpcf_score(measured)
    why = (
        f"bins that count have {MIN_EXPECTED} expected pairs or more, the others are open "
        f"circles; the largest makes {number_text(score.top_bin_share, '.0%')} of the sum"
    )
    text = f"{score.n_bins_used} of {score.n_bins}"
    n_waiting = int((~measured.resolved).sum())
    if n_waiting:
        text += f", {n_waiting} unresolved"
        why += f"; unresolved bins expect fewer than {MIN_RESOLVED} of the pairs sampled so far"
    return Fact("bins", text, why)


def _galaxies(measured: Correlation) -> Fact:
    n_others = getattr(measured, "n_others", 0)
    number = f"{measured.n_points:,}"
    if measured.n_possible:
        number += f" of {measured.n_possible:,}, drawn at random,"
    if n_others:
        number += f" × {n_others:,}"
    return Fact(
        "n",
        f"{number} in {measured.n_dim}-D",
        "galaxies, and the principal components used: at most one for 20 galaxies",
    )


def _pairs(measured: Correlation, is_refining: bool) -> Fact:
    counted = count_text(measured.pairs_counted)
    text = f"{counted}, all counted"
    if measured.is_sampled:
        how = "refining" if is_refining else "sampled"
        text = f"{counted} of {count_text(measured.pairs_possible)}, {how}"
    return Fact("pairs", text, "pairs of galaxies counted, of those there are")
