"""The checkpoints beside each other: what each measures of the whole collection."""

from dash import html

from dashboard.facts import label_of, number_text, with_error
from dashboard.measure import whole_correlation
from dashboard.panels.parts import message
from data.store import Collection
from models.space.score import kl_divergence, tpcf_score

NO_ERROR = "no error is estimated"
# key in quality.json -> what it is called, what it is, and its unit
MEASURES = {
    "knn_balanced_accuracy": ("kNN", "balanced accuracy of the 5 nearest neighbors' vote", "%"),
    "linear_probe_balanced_accuracy": (
        "linear",
        "balanced accuracy of a logistic regression",
        "%",
    ),
    "davies_bouldin": (
        "Davies-Bouldin",
        f"of the classes, in 15 components; lower is better; {NO_ERROR}",
        "",
    ),
    "kmeans_purity": ("purity", "galaxies in the majority class of their K-Means cluster", "%"),
    "effective_rank": (
        "rank",
        f"effective rank, exp of the entropy of the variances; {NO_ERROR}",
        "",
    ),
    "top_component_share": ("top", f"share of variance in the first component; {NO_ERROR}", "%"),
}
CURVE_MEASURES = {
    "score": "sum of eps(r) over bins with 10 expected pairs, and its standard error",
    "KL": f"divergence of the separations from the Gaussian's, in nats; {NO_ERROR}",
}


def checkpoint_table(collection: Collection) -> html.Div:
    """A row for each checkpoint; a column for each number that any checkpoint has."""
    quality = {name: collection.quality(name) for name in collection.checkpoints}
    shown = [key for key in MEASURES if any(q.get(key) for q in quality.values())]
    head = [
        html.Th("epoch"),
        *(html.Th(name, title=text) for name, text in CURVE_MEASURES.items()),
        *(_head(*MEASURES[key]) for key in shown),
    ]
    rows = [
        html.Tr(
            [
                *_curve_cells(collection, name),
                *(_cell(quality[name].get(key), MEASURES[key][2]) for key in shown),
            ]
        )
        for name in collection.checkpoints
    ]
    return html.Div(
        [
            html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)]),
            message(sample_text(quality[collection.checkpoints[-1]], collection.n_galaxies)),
        ],
        className="checkpoint-table",
    )


def sample_text(quality: dict, n_galaxies: int) -> str:
    """On what the numbers were measured."""
    text = f"Whole collection, n = {n_galaxies:,}."
    n_classes = quality.get("n_classes")
    if not n_classes:
        return f"{text} No classes in the catalog: accuracies are undefined."
    majority = (quality.get("majority_rate") or {}).get("value")
    n_held_out = quality.get("n_held_out")
    if n_held_out is not None:
        text += f" Never seen in training: {n_held_out:,}."
    return (
        f"{text} Accuracies: on a random fifth, of {quality['n_used']:,} galaxies in {n_classes} "
        f"classes. Always naming the largest class is right for {majority:.0%}, and for "
        f"{1 / n_classes:.0%} balanced."
    )


def _head(name: str, explanation: str, unit: str) -> html.Th:
    return html.Th(f"{name} / {unit}" if unit else name, title=explanation)


def _curve_cells(collection: Collection, checkpoint: str) -> list[html.Td]:
    whole = whole_correlation(collection, checkpoint)
    score = tpcf_score(whole)
    label = label_of(collection, checkpoint)
    return [
        html.Td(label.removeprefix("epoch ")),
        html.Td(with_error(score.value, score.sigma)),
        html.Td(number_text(kl_divergence(whole))),
    ]


def _cell(measured: dict | None, unit: str) -> html.Td:
    if not measured:
        return html.Td("–")
    factor = 100 if unit == "%" else 1
    value, error = (
        None if part is None else factor * part
        for part in (measured["value"], measured.get("error"))
    )
    text = with_error(value, error) if error else number_text(value)
    return html.Td(text, title=f"n = {measured['n']:,}")
