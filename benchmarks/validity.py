"""Are the errors right? `python -m benchmarks.validity [--json FILE] [--draws 1000] [--quick]`.

Coverage of the intervals of eps(r) and of the score over many draws of known distributions; the
target of an interval is the mean over the draws, and how far that is off the distribution's own
eps, the bias, is told apart. False alarms of the p-value where there is nothing to find. Live
counts against exact ones. The published simulations. Exit status 1 if a target is missed.
"""

import argparse
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numba
import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from benchmarks.claims import Claim, as_table
from benchmarks.machine import describe_machine, n_cores
from benchmarks.validity_cases import CASES, Case, coverage_claims, measure_draws
from benchmarks.validity_chance import TRIALS, false_alarm_claim, measure_trials
from benchmarks.validity_published import SETTINGS, published_claims, rank_claim, run_settings
from benchmarks.validity_samples import KINDS, measure_pulls, pull_claims
from models.files import write_json

_PORTION = 50  # draws between two steps of the bar
_FEWEST_DRAWS = 20  # a coverage of fewer says nothing
_PULLED = (("Gaussian", 15), ("two blobs", 2), ("filament", 15))


class Sizes(NamedTuple):
    """How much is measured.

    draws : of each distribution; trials : of each null; orders : that points are sampled in
    cases : distributions
    """

    draws: int
    trials: int
    orders: int
    cases: tuple[Case, ...]


class Question(NamedTuple):
    """Portions of work, and the claims that their results answer."""

    work: list[tuple]  # a function of this package and its arguments
    answer: Callable[[list], list[Claim]]


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    asked = _parser().parse_args(arguments)
    draws = asked.draws
    sizes = Sizes(draws, 400 * draws // 1000, max(2, 20 * draws // 1000), CASES)
    if asked.quick:
        few = tuple(case for case in CASES if case.n_points == 300)
        sizes = Sizes(_FEWEST_DRAWS, _FEWEST_DRAWS, 2, few)
    claims = measure(sizes, asked.processes)
    print(as_table(claims))
    missed = [claim for claim in claims if claim.is_met is False]
    judged = sum(claim.is_met is not None for claim in claims)
    print(f"{judged - len(missed)} of {judged} targets met", end="")
    print(", but of too few draws to judge." if asked.quick else ".")
    if asked.json is not None:
        report = {"machine": describe_machine(), "draws": sizes.draws, "is_quick": asked.quick}
        report |= {"n_missed": len(missed), "claims": [claim.to_dict() for claim in claims]}
        write_json(asked.json, report)
    return 1 if missed and not asked.quick else 0


def measure(sizes: Sizes, n_processes: int) -> list[Claim]:
    """Every claim put to the test, in processes of one thread each."""
    questions = _questions(sizes)
    context = multiprocessing.get_context("spawn")  # OpenMP does not survive a fork
    with ProcessPoolExecutor(n_processes, context, initializer=use_one_thread) as pool:
        asked = [[pool.submit(*work) for work in question.work] for question in questions]
        waiting = [future for futures in asked for future in futures]
        try:
            for future in tqdm(waiting, unit="portions", smoothing=0.05, disable=None):
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [
        claim
        for question, futures in zip(questions, asked, strict=True)
        for claim in question.answer([future.result() for future in futures])
    ]


def use_one_thread() -> None:
    """Make this process use one core, since there is one process for each."""
    numba.set_num_threads(1)
    threadpool_limits(1)


def _questions(sizes: Sizes) -> list[Question]:
    questions = [_coverage(case, sizes.draws) for case in sizes.cases]
    for name in TRIALS:
        work = [(measure_trials, name, seeds) for seeds in _portions(sizes.trials)]
        questions.append(Question(work, _false_alarms(name)))
    for kind in KINDS:
        for name, n_dim in _PULLED:
            asked = kind, name, n_dim
            work = [(measure_pulls, *asked, range(sizes.orders))]
            questions.append(Question(work, lambda found, a=asked: pull_claims(*a, found[0])))
    for simulation, settings in SETTINGS.items():
        work = [(run_settings, simulation, (setting,)) for setting in settings]
        questions.append(Question(work, _simulated(simulation)))
    return questions


def _coverage(case: Case, n_draws: int) -> Question:
    def answer(found: list) -> list[Claim]:
        truth, *portions = found
        draws = {name: np.concatenate([one[name] for one in portions]) for name in portions[0]}
        return coverage_claims(case, draws, truth)

    work = [(measure_draws, case, seeds) for seeds in _portions(n_draws)]
    return Question([(case.truth,), *work], answer)


def _false_alarms(name: str) -> Callable[[list], list[Claim]]:
    return lambda found: [false_alarm_claim(name, np.concatenate(found))]


def _simulated(simulation: str) -> Callable[[list], list[Claim]]:
    def answer(found: list) -> list[Claim]:
        runs = [run for portion in found for run in portion]
        published = published_claims(runs) if simulation == "A" else []
        return [*published, rank_claim(simulation, runs)]

    return answer


def _portions(n: int) -> list[range]:
    return [range(first, min(first + _PORTION, n)) for first in range(0, n, _PORTION)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.validity", description=__doc__)
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    parser.add_argument("--draws", type=_draws, default=1000, help="of each distribution (1000)")
    parser.add_argument("--quick", action="store_true", help="a few draws, to try it")
    parser.add_argument(
        "--processes", type=int, default=n_cores(), help="of one thread each (one for each core)"
    )
    return parser


def _draws(given: str) -> int:
    if int(given) < _FEWEST_DRAWS:
        raise argparse.ArgumentTypeError(f"at least {_FEWEST_DRAWS} draws are needed, not {given}")
    return int(given)


if __name__ == "__main__":
    sys.exit(main())
