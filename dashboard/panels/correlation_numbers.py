"""What is told beneath the curve: its bumps, what it comes to, and the other curves' names."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.curve_facts import Fact, correlation_numbers, range_text, significance_text
from dashboard.curves import Curve
from models.space.bumps import MIN_SIGNIFICANCE, Bump

MAX_BUMPS = 4  # the most significant: more would not be read
BUMP_EXPLANATION = (
    "An excess of pairs around this separation: galaxies in groups of this size, or groups this "
    "far apart. Click to light up the galaxies that have the most neighbors there."
)
SELECT_EXPLANATION = (
    "Select the galaxies that make this excess: those with more neighbors in the range than the "
    "Gaussian gives at the same place, by 3σ"
)


def numbers(curves: Sequence[Curve], *, is_refining: bool = False) -> list[Component]:
    """What the curves come to, a column each for the main ones; the others are named.

    They are the legend too: each is told by its color.
    """
    told = [curve for curve in curves if curve.is_told][::-1]
    columns = [correlation_numbers(c.measured, c.null, is_refining=is_refining) for c in told]
    rows = html.Tbody([_row(facts) for facts in zip(*columns, strict=True)])
    others = [named(curve) for curve in curves if not curve.is_told]
    if len(told) == 1:
        names = html.Div([named(told[0]), *others], className="curve-names")
        return [names, html.Table(rows, className="single")]
    head = html.Thead(html.Tr([html.Th(), *(html.Th(named(curve)) for curve in told)]))
    names = [html.Div(others, className="curve-names")] if others else []
    return [html.Table([head, rows]), *names]


def _row(facts: Sequence[Fact]) -> html.Tr:
    cells = (html.Td(fact.text, title=fact.explanation) for fact in facts)
    return html.Tr([html.Th(facts[0].name, title=facts[0].explanation), *cells])


def named(curve: Curve) -> html.Span:
    """The curve's line and name."""
    line = html.Span(className=f"line {curve.dash}", style={"borderColor": curve.color})
    score = correlation_numbers(curve.measured)[0]
    told = f"score {score.text}, n = {curve.measured.n_points:,}"
    told += f"; {curve.note}" if curve.note else ""
    kind = "curve-name told" if curve.is_told else "curve-name"
    ending = [html.Span(f", {curve.ending}", className="faint")] if curve.ending else []
    return html.Span([line, curve.name, *ending], className=kind, title=told)


def bump_strip(bumps: Sequence[Bump], rms: float) -> list[Component]:
    """A button for each bump, and one beside it that selects the galaxies that make it.

    rms : the RMS separation, in which they are told
    """
    if not bumps:
        return [html.Span(f"no bump of {MIN_SIGNIFICANCE:g}σ or more", className="faint")]
    shown = sorted(bumps, key=lambda bump: -bump.significance)[:MAX_BUMPS]
    shown.sort(key=lambda bump: bump.lower)
    more = len(bumps) - len(shown)
    rest = [html.Span(f"and {more} smaller", className="faint")] if more else []
    return [
        html.Span("bumps at r =", className="faint"),
        *(_bump(bump, rms) for bump in shown),
        *rest,
    ]


def _bump(bump: Bump, rms: float) -> html.Span:
    lower, upper, position = (value / rms for value in (bump.lower, bump.upper, bump.peak))
    ends = f"{lower:.6g} {upper:.6g}"
    told = f"{range_text(lower, upper)}, {significance_text(bump.significance)}. "
    return html.Span(
        [
            html.Button(
                [f"{position:.2f} ", html.Span(significance_text(bump.significance))],
                type="button",
                title=told + BUMP_EXPLANATION,
                **{"data-brush": ends},
            ),
            html.Button(
                "select",
                type="button",
                title=SELECT_EXPLANATION,
                **{
                    "data-excess": ends,
                    "aria-label": f"Select what makes the bump at {position:.2f}",
                },
            ),
        ],
        className="bump",
    )


def brush_line(lower: float, upper: float, told: str) -> list[Component]:
    """The brushed range: what it lights up, the button that selects, the one that clears."""
    return [
        html.Strong(range_text(lower, upper)),
        html.Span(told, className="faint"),
        html.Button(
            "Select",
            type="button",
            className="small-button",
            title=SELECT_EXPLANATION,
            **{"data-excess": f"{lower:.6g} {upper:.6g}"},
        ),
        html.Button(
            "×",
            type="button",
            className="small-button",
            title="Clear the brushed range (Esc, or a double click on the curve)",
            **{"data-brush": "", "aria-label": "Clear the brushed range"},
        ),
    ]
