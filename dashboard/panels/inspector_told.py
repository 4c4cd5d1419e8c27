"""What is told of the inspected galaxy: its values, its ranks, its neighbors, where to go on."""

from dash import html
from dash.development.base_component import Component

from dashboard.facts import galaxy_values, missing_columns, rank_text, sky_address, value_text
from dashboard.panels.parts import small_button, thumbnail
from dashboard.ranking import rankings_of, score_ranking
from dashboard.routes import N_MARKED
from dashboard.score_facts import SCORES
from data.store import Collection

N_FIRST = 7  # catalog values before the neighbors; the rest comes after them


def told(collection: Collection, checkpoint: str, row: int) -> list[Component]:
    """Everything that is known of a galaxy, under a checkpoint."""
    values = galaxy_values(collection, row)
    near = [int(other) for other in collection.neighbors(checkpoint)[row, :N_MARKED]]
    return [
        _identified(values[0][1]),
        html.Div(
            [_show_on_map(row), _select_all(checkpoint, [row, *near])], className="galaxy-actions"
        ),
        _sky_link(collection, row),
        _listed([*values[1:N_FIRST], *_ranks(collection, checkpoint, row)]),
        html.H3(["Galaxies like this one ", html.Span("and their distances", className="faint")]),
        _neighbors(collection, checkpoint, row, near),
        *_rest(values[N_FIRST:], missing_columns(collection, row)),
    ]


def _identified(object_id: str) -> html.Div:
    copy = small_button(
        "Copy",
        title="Copy the object_id",
        **{"data-copy": object_id, "aria-label": "Copy the object_id"},
    )
    return html.Div([_listed([("object_id", object_id)]), copy], className="galaxy-id")


def _show_on_map(row: int) -> html.Button:
    title = "Bring this galaxy to the middle of the map"
    return small_button("Show on map", title=title, **{"data-row": str(row), "data-center": "yes"})


def _select_all(checkpoint: str, rows: list[int]) -> html.Button:
    return small_button(
        "Select these neighbors",
        title=f"Select this galaxy and the {len(rows) - 1} most like it, in place of the selection",
        **{"data-select": ",".join(map(str, rows)), "data-checkpoint": checkpoint},
    )


def _ranks(collection: Collection, checkpoint: str, row: int) -> list[tuple[str, str]]:
    """Each anomaly score of the galaxy, and its rank by it."""
    pairs = []
    known = collection.density(checkpoint)
    for column in rankings_of(collection, checkpoint):
        rank = rank_text(score_ranking(collection, checkpoint, column), row)
        value = "" if rank == "undefined" else f"{value_text(column, known[column][row])}, "
        pairs.append((SCORES[column].title, f"{value}rank {rank}" if value else rank))
    return pairs


def _neighbors(collection: Collection, checkpoint: str, row: int, near: list[int]) -> html.Div:
    distances = collection.distances(checkpoint)[row, : len(near)]
    return html.Div(
        [
            thumbnail(collection, other, f"{distance:.3g}")
            for other, distance in zip(near, distances, strict=True)
        ],
        className="neighbors",
    )


def _rest(values: list[tuple[str, str]], missing: list[str]) -> list[Component]:
    """The other columns of the catalog, and those without a value by name."""
    parts = [html.H3("More from the catalog"), _listed(values)] if values else []
    if missing:
        parts.append(html.P(f"missing: {', '.join(missing)}", className="missing faint"))
    return parts


def _listed(values: list[tuple[str, str]]) -> html.Dl:
    return html.Dl([html.Div([html.Dt(name), html.Dd(text, title=text)]) for name, text in values])


def _sky_link(collection: Collection, row: int) -> html.P:
    address = sky_address(collection, row)
    if address is None:
        return html.P("no position in the catalog", className="faint sky")
    link = html.A(
        "Legacy Surveys viewer ↗", href=address, target="_blank", rel="noopener noreferrer"
    )
    simulated = [html.Span(" (simulated: it is not there)", className="faint")]
    return html.P([link, *(simulated if collection.is_simulated else [])], className="sky")
