"""Neighbor change and trust in a map: against brute force, against scikit-learn, and at a size."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness

from benchmarks.timing import take_turns
from data.store import Collection
from models.space.map_trust import map_neighbors, map_trust
from models.space.neighbor_change import neighbor_change
from models.space.neighbors import find_neighbors
from models.space.trustworthiness import map_faith

K, N_STORED, N_DIM = 15, 30, 64
ALLOWED = 1e-6  # between ours and scikit-learn's
LIMIT_S = 60.0  # for everything about two checkpoints of the large collection


@dataclass(frozen=True)
class Compared:
    """One line: the same number by us and by another.

    what, case : what is measured, and of what
    against : what it is compared with, "" where it is timed alone
    difference, allowed : largest absolute difference of the numbers, and how large it may be
    our_seconds, seconds : median times of ours and of the other; NaN where there is no other
    limit_s : our time may be as long; None where it is to be less than the other's
    is_timed : whether the times are judged: those of small cases say nothing
    """

    what: str
    case: str
    against: str
    difference: float
    allowed: float
    our_seconds: float
    seconds: float = np.nan
    limit_s: float | None = None
    is_timed: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the numbers are equal and, where that is judged, ours came soon enough."""
        limit = self.seconds if self.limit_s is None else self.limit_s
        is_equal = not self.against or self.difference <= self.allowed
        return is_equal and (not self.is_timed or self.our_seconds < limit)

    def to_dict(self) -> dict:
        """Every field, for JSON."""
        missing = {"seconds": None} if np.isnan(self.seconds) else {}
        return asdict(self) | missing | {"is_met": self.is_met}


def of_points(n: int, repeats: int, seed: int, *, is_timed: bool) -> Iterator[Compared]:
    """Two checkpoints of n made-up galaxies and a map of the first."""
    rng = np.random.default_rng(seed)
    widths = np.linspace(2, 0.2, N_DIM)
    points = (rng.normal(size=(n, N_DIM)) * widths).astype(np.float32)
    later = points + 0.3 * rng.normal(size=(n, N_DIM)).astype(np.float32)
    positions = points[:, :2] + 0.5 * rng.normal(size=(n, 2))
    near, next_near = (find_neighbors(each, N_STORED).rows for each in (points, later))
    case = f"{n:,} x {N_DIM}"
    yield _against_sets(case, near, next_near, repeats)
    yield _against_all_pairs(case, near, positions, repeats)
    yield from _against_sklearn(case, points, positions, near, repeats, is_timed)


def of_collection(folder: Path) -> Iterator[Compared]:
    """The last two checkpoints of a collection, from its stored neighbors; each timed once."""
    collection = Collection.open(folder)
    first, last = collection.checkpoints[-2:]
    near, positions = collection.neighbors(last), np.array(collection.projection(last))
    k = min(K, near.shape[1])
    case = f"{collection.n_galaxies:,} x {collection.representations(last).shape[1]}, k = {k}"
    seconds = []

    def timed(what: str, work: Callable[[], object]) -> tuple[Compared, object]:
        start = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - start)
        return Compared(what, case, "", 0, 0, seconds[-1]), found

    yield timed("neighbor change", lambda: neighbor_change(collection.neighbors(first), near, k))[0]
    line, on_map = timed("neighbors on the map", lambda: map_neighbors(positions, k))
    yield line
    yield timed("recall and strangers", lambda: map_trust(near, on_map, k))[0]
    faith = (collection.representations(last), positions, near, on_map, k)
    line, found = timed("trustworthiness, continuity", lambda: map_faith(*faith))
    yield line
    told = f"all of it, {found.n_asked:,} galaxies asked for the last"
    yield Compared(told, case, "", 0, 0, sum(seconds), limit_s=LIMIT_S, is_timed=True)


def _against_sets(case: str, near: np.ndarray, later: np.ndarray, repeats: int) -> Compared:
    def by_sets() -> np.ndarray:
        pairs = zip(near[:, :K].tolist(), later[:, :K].tolist(), strict=True)
        return np.array([len({*a} & {*b}) / len({*a} | {*b}) for a, b in pairs])

    difference = np.abs(neighbor_change(near, later, K).jaccard - by_sets()).max()
    calls = {"ours": lambda: neighbor_change(near, later, K), "theirs": by_sets}
    spent = take_turns(calls, repeats)
    # The index is kept in single precision.
    return _line("neighbor change", case, "sets", difference, 1e-7, spent)


def _against_all_pairs(
    case: str, near: np.ndarray, positions: np.ndarray, repeats: int
) -> Compared:
    def by_all_pairs() -> np.ndarray:
        recall = np.empty(len(positions))
        for start in range(0, len(positions), 500):
            squared = cdist(positions[start : start + 500], positions, "sqeuclidean")
            squared[np.arange(len(squared)), start + np.arange(len(squared))] = np.inf
            nearest = np.argpartition(squared, K, axis=1)[:, :K]
            pairs = zip(nearest, near[start : start + 500, :K], strict=True)
            recall[start : start + 500] = [len(np.intersect1d(*pair)) / K for pair in pairs]
        return recall

    def by_us() -> np.ndarray:
        return map_trust(near, map_neighbors(positions, K), K).recall

    difference = np.abs(by_us() - by_all_pairs()).max()
    spent = take_turns({"ours": by_us, "theirs": by_all_pairs}, repeats)
    return _line("map recall", case, "all pairs", difference, 1e-7, spent)


def _against_sklearn(
    case: str,
    points: np.ndarray,
    positions: np.ndarray,
    near: np.ndarray,
    repeats: int,
    is_timed: bool,
) -> Iterator[Compared]:
    spaces = points.astype(np.float64), positions
    found = {}

    def by_us() -> None:
        on_map = map_neighbors(positions, K)
        found["ours"] = map_faith(points, positions, near, on_map, K)

    def by_sklearn() -> None:
        there = trustworthiness(*spaces, n_neighbors=K)
        found["theirs"] = there, trustworthiness(*spaces[::-1], n_neighbors=K)

    spent = take_turns({"ours": by_us, "theirs": by_sklearn}, repeats)
    ours = found["ours"].trustworthiness, found["ours"].continuity
    for name, one, other in zip(
        ("trustworthiness", "continuity"), ours, found["theirs"], strict=True
    ):
        # The times are those of both numbers together.
        yield _line(name, case, "scikit-learn", abs(one - other), ALLOWED, spent, is_timed)


def _line(
    what: str,
    case: str,
    against: str,
    difference: float,
    allowed: float,
    spent: dict[str, float],
    is_timed: bool = False,
) -> Compared:
    times = spent["ours"], spent["theirs"]
    return Compared(what, case, against, float(difference), allowed, *times, is_timed=is_timed)
