"""Our pair counts against those of other pair counters: same points, same bins, same counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from benchmarks.peers import CORRFUNC_32, PEERS, SCIPY, SKLEARN, Peer
from benchmarks.points import even_edges, ten_blobs
from benchmarks.rows import Row
from benchmarks.timing import take_turns
from models.space.pairs import count_pairs

N_BINS = 30
N_WARM = 500  # points to import, compile and start the threads with


@dataclass(frozen=True)
class Case:
    """Points and bins to count in, and by what factor which peers should be slower.

    part : of the largest separation that the bins reach to
    targets : by the name of a peer
    """

    n_points: int
    n_dim: int
    part: float
    peers: tuple[Peer, ...]
    targets: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        name = "full range" if self.part == 1 else f"{self.part:g} of the range"
        return f"{self.n_points:,} x {self.n_dim}, {name}"


CASES = (
    Case(50_000, 3, 1.0, PEERS, {CORRFUNC_32.name: 1.5}),
    Case(50_000, 3, 0.2, PEERS, {CORRFUNC_32.name: 1.0}),
    Case(20_000, 10, 1.0, (SCIPY, SKLEARN), {SCIPY.name: 30.0}),
    Case(20_000, 64, 1.0, (SCIPY, SKLEARN), {SCIPY.name: 20.0}),
)


def compare_counting(
    case: Case, n_threads: int, repeats: int, *, is_judged: bool = True
) -> Iterator[Row]:
    """Count with every peer of a case that is installed, and with ours in between."""
    points = ten_blobs(case.n_points, case.n_dim)
    edges = even_edges(points, case.part, N_BINS)
    counts = count_pairs(points, edges)
    for peer in case.peers:
        if peer.why_missing() is not None:
            continue
        n_queries = peer.n_queries(len(points))
        warm = points[:N_WARM]
        peer.count(warm, edges, peer.n_queries(len(warm)) if peer.share < 1 else len(warm), 1)
        found: list[np.ndarray] = []

        def count_theirs(
            peer: Peer = peer, n_queries: int = n_queries, found: list = found
        ) -> None:
            found.append(peer.count(points, edges, n_queries, n_threads))

        seconds = take_turns(
            {"theirs": count_theirs, "ours": lambda: count_pairs(points, edges)}, repeats
        )
        expected = counts if n_queries == len(points) else from_queries(points, edges, n_queries)
        yield Row(
            case=str(case),
            against=peer.name,
            seconds=seconds["theirs"] * len(points) / n_queries,
            our_seconds=seconds["ours"],
            threads=n_threads if peer.is_threaded else 1,
            our_threads=n_threads,
            timed=_timed(n_queries, len(points)),
            pairs=int(expected.sum()),
            n_elsewhere=int(np.abs(found[-1] - expected).sum()),
            difference=peer.rounding or "unexpected",
            target=case.targets.get(peer.name),
            is_judged=is_judged,
        )


def from_queries(points: np.ndarray, edges: np.ndarray, n_queries: int) -> np.ndarray:
    """Our counts of the pairs of the first points with all others, of bins that start at 0."""
    counts = count_pairs(points[:n_queries], edges, points)
    counts[0] -= n_queries  # each with itself
    return counts


def _timed(n_queries: int, n_points: int) -> str:
    if n_queries == n_points:
        return "all"
    return f"{n_queries:,} of {n_points:,} points with all, x {n_points / n_queries:g}"
