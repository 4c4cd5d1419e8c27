"""One metric against the training epoch: traces, axes and words as plain dicts for plotly."""

from textwrap import wrap

import numpy as np

from dashboard.facts import with_error
from dashboard.figure_style import axis_style
from dashboard.themes import Theme
from dashboard.timeline import Timeline, as_good, best_of
from dashboard.timeline_axis import EpochAxis, mean_and_band
from dashboard.timeline_words import METRICS, Metric
from data.runs import Series

N_COLUMNS = 4
LOG_SPAN = 30  # largest over smallest value, from which an axis is logarithmic
GAP_X = 0.045  # between columns, of the width of the figure
TITLE, BOTTOM = 0.25, 0.87  # where a multiple begins and ends, of the height of its row
FAINT = 0.6  # opacity of one of several seeds


def n_rows() -> int:
    """Rows of multiples."""
    return -(-len(METRICS) // N_COLUMNS)


def color_of(place: int, theme: Theme) -> str:
    """Color of a run and layer, by its place among them."""
    return theme.categories[place % len(theme.categories)]


class Multiple:
    """One metric of the figure: its traces, axes and words."""

    def __init__(
        self,
        timeline: Timeline,
        name: str,
        metric: Metric,
        axis: EpochAxis,
        place: int,
        theme: Theme,
    ) -> None:
        self.timeline, self.name, self.metric, self.axis = timeline, name, metric, axis
        self.theme, self.number = theme, "" if place == 0 else str(place + 1)
        row, column = divmod(place, N_COLUMNS)
        width = (1 + GAP_X) / N_COLUMNS
        self.left = column * width
        self.right = self.left + width - GAP_X
        self.top, self.bottom = (
            1 - (row + part) / (n_rows() - 1 + BOTTOM) for part in (TITLE, BOTTOM)
        )
        self.is_last_row = place + N_COLUMNS >= len(METRICS)
        shown = [row.measured[name].value for row in timeline.rows.values()]
        values = np.array([value for value in shown if np.isfinite(value)])
        self.is_told = len(values) > 0
        is_wide = self.is_told and values.min() > 0 and values.max() / values.min() > LOG_SPAN
        self.is_log = bool(is_wide)

    # ---- what is drawn ---------------------------------------------------------------------------

    def traces(self) -> list[dict]:
        """Lines of every run, then the best one's star."""
        drawn = []
        for place, family in enumerate(self.timeline.families):
            color = color_of(place, self.theme)
            if len(family) > 1:
                drawn += self._band(family, color)
            for series in family:
                drawn += self._run(series, color, is_faint=len(family) > 1)
        return drawn + self._star()

    def _run(self, series: Series, color: str, *, is_faint: bool) -> list[dict]:
        names = [name for name in series.checkpoints if name in self.timeline.rows]
        known = [name for name in names if name not in self.axis.unknown]
        unknown = [name for name in names if name in self.axis.unknown]
        parts = [(known, "lines+markers"), (unknown, "markers")]
        drawn = [self._points(part, mode, color, is_faint) for part, mode in parts if part]
        if self.name == "score" and known:
            drawn.insert(0, self._linear_errors(names))
        return drawn

    def _points(self, names: list[str], mode: str, color: str, is_faint: bool) -> dict:
        measured = [self.timeline.rows[name].measured[self.name] for name in names]
        factor = self.metric.factor
        errors = np.nan_to_num([factor * one.error for one in measured])
        return self._placed(
            x=[self.axis.x[name] for name in names],
            y=[_or_none(factor * one.value) for one in measured],
            mode=mode,
            opacity=FAINT if is_faint else 1,
            line={"color": color, "width": 0.9 if is_faint else 1.5},
            marker={"color": color, "size": 5 if is_faint else 7},
            error_y={
                "array": errors.tolist(),
                "visible": bool(errors.any()),
                "color": color,
                "thickness": 1.3,
                "width": 0,
            },
            customdata=[[name] for name in names],
            text=[self._told(name) for name in names],
            hovertemplate="%{text}<extra></extra>",
        )

    def _told(self, name: str) -> str:
        one = self.timeline.rows[name].measured[self.name]
        factor, unit = self.metric.factor, f" {self.metric.unit}" if self.metric.unit else ""
        lines = [
            f"{self.timeline.asked.label(name)} · {name}",
            f"{self.metric.name} {with_error(factor * one.value, factor * one.error)}{unit}",
        ]
        if np.isfinite(one.linear_error):
            lines.append(f"sum of the bins' errors ± {one.linear_error:,.3g}")
        if one.n:
            lines.append(f"n = {one.n:,}")
        return "<br>".join([*lines, "click: this checkpoint"])

    def _linear_errors(self, names: list[str]) -> dict:
        """The deck's error of the score, wide and faint behind the standard error."""
        measured = [self.timeline.rows[name].measured[self.name] for name in names]
        return self._placed(
            x=[self.axis.x[name] for name in names],
            y=[_or_none(one.value) for one in measured],
            mode="markers",
            marker={"size": 1, "color": self.theme.faint},
            opacity=0.55,
            error_y={
                "array": [_or_none(one.linear_error) for one in measured],
                "color": self.theme.faint,
                "thickness": 1,
                "width": 4,
            },
            hoverinfo="skip",
        )

    def _band(self, family: tuple[Series, ...], color: str) -> list[dict]:
        """Mean of the seeds, and from the least of them to the most."""
        xs, ys = [], []
        for series in family:
            names = [name for name in series.checkpoints if name in self.timeline.rows]
            names = [name for name in names if name not in self.axis.unknown]
            rows = [self.timeline.rows[name].measured[self.name].value for name in names]
            xs.append(np.array([self.axis.x[name] for name in names]))
            ys.append(self.metric.factor * np.array(rows))
        x, mean, low, high = mean_and_band(xs, ys)
        if not len(x):
            return []
        band = self._placed(
            x=[*x, *x[::-1]], y=[*high, *low[::-1]], mode="lines", fill="toself", fillcolor=color,
            opacity=0.18, line={"width": 0}, hoverinfo="skip",
        )  # fmt: skip
        line = self._placed(
            x=x.tolist(), y=mean.tolist(), mode="lines", line={"color": color, "width": 2.2},
            hoverinfo="skip",
        )  # fmt: skip
        return [band, line]

    def _star(self) -> list[dict]:
        best = best_of(self.timeline, self.name)
        if best is None:
            return []
        value = self.metric.factor * self.timeline.rows[best].measured[self.name].value
        marker = {
            "symbol": "star",
            "size": 13,
            "color": self.theme.selected,
            "line": {"color": self.theme.panel, "width": 1},
        }
        return [
            self._placed(
                x=[self.axis.x[best]], y=[value], mode="markers", marker=marker,
                customdata=[[best]], text=[self._told(best)],
                hovertemplate="best: %{text}<extra></extra>",
            )
        ]  # fmt: skip

    def _placed(self, **trace: object) -> dict:
        axes = {"xaxis": f"x{self.number}", "yaxis": f"y{self.number}"}
        return {"type": "scatter", **axes, **trace}

    # ---- axes and words --------------------------------------------------------------------------

    def axes(self) -> dict:
        """Both axes of the multiple; all epochs lie above each other."""
        line = {**axis_style(self.theme), "fixedrange": True, "tickfont": {"size": 10}}
        x_axis = {
            **line,
            "domain": [self.left, self.right],
            "anchor": f"y{self.number}",
            "range": [self.axis.low, self.axis.high],
            "tickvals": self.axis.ticks,
            "ticktext": self.axis.texts,
            "showticklabels": True,
        }
        y_axis = {
            **line,
            "domain": [self.bottom, self.top],
            "anchor": f"x{self.number}",
            "nticks": 4,
            "showticklabels": self.is_told,
            "exponentformat": "SI",
        }
        if self.is_log:
            y_axis |= {"type": "log", "dtick": 1}
        if self.is_last_row:
            x_axis["title"] = {"text": "epoch", "font": {"size": 11}, "standoff": 3}
        return {f"xaxis{self.number}": x_axis, f"yaxis{self.number}": y_axis}

    def annotations(self) -> list[dict]:
        """Name of the metric, its best epoch, and why nothing is drawn where nothing is."""
        place = {"xref": "paper", "yref": "paper", "showarrow": False}
        name = f"<b>{self.metric.title}</b>" + (", log" if self.is_log else "")
        title = {
            **place, "text": name, "x": self.left, "y": self.top + 0.004, "xanchor": "left",
            "yanchor": "bottom", "yshift": 14, "font": {"size": 11.5, "color": self.theme.ink},
        }  # fmt: skip
        under = {
            **title, "text": self._best_words(), "yshift": 0,
            "font": {"size": 10.5, "color": self.theme.faint},
        }  # fmt: skip
        return [title, under, *self._missing(place)]

    def _best_words(self) -> str:
        best = best_of(self.timeline, self.name)
        if best is None:
            return "no way is better" if not self.metric.better else ""
        way = "highest" if self.metric.better > 0 else "lowest"
        others = len(as_good(self.timeline, self.name)) - 1
        when = "best" if self.timeline.is_whole else "best so far"
        told = f"{when} ({way}): {self.timeline.asked.label(best)}"
        return told + (f", {others} as good" if others else "")

    def _missing(self, place: dict) -> list[dict]:
        if self.is_told or not self.timeline.rows:
            return []
        first = next(iter(self.timeline.rows.values())).measured[self.name]
        text = "<br>".join(wrap(f"undefined: {first.reason}", 26))
        middle = {"x": (self.left + self.right) / 2, "y": (self.bottom + self.top) / 2}
        return [{**place, **middle, "text": text, "font": {"color": self.theme.faint}}]

    def current_line(self, current: str | None) -> list[dict]:
        """A line where the page's checkpoint is."""
        if current not in self.axis.x:
            return []
        x = self.axis.x[current]
        return [
            {
                "type": "line", "xref": f"x{self.number}", "yref": f"y{self.number} domain",
                "x0": x, "x1": x, "y0": 0, "y1": 1, "layer": "below",
                "line": {"color": self.theme.selected, "width": 1, "dash": "dot"},
            }
        ]  # fmt: skip


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
