"""The axes of a curve of eps(r): units, scales and ranges. Plain dicts for plotly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.figure_style import axis_title
from models.space.correlation import Correlation


@dataclass(frozen=True)
class Axes:
    """How curves are drawn; what they are is the measure's.

    is_log : draw 1 + eps on a logarithmic axis, where a Gaussian is 1; else eps
    r_is_log : separations on a logarithmic axis
    r_unit : "rms", in RMS separations of each checkpoint; "raw", as they are
    """

    is_log: bool = True
    r_is_log: bool = False
    r_unit: str = "rms"

    @property
    def level(self) -> float:
        """What is added to eps, and so where a Gaussian lies."""
        return 1.0 if self.is_log else 0.0

    def placed(self, x: float, y: float) -> dict:
        """Where an annotation goes: plotly takes logarithms there, unlike in traces."""
        return {
            "x": float(np.log10(x)) if self.r_is_log else float(x),
            "y": float(np.log10(y)) if self.is_log else float(y),
        }


def drawn_in(axes: Axes, rms: float) -> float:
    """Length of the axis's unit of separation, for a checkpoint with this RMS separation."""
    return 1.0 if axes.r_unit == "raw" else rms


def r_axis(axes: Axes, spans: Sequence[np.ndarray], units: Sequence[float]) -> dict:
    """The axis of separations.

    spans : edges of each curve, as drawn
    units : the RMS separation of each, which is told where it is the same for all
    """
    text = "separation r"
    if axes.r_unit == "rms":
        text += " / RMS separation"
        text += f" ({units[0]:.3g})" if np.ptp(units) <= 1e-9 * units[0] else ""
    low, high = min(edges[0] for edges in spans), max(edges[-1] for edges in spans)
    axis = {"title": axis_title(text), "tickfont": {"size": 11}, "hoverformat": ".3g"}
    axis["tickformat"] = "~g"
    if not axes.r_is_log:
        margin = 0.02 * (high - low)
        return {**axis, "type": "linear", "range": [low - margin, high + margin], "nticks": 8}
    least = min((edges[edges > 0][0] for edges in spans if (edges > 0).any()), default=high / 50)
    low, high = np.log10(max(low, least / 2)), np.log10(high)
    margin = 0.02 * (high - low)
    span = [low - margin, high + margin]
    return {**axis, "type": "log", "range": span, "dtick": "D2" if high - low < 2 else 1}


def eps_axis(axes: Axes, curves: Sequence[Correlation]) -> dict:
    """The axis of eps: bins that count span it, since emptier ones may be far beyond any figure."""
    title = {"title": axis_title("1 + ε(r)" if axes.is_log else "ε(r)"), "tickfont": {"size": 11}}
    eps, lower, upper = (
        np.concatenate([getattr(curve, name)[curve.used] for curve in curves] or [np.zeros(0)])
        for name in ("eps", "lower", "upper")
    )
    if not axes.is_log:
        low, high = np.nanmin(np.append(lower, 0)), np.nanmax(np.append(upper, 0))
        margin = 0.1 * max(high - low, 1e-3)
        span = [low - margin, high + margin]
        return {**title, "type": "linear", "range": span, "nticks": 6, "exponentformat": "SI"}
    # An error that reaches down to no pairs at all is cut: it would be most of the axis.
    ratio = np.fmax(1 + lower, (1 + eps) / 3)
    low = np.log10(np.nanmin(np.append(ratio[ratio > 0], 1)))
    high = np.log10(np.nanmax(np.append(1 + upper, 2)))
    margin = 0.1 * (high - low)
    span = [low - margin, high + margin]
    return {**title, "type": "log", "range": span, "exponentformat": "power"}
