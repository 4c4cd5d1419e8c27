"""Every metric against the training epoch, as small multiples -> a plotly figure; no dash here.

The figure is made at once from plain dicts: plotly takes ten times as long to change one.
"""

import plotly.graph_objects as go

from dashboard.figure_style import page_style
from dashboard.themes import DARK, Theme
from dashboard.timeline import Timeline
from dashboard.timeline_axis import epoch_axis
from dashboard.timeline_multiple import Multiple, color_of
from dashboard.timeline_words import METRICS
from data.runs import Series


def timeline_figure(timeline: Timeline, current: str | None, theme: Theme = DARK) -> go.Figure:
    """One multiple for each metric; a line marks the current checkpoint, a star the best."""
    asked = timeline.asked
    axis = epoch_axis({name: asked.epoch(name) for name in asked.collection.checkpoints})
    traces, layout = [], {"annotations": [], "shapes": []}
    for place, (name, metric) in enumerate(METRICS.items()):
        multiple = Multiple(timeline, name, metric, axis, place, theme)
        traces += multiple.traces()
        layout |= multiple.axes()
        layout["annotations"] += multiple.annotations()
        layout["shapes"] += multiple.current_line(current)
    style = {
        **page_style(theme, size=11),
        "margin": {"l": 42, "r": 8, "t": 4, "b": 38},
        "dragmode": False,
        "hovermode": "closest",
        "hoverdistance": 14,
    }
    return go.Figure(traces, style | layout)


def family_colors(timeline: Timeline, theme: Theme) -> list[tuple[str, str, int]]:
    """Name, color and number of seeds of each run and layer."""
    return [
        (family_name(family), color_of(place, theme), len(family))
        for place, family in enumerate(timeline.families)
    ]


def family_name(family: tuple[Series, ...]) -> str:
    """Run and layer, as they are told."""
    run, layer = family[0].family
    return " · ".join(part for part in (run.rpartition("/")[2], layer) if part) or "checkpoints"
