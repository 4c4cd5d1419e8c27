"""The clusters in a list: color, number or name, size, classes, medoid and edges, what to do."""

import json

import numpy as np
from dash import html
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard.cluster_words import cluster_title, purity_text, purity_why, share_text
from dashboard.colors import Coloring
from dashboard.painting import paint_of
from dashboard.paints import paint_record
from dashboard.panels.parts import small_button, thumbnail
from dashboard.records import keep_record
from data.clusterings import clustering_of, facts_of, record_of_cluster
from data.store import Collection
from models.space.cluster_classes import ClusterClasses
from models.space.cluster_facts import ClusterFacts

N_LISTED = 100  # the largest; of more, how many there are is told


def cluster_list(
    collection: Collection,
    cache: Cache,
    checkpoint: str,
    key: str,
    classes: tuple[tuple[ClusterClasses, ...], np.ndarray] | None,
    names: dict[int, str],
) -> list[Component]:
    """A line for each cluster, the largest first; those in none last.

    classes : classes of each cluster and their names; None where there are none
    names : of the clusters, by their numbers
    """
    found, facts = clustering_of(collection, checkpoint, key), facts_of(collection, checkpoint, key)
    paint = keep_record(cache, paint_record(key))
    coloring = paint_of(collection, cache, checkpoint, paint)
    lines = [_head()]
    for one in facts[:N_LISTED]:
        number = one.code + 1
        told = None if classes is None else (classes[0][one.code], classes[1])
        title = [_dot(coloring, number), html.Strong(cluster_title(number, names.get(number, "")))]
        of = [*title, html.Span(share_text(one.n, collection.n_galaxies), className="faint")]
        if told is not None:
            of.append(html.Span(purity_text(*told), title=purity_why(*told), className="faint"))
        members = [_medoid(collection, one), _edges(collection, one)]
        lines.append(_line(checkpoint, key, number, of, members))
    if len(facts) > N_LISTED:
        lines.append(html.P(f"The {N_LISTED} largest of {len(facts):,}.", className="faint"))
    if found.n_in_none:
        of = [
            _dot(coloring, 0),
            html.Strong(cluster_title(0)),
            html.Span(share_text(found.n_in_none, collection.n_galaxies), className="faint"),
        ]
        lines.append(_line(checkpoint, key, 0, of, []))
    return lines


def _head() -> html.Div:
    names = ("Cluster", "Medoid", "Least typical members")
    return html.Div(
        [html.Span(name) for name in names],
        className="cluster-line cluster-head faint",
        **{"aria-hidden": "true"},
    )


def _line(
    checkpoint: str, key: str, number: int, of: list[Component], members: list[Component]
) -> html.Div:
    title = f"Cluster {number}" if number else "The galaxies in no cluster"
    opened = html.Button(
        of,
        type="button",
        className="cluster-open",
        title=f"{title}: its name, labels and ε(r)",
        **{"data-cluster": str(number), "aria-pressed": "false"},
    )
    (step,) = record_of_cluster(checkpoint, key, number)["steps"]
    acts = [
        small_button(
            sign,
            title=f"{title}: {says}",
            **{"data-cluster-step": json.dumps(step | {"op": op}), "aria-label": f"{sign} {title}"},
        )
        for sign, op, says in (
            ("Select", "set", "select its galaxies, in place of the selection"),
            ("Add", "add", "add its galaxies to the selection"),
        )
    ]
    return html.Div(
        [
            opened,
            *(members or [html.Span(), html.Span()]),
            html.Div(acts, className="cluster-acts"),
        ],
        className="cluster-line",
        role="group",
        **{"aria-label": title},
    )


def _medoid(collection: Collection, one: ClusterFacts) -> html.Button:
    made = thumbnail(collection, one.medoid, "", is_centered=True)
    made.title += (
        f" · medoid: of its {one.n:,} galaxies the one nearest to the others "
        f"(to {one.n_reference:,} of them); median distance to it {one.radius:.3g}"
    )
    return made


def _edges(collection: Collection, one: ClusterFacts) -> html.Div:
    """The members that belong to it least, the least first."""
    shown = [thumbnail(collection, row, "", is_centered=True) for row in one.edges.tolist()]
    by = "farthest from the medoid" if np.isnan(one.mean_strength) else "that belong to it least"
    for place, made in enumerate(shown):
        made.title += f" · #{place + 1} of the members {by}"
    return html.Div(shown, className="cluster-edges")


def _dot(coloring: Coloring, number: int) -> html.Span:
    """The color of a cluster on the map: its own, that of all others, or that of none."""
    if number in coloring.values:
        group = coloring.values.index(number)
    else:
        group = coloring.n_groups - 1 - coloring.has_missing
    colors = {f"--{theme}": coloring.palette(theme)[group] for theme in ("dark", "light")}
    return html.Span(className="dot", style=colors)
