"""Which classes the neighbors confuse at a checkpoint, and which separated when."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figure_style import axis_style, axis_title, message_figure, page_style
from dashboard.themes import DARK, Theme
from dashboard.timeline import Timeline
from models.space.class_confusion import confused_share

MOST_PAIRS = 6
BEYOND = 2  # standard errors of a fall that is told


class Separated(NamedTuple):
    """Two classes whose confusion fell from one checkpoint of a run to the next.

    first, second : names of the classes
    before, after : names of the checkpoints
    share_before, share_after : of both classes' galaxies that are taken for the other
    error : of the fall; binomial, as if the galaxies were others at the second checkpoint
    """

    first: str
    second: str
    before: str
    after: str
    share_before: float
    share_after: float
    error: float

    @property
    def fall(self) -> float:
        """By how much the share fell."""
        return self.share_before - self.share_after


def separated(timeline: Timeline, most: int = MOST_PAIRS) -> list[Separated]:
    """The largest falls of confusion by more than two errors; of every two classes the largest."""
    names = timeline.asked.sample.class_names
    found: dict[tuple[int, int], Separated] = {}
    for before, after in _steps(timeline):
        tables = (timeline.rows[name].confusion for name in (before, after))
        (share, error), (later, later_error) = map(confused_share, tables)
        errors = np.hypot(error, later_error)
        for i, j in zip(*np.triu_indices(len(names), 1), strict=True):
            fall = share[i, j] - later[i, j]
            known = found.get((i, j))
            if fall > BEYOND * errors[i, j] and (known is None or fall > known.fall):
                values = float(share[i, j]), float(later[i, j]), float(errors[i, j])
                found[i, j] = Separated(names[i], names[j], before, after, *values)
    return sorted(found.values(), key=lambda one: -one.fall)[:most]


def _steps(timeline: Timeline) -> list[tuple[str, str]]:
    """Every checkpoint of known epoch with the next one of its run."""
    steps = []
    for series in (one for family in timeline.families for one in family):
        names = [
            name
            for name in series.checkpoints
            if name in timeline.rows and np.isfinite(timeline.asked.epoch(name))
        ]
        steps += list(zip(names[:-1], names[1:], strict=True))
    return steps


def confusion_figure(
    table: np.ndarray, class_names: Sequence[str], theme: Theme = DARK
) -> go.Figure:
    """Shares of each true class (row) by the class that the neighbors vote for, in percent."""
    if not len(class_names):
        return message_figure("Undefined: fewer than two classes have galaxies here.", theme)
    sizes = table.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = 100 * table / sizes
        errors = np.sqrt(shares * (100 - shares) / sizes)
    names = list(class_names)
    text = [
        [
            f"{true} → {voted}<br>{table[i, j]:,} of {sizes[i, 0]:,}: "
            f"{shares[i, j]:.1f} ± {errors[i, j]:.1f} %"
            for j, voted in enumerate(names)
        ]
        for i, true in enumerate(names)
    ]
    trace = {
        "type": "heatmap",
        "x": names,
        "y": names,
        "z": np.nan_to_num(shares).tolist(),
        "zmin": 0,
        "zmax": 100,
        "text": text,
        "hovertemplate": "%{text}<extra></extra>",
        "colorscale": [[0, theme.ground], [1, theme.selected]],
        "colorbar": {"title": {"text": "%"}, "thickness": 10, "outlinewidth": 0},
        "xgap": 1,
        "ygap": 1,
    }
    axis = {**axis_style(theme), "fixedrange": True, "tickfont": {"size": 10.5}, "showgrid": False}
    axis["automargin"] = True
    style = {
        **page_style(theme, size=11),
        "margin": {"l": 8, "r": 8, "t": 6, "b": 8},
        "dragmode": False,
        "xaxis": {
            **axis,
            "title": axis_title("class of the neighbors", size=11.5) | {"standoff": 12},
        },
        "yaxis": {**axis, "title": axis_title("true class", size=11.5), "autorange": "reversed"},
    }
    return go.Figure([trace], style)
