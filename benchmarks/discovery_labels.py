"""Simulated labelling: somebody seeks one kind of galaxy and scores what the list shows next."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from sklearn.ensemble import RandomForestRegressor

from benchmarks.discovery_draws import ELLIPSES, PIXELS, SEEN, Draw
from benchmarks.discovery_rankings import Estimate, mean_over_draws
from models.space.estimators import AGREEMENT, ISOLATION
from models.space.learning import HIGHEST, Learned
from models.space.learning_forest import nearest_labeled
from models.space.learning_rehearsal import AFTER, rehearse
from models.space.ranked import first_ranked

SOUGHT, OTHER = 5.0, 1.0  # scores of the kind that is sought, and of other anomalies
SOME = 0.3  # share of the ordinary galaxies that are scored 1; the others 0
N_TREES, LEAST, WEIGHT = 100, 0.1, 0.85  # Astronomaly's
OURS, THEIRS = ("process", "forest"), "Astronomaly"
COMPONENTS, DRAWN_IN = "components", "drawn_in"


class Loop(NamedTuple):
    """One way to learn, in one space: `process` or `forest` are ours.

    features : "drawn_in" is what the page learns from, 50 components with far galaxies brought
        nearer; "components" are 15 of them as they are
    """

    space: str
    method: str
    features: str = DRAWN_IN

    def __str__(self) -> str:
        more = "" if self.features == DRAWN_IN else f", {self.features}"
        return f"{self.method} on {self.space}{more}"


class Taught(NamedTuple):
    """What one loop finds of one kind, after 0, 20, 50 and 100 labels.

    recall : share of the kind among the first 200, what has been labeled included
    n_labeled : of the kind, that have been labeled
    """

    loop: Loop
    kind: str
    n_of_kind: int
    recall: np.ndarray
    n_labeled: np.ndarray


def loops_of(draw: Draw) -> list[Loop]:
    """Ours on every checkpoint; as peers ours on pixels, and Astronomaly's on several.

    The last space of a network is what the page is judged by: that of the bands.
    """
    checkpoints = [name for name, space in draw.spaces.items() if space.epoch is not None]
    ours = [Loop(name, method) for name in checkpoints for method in OURS]
    ours += [Loop(name, method, COMPONENTS) for name in draw.trained()[-2:] for method in OURS]
    peers = [Loop(name, OURS[0]) for name in (PIXELS, SEEN)]
    theirs = [Loop(name, THEIRS, COMPONENTS) for name in (PIXELS, SEEN, ELLIPSES, checkpoints[-1])]
    return ours + peers + theirs


def simulated_scores(draw: Draw, kind: str) -> np.ndarray:
    """(n,) what somebody who seeks a kind would give each galaxy."""
    rng = np.random.default_rng([draw.seed, 2])
    ordinary = (rng.random(len(draw.kinds)) < SOME).astype(float)
    return np.where(draw.kinds == kind, SOUGHT, np.where(draw.kinds != "", OTHER, ordinary))


def taught(draw: Draw, rankings: dict, loop: Loop) -> Iterator[Taught]:
    """Rehearse a loop once for every kind."""
    space = draw.spaces[loop.space]
    is_theirs = loop.method == THEIRS
    # Astronomaly learns from all of its own features.
    features = space.points if loop.space == ELLIPSES else getattr(space, loop.features)
    base = rankings[loop.space, ISOLATION if is_theirs else AGREEMENT]
    for kind in np.unique(draw.kinds[draw.kinds != ""]):
        is_sought = draw.kinds == kind
        given = {"by": learn_as_astronomaly} if is_theirs else {}
        found = rehearse(
            features,
            simulated_scores(draw, kind),
            base,
            is_sought,
            loop.method,
            after=AFTER,
            seed=draw.seed,
            **given,
        )
        yield Taught(loop, str(kind), int(is_sought.sum()), found.recall, found.n_labeled)


def learn_as_astronomaly(
    features: np.ndarray,
    rows: np.ndarray,
    scores: np.ndarray,
    base: np.ndarray,
    method: str,
    *,
    seed: int = 0,
    n_next: int = 20,
) -> Learned:
    """Rank as Astronomaly does, written anew from its paper: a peer.

    Lochner & Bassett (2021), Astronomy and Computing 36, 100481: S tanh(exp(d / d0) - 1 +
    arctanh(0.1 + 0.85 U / 5)), with S the score of an isolation forest brought to 0 to 5, U what a
    random forest of 100 trees expects, d the distance to the nearest label and d0 its mean.
    """
    forest = RandomForestRegressor(N_TREES, random_state=seed).fit(features[rows], scores)
    expected = forest.predict(features)
    distance = nearest_labeled(features, features[rows])
    unusual = HIGHEST * (base - base.min()) / max(np.ptp(base), np.finfo(np.float32).tiny)
    trust = np.exp(distance / max(float(distance.mean()), np.finfo(np.float32).tiny)) - 1
    value = unusual * np.tanh(trust + np.arctanh(LEAST + WEIGHT * expected / HIGHEST))
    unseen = value.copy()
    unseen[rows] = -np.inf
    to_look_at = first_ranked(unseen, n_next, is_low_unusual=False)[:n_next]
    none = np.full(len(rows), np.nan)
    return Learned(expected, np.zeros_like(expected), value, to_look_at, none, method)


def recall_over_draws(
    draws: list[list[Taught]], i: int, loop: Loop, kind: str | None = None
) -> Estimate:
    """Mean over kinds of each draw, then over draws."""
    return mean_over_draws(
        [
            np.mean([t.recall[i] for t in draw if t.loop == loop and kind in (None, t.kind)])
            for draw in draws
        ]
    )
