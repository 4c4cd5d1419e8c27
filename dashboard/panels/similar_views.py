"""What the panel of similar galaxies shows: what is searched from, what is found, how sure."""

from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard.facts import label_of
from dashboard.panels.parts import message, picture, small_button, thumbnail
from dashboard.similar_query import METRICS, Query, answered_query
from dashboard.uploads import upload_of
from data.runs import series_with
from data.similar import Similar
from data.store import Collection
from models.errors import MorphospaceError

N_ALONG = 12  # of each checkpoint


def asked_from(
    collection: Collection, cache: Cache, query: Query, *, is_held: bool
) -> list[Component]:
    """Pictures of what is searched from; those that a click takes out, where they were put in."""
    if query.upload is not None:
        return [_uploaded(collection, cache, query.upload)]
    kinds = (("like", query.like), ("unlike", query.unlike))
    return [
        html.Div(
            [
                html.Span(kind if is_held else "like the inspected", className="faint"),
                *(_example(collection, row, kind, is_held) for row in rows),
            ],
            className=f"similar-examples {kind}",
        )
        for kind, rows in kinds
        if rows
    ]


def _example(collection: Collection, row: int, kind: str, is_held: bool) -> html.Button:
    object_id = str(collection.catalog["object_id"].iat[row])
    told = f"Take {object_id} out" if is_held else f"Searched from {object_id}"
    taken = {"data-similar-out": f"{kind} {row}"} if is_held else {}
    return html.Button(
        picture(collection, row),
        type="button",
        className="thumbnail",
        title=told,
        **{"aria-label": told, **taken},
    )


def _uploaded(collection: Collection, cache: Cache, name: str) -> html.Div:
    uploaded = upload_of(cache, name)
    height, width = uploaded.pixels.shape[:2]
    address = f"/collections/{collection.digest}/uploads/{name}.png"
    told = " ".join([f"{uploaded.name}, {width} x {height} pixels.", *uploaded.notes])
    return html.Div(
        [
            html.Img(src=address, alt=f"The picture {uploaded.name}"),
            html.P(told, className="faint"),
        ],
        className="similar-picture",
    )


def answers(collection: Collection, found: Similar) -> list[Component] | Component:
    """What is found, with distances."""
    if not len(found.rows):
        return message("Nothing was found: " + " ".join(found.notes))
    pairs = zip(found.rows.tolist(), found.distances.tolist(), strict=True)
    shown = [thumbnail(collection, row, f"{distance:.3g}") for row, distance in pairs]
    return [html.Div(shown, className="similar-strip")]


def caption(
    collection: Collection, checkpoint: str, query: Query, found: Similar, selection: str
) -> list[Component]:
    """What was found in words, and what can be done with it."""
    told = html.Span(caption_of(collection, found))
    if not len(found.rows):
        return [told]
    acts = _acts(collection, checkpoint, query, found, selection)
    return [told, html.Span(acts, className="similar-acts")]


def _acts(
    collection: Collection, checkpoint: str, query: Query, found: Similar, selection: str
) -> list[Component]:
    rows = ",".join(map(str, [*query.like, *found.rows.tolist()]))
    fields = {"checkpoint": checkpoint, "metric": query.metric, "k": query.k, "scope": query.scope}
    fields |= {"like": ",".join(map(str, query.like)), "unlike": ",".join(map(str, query.unlike))}
    fields |= {"upload": query.upload or "", "selection": selection}
    address = f"/collections/{collection.digest}/similar.csv?{urlencode(fields)}"
    chosen = {"data-select": rows, "data-checkpoint": checkpoint}
    return [
        small_button("Select", title="Select these, in place of the selection", **chosen),
        small_button(
            "Add to selection", title="Add these to the selection", **chosen, **{"data-op": "add"}
        ),
        html.A("CSV", href=address, download="", className="small-button", title="With distances"),
    ]


def caption_of(collection: Collection, found: Similar) -> str:
    """How many of how many, how far is told in what, how sure it is, and what was left out."""
    unit = "in the unit of the representations" if found.metric == "euclidean" else ""
    if found.is_exact:
        sure = "exact"
    else:
        sure = (
            f"by an index that finds {found.recall:.1%} ± {found.recall_error:.1%} of the 10 "
            f"nearest (n = {found.recall_n:,})"
        )
    metric = METRICS[found.metric]
    told = f"The {len(found.rows):,} nearest of {found.n_searched:,}, {sure}; {metric} distances"
    return " ".join([f"{told} {unit}".rstrip() + ".", *found.notes])


def at_every_checkpoint(
    collection: Collection, cache: Cache, checkpoint: str, query: Query, selection: str
) -> tuple[Component, str]:
    """A row of the nearest galaxies for each checkpoint of the run, and a caption."""
    lines = []
    for name in series_with(collection, checkpoint).checkpoints:
        try:
            found = answered_query(collection, cache, name, query, selection)
            near = [
                thumbnail(collection, row, f"{distance:.3g}")
                for row, distance in zip(found.rows[:N_ALONG], found.distances, strict=False)
            ]
        except MorphospaceError as error:
            near = [html.Span(str(error), className="faint")]
        lines.append(
            html.Div(
                [
                    html.Div(html.Strong(label_of(collection, name)), className="change-label"),
                    html.Div(near, className="change-near"),
                ],
                className="change-row shown" if name == checkpoint else "change-row",
                role="group",
                **{"aria-label": f"Most similar at {label_of(collection, name)}"},
            )
        )
    told = f"The {N_ALONG} nearest at each checkpoint of the run; distances in each one's own unit."
    return html.Div(lines, className="change-rows"), told
