"""The training timeline as files: every metric of every checkpoint, and their rank correlations."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np

from dashboard.export import LIBRARIES
from dashboard.timeline import VERSION, Asked, Timeline
from dashboard.timeline_words import METRICS
from data.runs import series_of
from data.timeline import MEASURE
from models.space.correlation import n_components_for
from models.space.jackknife import N_GROUPS


def timeline_csv(timeline: Timeline) -> str:
    """Comment lines with the settings, and a line for each checkpoint."""
    columns = ["checkpoint", "run", "layer", "seed", "training_epoch"]
    for name in METRICS:
        columns += [name, f"{name}_error", f"{name}_n"]
    columns.append("score_linear_error")
    about = {name: (s.run, s.layer, s.seed) for s in series_of(timeline.asked.collection)
             for name in s.checkpoints}  # fmt: skip
    lines = []
    for name, row in timeline.rows.items():
        run, layer, seed = about[name]
        cells = [name, run, layer, seed, _cell(timeline.asked.epoch(name))]
        for metric in METRICS:
            one = row.measured[metric]
            cells += [_cell(one.value), _cell(one.error), one.n or ""]
        lines.append([*cells, _cell(row.measured["score"].linear_error)])
    return _file(_header(timeline, _columns_told()), columns, lines)


def ranks_csv(timeline: Timeline) -> str:
    """Comment lines, and a line for every two metrics."""
    columns = ["first", "second", "rho", "n", "chance_low", "chance_high", "p_value"]
    lines = [
        [*pair, _cell(r.rho), r.n, _cell(r.low), _cell(r.high), _cell(r.p_value)]
        for pair, r in timeline.ranks.items()
    ]
    told = {
        "rho": "Spearman's rank correlation over the checkpoints; empty where fewer than 4",
        "n": "checkpoints at which both are defined",
        "chance_low, chance_high": "95 % of the coefficients of shuffled checkpoints lie between",
        "p_value": "share of shuffles as far from 0",
    }
    return _file(_header(timeline, told), columns, lines)


def file_name(asked: Asked, what: str) -> str:
    """Name of a file."""
    part = "_selection" if asked.is_selection else ""
    return f"{what}_{asked.collection.name}{part}.csv"


def _columns_told() -> dict[str, str]:
    """What each column is, and what error it has."""
    told = {}
    for name, metric in METRICS.items():
        unit = f" Unit: {metric.unit}." if metric.unit not in ("", "%") else ""
        share = " A share, from 0 to 1." if metric.unit == "%" else ""
        told[name] = f"{metric.explanation}{unit}{share} {metric.better_is.capitalize()}."
        told[f"{name}_error"] = f"one standard error: {metric.error_is}"
    return told | {"score_linear_error": "sum of the errors of the bins, as the deck has it"}


def _header(timeline: Timeline, columns: dict[str, str]) -> Iterator[tuple[str, object]]:
    asked, sample = timeline.asked, timeline.asked.sample
    yield "title", "training timeline of a representation space, by Morphospace"
    yield "date", datetime.now(UTC).isoformat(timespec="seconds")
    yield "versions", json.dumps({"timeline": VERSION} | {n: version(n) for n in LIBRARIES})
    yield "collection", asked.collection.name
    yield "collection_digest", asked.collection.digest
    yield "simulated", json.dumps(asked.collection.is_simulated)
    yield "selection", json.dumps(asked.selection if asked.is_selection else None)
    yield "n", sample.n
    if sample.n < sample.n_possible:
        yield "n_is", f"a random sample of the {sample.n_possible} galaxies asked about"
    yield "classes", json.dumps(list(sample.class_names))
    yield "measure", json.dumps(MEASURE.to_dict())
    yield "k", n_components_for(sample.n, MEASURE.n_components)
    yield "bins", "the same at every checkpoint, in its own RMS separation of the whole collection"
    yield "jackknife", f"the same {N_GROUPS} groups of galaxies at every checkpoint"
    for name, meaning in columns.items():
        yield f"column {name}", meaning


def _file(
    header: Iterable[tuple[str, object]], columns: list[str], lines: Iterable[list[object]]
) -> str:
    file = io.StringIO()
    for name, value in header:
        file.write(f"# {name}: {value}\n")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return file.getvalue()


def _cell(value: float) -> float | str:
    """A number; empty where undefined."""
    return float(value) if np.isfinite(value) else ""
