"""All metrics of every checkpoint of a collection as a table.

`python -m benchmarks.timeline --collection NAME [--collections FOLDERS]`

Prints what the page's view "Training" shows, and whether the score follows the kNN accuracy.
"""

import argparse
import sys

import numpy as np
from flask import Flask

from dashboard.cache import create_cache
from dashboard.facts import with_error
from dashboard.settings import Settings
from dashboard.timeline import Asked, Timeline, as_good, best_of, measured_timelines
from dashboard.timeline_words import METRICS
from data.store import Collection, find_collection
from models.errors import reported
from models.space.rank_correlation import LEAST, rank_correlation

JUDGES = ("knn_balanced_accuracy", "knn_accuracy")


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print the table as Markdown."""
    given = _parser().parse_args(arguments)
    settings = Settings(collection=given.collection, collections=given.collections, cache="none")
    with reported(stopped="stopped"):
        collection = Collection.open(find_collection(settings.collection, settings.folders))
        asked = Asked(collection, create_cache(Flask("timeline"), settings))
        *_, timeline = measured_timelines(asked, _tell)
    print("\n".join([*table(timeline), "", *ranks(timeline)]))


def table(timeline: Timeline) -> list[str]:
    """Lines of a Markdown table: a metric each, a column for every checkpoint."""
    asked = timeline.asked
    sample = asked.sample
    of = f", a random sample of {sample.n_possible:,}" if sample.n < sample.n_possible else ""
    lines = [
        f"{asked.collection.name}: n = {sample.n:,}{of}; {len(sample.class_names)} classes.",
        "",
        f"| metric | {' | '.join(asked.label(name) for name in timeline.rows)} | best |",
        "|---" * (len(timeline.rows) + 2) + "|",
    ]
    for name, metric in METRICS.items():
        cells = [
            with_error(metric.factor * m.value, metric.factor * m.error)
            for m in (row.measured[name] for row in timeline.rows.values())
        ]
        lines.append(f"| {metric.title} | {' | '.join(cells)} | {_best(timeline, name)} |")
    return lines


def ranks(timeline: Timeline) -> list[str]:
    """Whether the score goes with the accuracy, and what chance gives."""
    lines = []
    for judge in JUDGES:
        rng = np.random.default_rng(0)
        found = rank_correlation(timeline.column("score"), timeline.column(judge), rng)
        about = f"Spearman's rho of the score with {METRICS[judge].name}"
        if np.isnan(found.rho):
            lines.append(f"{about}: undefined, n = {found.n} of at least {LEAST} checkpoints.")
            continue
        lines.append(
            f"{about}: {found.rho:+.2f}, "
            f"n = {found.n} checkpoints, p = {found.p_value:.2g}; 95 % of "
            f"permutations within {found.low:+.2f} to {found.high:+.2f}."
        )
    return lines


def _best(timeline: Timeline, name: str) -> str:
    best = best_of(timeline, name)
    if best is None:
        return ""
    others = len(as_good(timeline, name)) - 1
    return timeline.asked.label(best) + (f" (as good: {others} more)" if others else "")


def _tell(share: float, words: str) -> None:
    print(f"\r{share:4.0%}  {words:<60}", end="\n" if share >= 1 else "", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.timeline", description=__doc__)
    parser.add_argument("--collection", default="demo", help="name or folder (default: demo)")
    parser.add_argument(
        "--collections", default=Settings().collections, help="folders to look for it in"
    )
    return parser


if __name__ == "__main__":
    main()
