"""A curve as a file: the numbers, and before them everything that is needed to repeat it."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np

from dashboard.chance import SEED
from dashboard.question import VERSION, Question, is_empty
from models.space.correlation import Correlation
from models.space.null import NullSummary
from models.space.score import kl_divergence, tpcf_score

COLUMNS = {
    "lower": "lower edge of the bin, included, in the unit of the representations",
    "upper": "upper edge of the bin, not included",
    "center": "middle of the bin",
    "dd": "pairs observed; where only some were counted, scaled up to all",
    "counted": "pairs counted",
    "expected": "pairs that the Gaussian predicts, of all pairs",
    "eps": "dd / expected - 1",
    "sigma": "1-sigma error of eps from the finite number of galaxies",
    "sampling_sigma": "its further error from counting only some of the pairs",
    "lower_68": "lower 1-sigma limit of eps, both errors together",
    "upper_68": "upper 1-sigma limit of eps",
    "used": "1 where the bin counts for the score: 10 expected pairs, and resolved",
    "resolved": "1 where enough of the sampled pairs are expected",
}
NULL_COLUMNS = {
    "null_mean": "mean eps of Gaussian points of the same number, fitted each time",
    "null_low": "lower limit of 68 % of them",
    "null_high": "upper limit of 68 % of them",
}
ERRORS = {
    "fitted": "from each galaxy's influence on the counts and on the Gaussian fitted to them",
    "fixed": "from each galaxy's influence on the counts, the Gaussian taken as given",
    "poisson": "Poisson's, as if pairs shared no galaxies: too small",
    "subsample": "from the scatter between parts of the galaxies",
}
LIBRARIES = ("numpy", "scipy", "numba")


def correlation_csv(
    question: Question, correlation: Correlation, null: NullSummary | None = None
) -> str:
    """Comment lines with where the numbers are from, and a line for each bin."""
    file = io.StringIO()
    for name, value in _header(question, correlation, null):
        file.write(f"# {name}: {value}\n")
    columns = _columns(correlation, null)
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(map(_written, values) for values in columns.values()), strict=True))
    return file.getvalue()


def file_name(question: Question) -> str:
    """Name of the file."""
    return f"eps_{question.collection.name}_{question.checkpoint}.csv"


def _header(
    question: Question, correlation: Correlation, null: NullSummary | None
) -> Iterator[tuple[str, object]]:
    """Names and values; those that are not plain are written as JSON."""
    collection, measure = question.collection, question.measure
    yield "title", "two-point correlation eps(r) of a representation space, by Morphospace"
    yield "date", datetime.now(UTC).isoformat(timespec="seconds")
    yield "versions", json.dumps({"measurement": VERSION} | {n: version(n) for n in LIBRARIES})
    yield "collection", collection.name
    yield "collection_digest", collection.digest
    yield "simulated", json.dumps(collection.is_simulated)
    yield "checkpoint", question.checkpoint
    is_all = is_empty(question.selection)
    yield "selection", json.dumps(None if is_all else question.selection)
    yield "galaxies", _galaxies(question)
    yield "measure", json.dumps(measure.to_dict())
    yield "n", correlation.n_points
    if correlation.n_possible:
        yield "n_is", f"a random sample of the {correlation.n_possible} galaxies asked about"
    yield "k", correlation.n_dim
    yield "k_is", "principal components used: as asked for, but at most one for 20 galaxies"
    yield "bins_of", "the whole collection, in as many components"
    yield "rms_separation", correlation.rms
    yield "pairs_counted", correlation.pairs_counted
    yield "pairs_possible", correlation.pairs_possible
    yield "pairs_are", _pairs(correlation)
    yield "order", f"order.npy of the collection, drawn with seed {collection.info.get('seed')}"
    yield "reference", "Gaussian of the same mean and covariance; pairs expected are exact"
    yield "errors", f"{correlation.errors}: {ERRORS[correlation.errors]}"
    score = tpcf_score(correlation)
    yield "score", score.value
    yield "score_sigma", score.sigma
    yield "score_sampling_sigma", score.sampling_sigma
    yield "score_sigma_linear", score.sigma_linear
    yield "bins_used", f"{score.n_bins_used} of {score.n_bins}"
    yield "kl_nats", kl_divergence(correlation)
    if null is not None:
        yield "null", f"{null.n_draws} refitted Gaussians, seed {SEED}"
        yield "null_score", null.score
        yield "null_score_68", json.dumps([null.score_low, null.score_high])
        yield "null_kl_nats", null.kl
        yield "null_p_value", null.p_value
    for name, meaning in (COLUMNS | (NULL_COLUMNS if null is not None else {})).items():
        yield f"column {name}", meaning


def _galaxies(question: Question) -> str:
    if is_empty(question.selection):
        return "all"
    return "not selected" if question.is_complement else "selected"


def _pairs(correlation: Correlation) -> str:
    if not correlation.is_sampled:
        return "all"
    n_shifts = correlation.pairs_counted // correlation.n_points
    return f"those 1 to {n_shifts} places apart in the collection's random order, cyclic"


def _columns(correlation: Correlation, null: NullSummary | None) -> dict[str, np.ndarray]:
    edges = correlation.edges
    columns = {
        "lower": edges[:-1],
        "upper": edges[1:],
        "center": (edges[:-1] + edges[1:]) / 2,
        "dd": correlation.dd,
        "counted": correlation.counted,
        "expected": correlation.expected,
        "eps": correlation.eps,
        "sigma": correlation.sigma,
        "sampling_sigma": correlation.sampling_sigma,
        "lower_68": correlation.lower,
        "upper_68": correlation.upper,
        "used": correlation.used,
        "resolved": np.broadcast_to(correlation.resolved, correlation.eps.shape),
    }
    if null is not None:
        columns |= {"null_mean": null.eps, "null_low": null.eps_low, "null_high": null.eps_high}
    return columns


def _written(value: np.generic) -> str:
    """A number with all its digits; a claim as 1 or 0."""
    plain = value.item()
    return str(int(plain)) if isinstance(plain, bool) else repr(plain)
