"""The training timeline of a collection: every checkpoint measured, behind the page, and kept."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from flask_caching import Cache

from dashboard.cache import recalled, remembered
from dashboard.facts import label_of
from dashboard.jobs import Job, Jobs, Progress
from dashboard.measure import selection_correlation, separation_unit, whole_correlation
from dashboard.question import is_empty, selected_mask
from dashboard.timeline_words import METRICS
from data.runs import Series, families_of
from data.selection import digest
from data.store import Collection
from data.timeline import MEASURE, Row, Sample, measure_row, sample_of
from models.errors import BadInput
from models.space.correlation import Correlation
from models.space.rank_correlation import RankCorrelation, rank_correlations

VERSION = 1  # of what is measured and kept: raise it when either changes
KIND = "timeline"  # of the job: a page has one at a time


@dataclass(frozen=True, eq=False)
class Asked:
    """Whose timeline is asked for: the collection's, or that of a selection alone.

    selection : record of the galaxies, see data/selection.py; None or empty for all of them
    """

    collection: Collection
    cache: Cache
    selection: dict | None = None

    @cached_property
    def sample(self) -> Sample:
        """The galaxies that are measured. Raises BadInput where they are too few."""
        return sample_of(
            self.collection, selected_mask(self.collection, self.cache, self.selection)
        )

    @property
    def is_selection(self) -> bool:
        return not is_empty(self.selection)

    @property
    def name(self) -> str:
        """Short text that two of them share just when they mean the same galaxies."""
        return digest(self.selection) if self.is_selection else "all"

    def key(self, checkpoint: str) -> tuple[object, ...]:
        """Names what a checkpoint measured, for the cache."""
        return ("timeline", VERSION, self.collection.digest, checkpoint, self.name, MEASURE.key)

    def row(self, checkpoint: str, progress: Callable[[float], None] | None = None) -> Row:
        """What a checkpoint measures: kept, or measured now."""

        def measure() -> dict[str, np.ndarray]:
            return measure_row(self.collection, checkpoint, self.sample, progress).to_arrays()

        return Row.from_arrays(remembered(self.cache, self.key(checkpoint), measure))

    def known_row(self, checkpoint: str) -> Row | None:
        """What a checkpoint measured before; None where it did not."""
        arrays = recalled(self.cache, self.key(checkpoint))
        return None if arrays is None else Row.from_arrays(arrays)

    def correlation(self, checkpoint: str) -> Correlation | None:
        """The curve as the page shows it elsewhere; None where there is none."""
        try:
            if not self.is_selection:
                return whole_correlation(self.collection, checkpoint)
            return selection_correlation(self.collection, self.cache, checkpoint, self.selection)
        except BadInput:  # all coincide
            return None

    def unit(self, checkpoint: str, measured: Correlation) -> float:
        """RMS separation in which a curve is drawn."""
        return separation_unit(self.collection, checkpoint, MEASURE, measured.n_points)

    def label(self, checkpoint: str) -> str:
        return label_of(self.collection, checkpoint)

    def epoch(self, checkpoint: str) -> float:
        """Training epoch; NaN where it is not known."""
        epoch = self.collection.checkpoint_info(checkpoint).get("training_epoch")
        return np.nan if epoch is None else float(epoch)


@dataclass(frozen=True, eq=False)
class Timeline:
    """What has been measured so far.

    rows : checkpoint -> what it measured, in training order
    correlations : checkpoint -> its curve, where there is one
    """

    asked: Asked
    rows: Mapping[str, Row]
    correlations: Mapping[str, Correlation] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Every checkpoint has been measured."""
        return len(self.rows) == len(self.asked.collection.checkpoints)

    @cached_property
    def families(self) -> tuple[tuple[Series, ...], ...]:
        """Runs and layers; seeds of one run together."""
        return families_of(self.asked.collection)

    def column(self, metric: str) -> np.ndarray:
        """(n_measured,) values of a metric, NaN where undefined."""
        return np.array([row.measured[metric].value for row in self.rows.values()])

    @cached_property
    def ranks(self) -> dict[tuple[str, str], RankCorrelation]:
        """Rank correlation of every two metrics that any checkpoint has."""
        told = {name: self.column(name) for name in self.told_metrics}
        return rank_correlations(told, np.random.default_rng(0))

    @property
    def told_metrics(self) -> list[str]:
        """Metrics that are defined at one checkpoint at least."""
        return [name for name in METRICS if np.isfinite(self.column(name)).any()]


def best_of(timeline: Timeline, metric: str) -> str | None:
    """The checkpoint with the best value of a metric; None where no way is better."""
    better, values = METRICS[metric].better, timeline.column(metric)
    if not better or not np.isfinite(values).any():
        return None
    return list(timeline.rows)[int(np.nanargmax(better * values))]


def as_good(timeline: Timeline, metric: str) -> list[str]:
    """Checkpoints that the errors do not tell from the best one, it among them.

    Differences below twice the errors of both together: the galaxies are the same, so that the
    true error of a difference is mostly smaller.
    """
    best = best_of(timeline, metric)
    if best is None:
        return []
    top = timeline.rows[best].measured[metric]
    return [
        name
        for name, row in timeline.rows.items()
        if name == best
        or abs(row.measured[metric].value - top.value)
        <= 2 * np.hypot(np.nan_to_num(row.measured[metric].error), np.nan_to_num(top.error))
    ]


def measured_timelines(
    asked: Asked, progress: Callable[[float, str], None] = lambda share, words: None
) -> Iterator[Timeline]:
    """Measure one checkpoint after the other; what there is after each.

    Raises BadInput where the galaxies are too few.
    """
    names = asked.collection.checkpoints
    _ = asked.sample
    rows: dict[str, Row] = {}
    correlations: dict[str, Correlation] = {}
    for place, name in enumerate(names):
        words = f"{asked.label(name)}: {place + 1} of {len(names)} checkpoints"

        def tell(share: float, place: int = place, words: str = words) -> None:
            progress((place + 0.9 * share) / len(names), words)

        tell(0.0)
        rows[name] = asked.row(name, tell)
        curve = asked.correlation(name)
        if curve is not None:
            correlations[name] = curve
        yield Timeline(asked, dict(rows), dict(correlations))


def known_timeline(asked: Asked) -> Timeline:
    """What has been measured before, without measuring."""
    rows = {name: asked.known_row(name) for name in asked.collection.checkpoints}
    rows = {name: row for name, row in rows.items() if row is not None}
    curves = {name: asked.correlation(name) for name in rows}
    return Timeline(asked, rows, {name: one for name, one in curves.items() if one is not None})


def start_timeline(jobs: Jobs, page_id: str, asked: Asked) -> Job:
    """Measure behind the page what is asked for. Raises BadInput for too few galaxies."""
    _ = asked.sample

    def work(progress: Progress) -> None:
        for so_far in measured_timelines(asked, progress):
            if so_far.is_whole:
                _ = so_far.ranks  # here, and not when the page asks
            progress.publish(so_far)

    return jobs.start(f"{page_id}.{KIND}", f"{asked.collection.digest} {asked.name}", work)


def shown_timeline(jobs: Jobs, page_id: object, asked: Asked) -> Timeline:
    """What the page's job has come to; where it is over and gone, what was kept of it."""
    job = jobs.get(f"{page_id}.{KIND}")
    if job and isinstance(job.result, Timeline) and job.result.asked.name == asked.name:
        return job.result
    return known_timeline(asked)
