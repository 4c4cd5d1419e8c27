"""The tour of a first visit: five steps, each at a part of the page; assets/tour.js walks it."""

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.panels.parts import small_button

# what a step is at, as a CSS selector; its title; what it says
STEPS = (
    (
        ".panel-map",
        "The map",
        "Each point is a galaxy, placed by a network so that like is beside like. The wheel zooms; "
        "hover to look, click to inspect. Distances on it are for looking only.",
    ),
    (
        f"#{ids.DRAG_MODE}",
        "Select",
        "Draw around galaxies with the lasso or a box. Ctrl adds to the selection, Alt takes away, "
        "Esc clears it. Everything else on the page follows.",
    ),
    (
        ".panel-correlation",
        "Are they clustered?",
        "The curve counts pairs of the selected galaxies against a Gaussian of the same shape: "
        "above it they clump. Drag over the curve to light up those that make a bump.",
    ),
    (
        ".panel-shelf",
        "Look at them",
        "Odd candidates, the selection as cutouts or as a table, histograms that cut, examples of "
        "each class. The line above can be dragged; ▫ fills the window.",
    ),
    (
        ".page-actions",
        "Keep and share",
        "Link gives an address that brings back just this view. ? lists all keys, and Tour shows "
        "this again.",
    ),
)


def tour_button() -> Component:
    """Starts it again."""
    return small_button("Tour", id=ids.TOUR, title="Five steps around the page")


def tour_steps() -> html.Div:
    """What assets/tour.js shows, one at a time."""
    steps = [
        html.Div([html.H2(title), html.P(text)], **{"data-at": anchor})
        for anchor, title, text in STEPS
    ]
    return html.Div(steps, className="tour-steps", hidden=True)
