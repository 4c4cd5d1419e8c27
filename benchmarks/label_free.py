"""Is there a number, without labels, that tells how good a representation is for a label?

`python -m benchmarks.label_free --run DIR [DIR ...] --images FILE [--labels CSV]`

Encodes galaxies with every checkpoint of training runs, measures the balanced accuracy of their
nearest neighbours and every label-free statistic that we know, and ranks the checkpoints by each.
Runs that are given together must have checkpoints at the same epochs: seeds of one training.
"""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.label_free_encoding import Galaxies, checkpoints_of, encoded, open_galaxies
from benchmarks.label_free_ranks import (
    N_PERMUTATIONS,
    Chance,
    Runs,
    chance,
    correlations,
    loss_of_choice,
    other_runs,
)
from benchmarks.label_free_statistics import STATISTICS, label_free
from models.checkpoints import Checkpoint
from models.errors import BadInput
from models.files import write_json
from models.space.class_accuracy import knn_accuracy

COLUMNS = (
    "statistic",
    "sign",
    "rho",
    "of each run",
    "other runs",
    "time given",
    "later half",
    "lost / %",
)
CHANCES = {
    "chance": "rho, checkpoints shuffled",
    "chance_given_time": "time given, shuffled",
    "chance_given_time_rotated": "time given, rotated: neighbours stay together",
    "chance_later_half": "later half, shuffled",
}
SIGNS = {name: words.sign for name, words in STATISTICS.items()}


def main(arguments: list[str] | None = None) -> int:
    """Measure, rank and print; the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        galaxies = open_galaxies(asked.images, asked.labels, asked.sample, asked.seed)
        checkpoints = [checkpoints_of(run) for run in asked.run]
        check_epochs(checkpoints)
        folders = [asked.encoded and asked.encoded / run.name for run in asked.run]
        measured = [
            measure_run(run, galaxies, folder, asked.seed)
            for run, folder in zip(checkpoints, folders, strict=True)
        ]
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    runs = as_runs(measured)
    found = ranked(runs, asked.seed)
    print(as_markdown(runs, found, len(galaxies.rows)))
    if asked.json is not None:
        about = {"runs": [str(run) for run in asked.run], "images": str(asked.images)}
        about |= {"n_galaxies": len(galaxies.rows), "n_labelled": int((galaxies.codes >= 0).sum())}
        words = {name: words._asdict() for name, words in STATISTICS.items()}
        write_json(asked.json, about | found | {"checkpoints": measured, "statistics": words})
    return 0


def check_epochs(runs: list[list[Checkpoint]]) -> None:
    """Raise BadInput if runs have checkpoints at different epochs."""
    epochs = [[checkpoint.training_epoch for checkpoint in run] for run in runs]
    if any(other != epochs[0] for other in epochs):
        raise BadInput("The runs have checkpoints at different epochs; give them one by one.")


def measure_run(
    run: list[Checkpoint], galaxies: Galaxies, kept: Path | None, seed: int
) -> list[dict]:
    """Accuracy and statistics of every checkpoint of a run, in training order."""
    measured = []
    labelled = galaxies.codes >= 0
    for checkpoint in run:
        representations = encoded(checkpoint, galaxies, kept)
        accuracy = knn_accuracy(representations[labelled], galaxies.codes[labelled], seed=seed)
        balanced = accuracy["knn_balanced_accuracy"]
        loss = checkpoint.info.get("loss")
        statistics = {
            "epoch": checkpoint.training_epoch,
            "loss": np.nan if loss is None else loss,
            **label_free(representations, seed=seed),
        }
        measured.append(
            {"accuracy": balanced["value"], "accuracy_error": balanced["error"]} | statistics
        )
        print(f"  {checkpoint.weights}: {balanced['value']:.3f}", file=sys.stderr)
    return measured


def as_runs(measured: list[list[dict]]) -> Runs:
    """The measurements of runs as arrays."""

    def table(name: str) -> np.ndarray:
        return np.array([[checkpoint[name] for checkpoint in run] for run in measured], float)

    statistics = {name: table(name) for name in STATISTICS}
    return Runs(statistics, table("accuracy"), statistics["epoch"][0])


def ranked(runs: Runs, seed: int) -> dict:
    """Rank correlations of every statistic, what chance gives, and what choosing by it costs."""
    rng = np.random.default_rng(seed)
    late = runs.later_half()
    # Of the epoch itself nothing is left when time is given.
    timeless = Runs(_without(runs.statistics, "epoch"), runs.accuracy, runs.epochs)
    return {
        "rho": correlations(runs),
        "rho_given_time": correlations(timeless, freed_of_time=True),
        "rho_later_half": correlations(late),
        "rho_other_runs": other_runs(runs),
        "lost": loss_of_choice(runs, SIGNS),
        "lost_at_random": float((runs.accuracy.max(axis=1) - runs.accuracy.mean(axis=1)).mean()),
        "chance": asdict(chance(runs, rng)),
        "chance_given_time": asdict(chance(timeless, rng, freed_of_time=True)),
        "chance_given_time_rotated": asdict(
            chance(timeless, rng, freed_of_time=True, rotated=True)
        ),
        "chance_later_half": asdict(chance(late, rng)),
    }


def _without(values: dict, name: str) -> dict:
    return {key: value for key, value in values.items() if key != name}


def as_markdown(runs: Runs, found: dict, n_galaxies: int) -> str:
    """The table, its rows by how well they follow the accuracy, and what chance gives."""
    n_runs, n_checkpoints = runs.accuracy.shape
    mean = {name: float(np.mean(values)) for name, values in found["rho"].items()}
    # The undefined ones last: NaN would upset the order.
    order = sorted(mean, key=lambda name: np.nan_to_num(-SIGNS[name] * mean[name], nan=2.0))
    lines = [
        f"{n_galaxies:,} galaxies; runs: {n_runs}, checkpoints of each: {n_checkpoints}.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|---" * len(COLUMNS) + "|",
        *(_line(name, mean[name], found) for name in order),
        "",
        f"A checkpoint at random loses {found['lost_at_random']:.1%}. By chance, 95 % of "
        f"{N_PERMUTATIONS:,} draws within (in brackets: of the largest of all {len(order)}):",
        "",
    ]
    for name, about in CHANCES.items():
        limits = Chance(**found[name])
        lines.append(f"- {about}: {limits.low:+.2f} to {limits.high:+.2f} ({limits.largest:.2f})")
    return "\n".join(lines)


def _line(name: str, mean: float, found: dict) -> str:
    each = ", ".join(_signed(rho) for rho in found["rho"][name])
    given = np.mean(found["rho_given_time"].get(name, np.nan))
    late = np.mean(found["rho_later_half"][name])
    rest = (found["rho_other_runs"][name], given, late)
    lost = found["lost"][name]
    sign = "+" if SIGNS[name] > 0 else "-"
    cells = (name, sign, _signed(mean), each, *map(_signed, rest), f"{100 * lost:.1f}")
    return f"| {' | '.join(cells)} |"


def _signed(value: float) -> str:
    return "undefined" if np.isnan(value) else f"{value:+.2f}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.label_free", description=__doc__)
    parser.add_argument("--run", type=Path, nargs="+", required=True, help="training runs")
    parser.add_argument("--images", type=Path, required=True, help="galaxies to encode")
    parser.add_argument("--labels", type=Path, help="CSV of ids and classes (those of the images)")
    parser.add_argument("--sample", type=int, help="encode so many galaxies only, at random")
    parser.add_argument("--encoded", type=Path, help="folder to keep representations in")
    parser.add_argument("--seed", type=int, default=0, help="of sample, splits and shuffles (0)")
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
