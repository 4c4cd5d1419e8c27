"""The epoch axis that all metrics of the training timeline share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_TICKS = 6
ROOM = 0.05  # of the axis on either side


@dataclass(frozen=True)
class EpochAxis:
    """Where checkpoints lie: by their epoch; those of unknown epoch in a column at the right.

    x : checkpoint -> place on the axis
    unknown : names of those of unknown epoch
    ticks, texts : of the axis
    low, high : its ends
    """

    x: dict[str, float]
    unknown: frozenset[str]
    ticks: list[float]
    texts: list[str]
    low: float
    high: float


def epoch_axis(epochs: dict[str, float]) -> EpochAxis:
    """The axis of these checkpoints, by name; NaN for an unknown epoch."""
    known = np.array([epoch for epoch in epochs.values() if np.isfinite(epoch)])
    unknown = frozenset(name for name, epoch in epochs.items() if not np.isfinite(epoch))
    first, last = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    span = (last - first) or 1.0
    column = last + 0.22 * span if len(known) else 0.0
    x = {name: column if name in unknown else float(epoch) for name, epoch in epochs.items()}
    ticks = round_ticks(first, last) if len(known) else []
    texts = [f"{tick:g}" for tick in ticks]
    if unknown:
        ticks, texts = [*ticks, column], [*texts, "unknown"]
    high = column if unknown else last
    return EpochAxis(x, unknown, ticks, texts, first - ROOM * span, high + (ROOM + 0.03) * span)


def round_ticks(first: float, last: float, most: int = MOST_TICKS) -> list[float]:
    """At most so many round numbers from `first` to `last`, a step of 1, 2 or 5 apart."""
    if last <= first:
        return [first]
    least = (last - first) / (most - 1)
    power = 10.0 ** np.floor(np.log10(least))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))
    return [float(tick) for tick in np.arange(np.ceil(first / step), last / step + 1e-9) * step]


def mean_and_band(
    xs: Sequence[np.ndarray], ys: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Mean, least and most of several runs at the places that two of them or more share.

    xs, ys : one pair of arrays for each run; NaN values are left out

    Returns x, mean, low, high: (n_shared,) each, x increasing.
    """
    at: dict[float, list[float]] = {}
    for x, y in zip(xs, ys, strict=True):
        for place, value in zip(x.tolist(), y.tolist(), strict=True):
            if np.isfinite(value):
                at.setdefault(place, []).append(value)
    shared = sorted(place for place, values in at.items() if len(values) > 1)
    of = [at[place] for place in shared]
    return (
        np.array(shared),
        np.array([np.mean(values) for values in of]),
        np.array([min(values) for values in of]),
        np.array([max(values) for values in of]),
    )
