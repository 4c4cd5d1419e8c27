"""The color bar of a number: its shades, how many galaxies have each, and ticks in its unit."""

import json

import numpy as np
from dash import html
from dash.development.base_component import Component

from dashboard.colors import N_SHADES, Coloring
from data.selection_columns import day_text

WHY = (
    "Drag to cut: the galaxies in the range stay selected. Shift and drag: spread the colors over "
    "the range. A double click takes either back."
)
EXCESS_WHY = "Select by the excess of neighbors with Select beside the brushed range."
N_TICKS = 5
ROOM = 0.12  # of the bar: a tick as near to an end would be written over it


def color_bar(
    coloring: Coloring, totals: np.ndarray, chosen: np.ndarray | None, place: str
) -> html.Div:
    """The bar, over it the counts of each shade, of all galaxies and of the selected ones.

    place : checkpoint that a cut of the column needs, "" where it needs none
    """
    most = max(int(totals[:N_SHADES].max()), 1)
    heights = [_heights(totals, most, "of-all")]
    if chosen is not None:
        heights.append(_heights(chosen, most, "of-selected"))
    cut = {}
    if coloring.cut:
        edges = json.dumps([float(edge) for edge in coloring.cut_edges])
        cut = {"data-column": coloring.cut, "data-edges": edges, "data-checkpoint": place}
    return html.Div(
        [
            html.Div(heights, className="shade-counts", title=_counts_text(coloring, totals)),
            html.Div(className="color-bar", style=_gradients(coloring)),
            html.Div(_ticks(coloring), className="color-ticks"),
        ],
        className="color-scale",
        title=WHY if coloring.cut else EXCESS_WHY,
        role="img",
        **{"aria-label": _aria(coloring), **cut},
    )


def _aria(coloring: Coloring) -> str:
    low, high = (number_text(coloring, end) for end in (coloring.low, coloring.high))
    return f"Colors of {coloring.title} from {low} to {high}"


def _counts_text(coloring: Coloring, totals: np.ndarray) -> str:
    fullest = int(totals[:N_SHADES].argmax())
    ends = [number_text(coloring, coloring.edges[fullest + side]) for side in (0, 1)]
    return (
        f"Galaxies of each shade; heights are square roots. Most, {totals[fullest]:,}, from "
        f"{ends[0]} to {ends[1]}. {WHY if coloring.cut else EXCESS_WHY}"
    )


def _heights(counts: np.ndarray, most: int, kind: str) -> html.Div:
    """A histogram of the shades as the outline of one element."""
    tops = 100 * (1 - np.sqrt(counts[:N_SHADES] / most))
    corners = ["0% 100%"]
    for shade, top in enumerate(tops):
        left, right = 100 * shade / N_SHADES, 100 * (shade + 1) / N_SHADES
        corners += [f"{left:.4g}% {top:.4g}%", f"{right:.4g}% {top:.4g}%"]
    outline = f"polygon({', '.join([*corners, '100% 100%'])})"
    return html.Div(className=f"shade-count {kind}", style={"clipPath": outline})


def _gradients(coloring: Coloring) -> dict:
    return {
        f"--{theme}": f"linear-gradient(to right, {', '.join(coloring.palette(theme)[:N_SHADES])})"
        for theme in ("dark", "light")
    }


def _ticks(coloring: Coloring) -> list[Component]:
    """Numbers under the bar, each where its shade is."""
    edges = np.asarray(coloring.edges)
    ticks = []
    for tick in tick_values(coloring):
        place = f"{100 * _place(edges, tick):.4g}%"
        ticks.append(html.Span(number_text(coloring, tick), style={"left": place}))
    return ticks


def tick_values(coloring: Coloring) -> list[float]:
    """Where the ticks of a color bar are: its ends, and numbers between them, round if they can."""
    edges = np.asarray(coloring.edges)
    low, high = float(edges[0]), float(edges[-1])
    wanted = edges[np.linspace(0, N_SHADES, N_TICKS).astype(int)]
    if coloring.form == "date" or coloring.kind == "excess":
        inner = wanted[1:-1]
    elif coloring.scale == "linear":
        inner = _round_between(low, high)
    else:
        gaps = np.minimum(wanted[1:-1] - wanted[:-2], wanted[2:] - wanted[1:-1])
        inner = [_rounded(value, gap) for value, gap in zip(wanted[1:-1], gaps, strict=True)]
    places = [_place(edges, value) for value in inner]
    kept = [value for value, place in zip(inner, places, strict=True) if ROOM < place < 1 - ROOM]
    return sorted({low, *map(float, kept), high})


def _place(edges: np.ndarray, value: float) -> float:
    """Where on the bar a number is, 0 to 1."""
    return float(np.interp(value, edges, np.linspace(0, 1, N_SHADES + 1)))


def _round_between(low: float, high: float) -> np.ndarray:
    """Multiples of 1, 2 or 5 times a power of ten between two numbers, N_TICKS or so."""
    rough = (high - low) / N_TICKS
    power = 10.0 ** np.floor(np.log10(rough))
    step = power * next(digit for digit in (1, 2, 5, 10) if digit * power >= rough)
    return np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step


def _rounded(value: float, gap: float) -> float:
    """A number to the digit that its distance from the next tick makes worth reading."""
    if not gap > 0:
        return float(value)
    unit = 10.0 ** np.floor(np.log10(gap))
    return float(np.round(value / unit) * unit)


def number_text(coloring: Coloring, value: float) -> str:
    """A number of a coloring as it is read: a date where its column holds dates."""
    if coloring.form == "date":
        return day_text(round(value))
    text = f"{value:{coloring.form}}"
    return f"{value:,.0f}" if coloring.kind == "ranks" else text
