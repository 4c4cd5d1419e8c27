"""Draws of a null: each on the bins, and from as many pairs, as the data it is compared with.

Draws are measured side by side, each on one core. A kernel that shares few pairs among all cores
waits for its threads longer than it counts, and the exact probabilities take one core anyway.
"""

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import NamedTuple

import numba
import numpy as np

from models.space.curve import MIN_EXPECTED, MIN_RESOLVED
from models.space.gaussian import fit_gaussian, separation_probability, with_open_ends
from models.space.pairs import Progress, count_pairs, count_shifted
from models.space.score import divergence

_PORTION = 16_000_000  # pairs counted between two looks at whether to stop: some 0.1 s
_CHUNK = 65_536  # points shifted at a time, which bounds the memory: 21 MB for 40 bins
_IN_FLIGHT = 64_000_000  # coordinates of draws begun, which bounds the memory: 0.25 GB of points
_PATIENCE = 0.05  # seconds between two calls of `progress`, at most


class Design(NamedTuple):
    """What draws have in common with the correlation that they are compared with.

    edges : (n_bins + 1,) array
    used : (n_bins,) bool array, the bins that score and divergence use
    n_shifts : cyclic shifts, each of a pair a point; None where all pairs are counted
    own_bins : leave out of each draw the bins that hold too few pairs for a draw like it
    """

    edges: np.ndarray
    used: np.ndarray
    n_shifts: int | None = None
    own_bins: bool = False


class Draws(NamedTuple):
    """Excess (n_draws, n_bins), score (n_draws,) and divergence (n_draws,) of draws."""

    eps: np.ndarray
    score: np.ndarray
    kl: np.ndarray


def measure_draws(
    draw: Callable[[], np.ndarray],
    design: Design,
    n_draws: int,
    progress: Progress | None = None,
) -> Draws:
    """Measure the points of each of `n_draws` calls of `draw`, which come one after another.

    `progress` is told the fraction done, again and again, and may raise to stop.
    """
    if n_draws < 1:
        raise ValueError(f"A null needs at least one draw, not {n_draws}.")
    draws = Draws(np.empty((n_draws, len(design.used))), np.empty(n_draws), np.empty(n_draws))
    n_cores = numba.get_num_threads()
    stopped = threading.Event()
    places: dict[Future, int] = {}
    begun, most = 0, 1
    # The number of threads is numba's of the calling thread alone: those of the pool.
    with ThreadPoolExecutor(n_cores, initializer=numba.set_num_threads, initargs=(1,)) as pool:
        try:
            while begun < n_draws or places:
                while begun < n_draws and len(places) < most:
                    points = draw()
                    places[pool.submit(measure_draw, points, design, stopped)] = begun
                    begun += 1
                    most = max(1, min(2 * n_cores, _IN_FLIGHT // points.size))
                finished, _ = wait(places, _PATIENCE, FIRST_COMPLETED)
                for future in finished:
                    place = places.pop(future)
                    draws.eps[place], draws.score[place], draws.kl[place] = future.result()
                if progress is not None:
                    progress((begun - len(places)) / n_draws)
        except BaseException:
            stopped.set()
            raise
    return draws


def measure_draw(
    points: np.ndarray, design: Design, stopped: threading.Event
) -> tuple[np.ndarray, float, float]:
    """Excess, score and divergence of one draw, the Gaussian fitted to it.

    All are NaN if its points coincide, or if it is `stopped`.
    """
    edges, used, n_shifts, own_bins = design
    _, variances, _ = fit_gaussian(points)
    if stopped.is_set() or not variances[0] > 0:
        return np.full(len(used), np.nan), np.nan, np.nan
    all_edges, inside = with_open_ends(edges)
    p = separation_probability(all_edges, variances)
    p, outside = p[inside], np.delete(p, np.r_[inside]).sum()
    looked_at = pairs_looked_at(len(points), n_shifts)
    observed = _counted(points, edges, n_shifts, stopped) / looked_at
    with np.errstate(divide="ignore", invalid="ignore"):
        eps = np.where(p > 0, observed / p - 1, np.nan)
    if own_bins:
        is_filled = _is_filled(p, len(points), looked_at)
        eps, used = np.where(is_filled, eps, np.nan), used & is_filled
    if not used.any():
        return eps, np.nan, np.nan
    return eps, eps[used].sum(), divergence(observed, p, outside, used)


def pairs_looked_at(n_points: int, n_shifts: int | None) -> int:
    """Pairs counted of `n_points`: all, or those of some shifts."""
    possible = n_points * (n_points - 1) // 2
    return possible if n_shifts is None else min(n_points * n_shifts, possible)


def _is_filled(p: np.ndarray, n_points: int, looked_at: int) -> np.ndarray:
    """Bins that `Correlation.used` would hold for this draw."""
    possible = n_points * (n_points - 1) // 2
    is_resolved = (looked_at == possible) | (looked_at * p >= MIN_RESOLVED)
    return (possible * p >= MIN_EXPECTED) & is_resolved


def _counted(
    points: np.ndarray, edges: np.ndarray, n_shifts: int | None, stopped: threading.Event
) -> np.ndarray:
    """Pairs in each bin, counted in portions; those up to now when it is `stopped`."""
    n_points = len(points)
    counted = np.zeros(len(edges) - 1, np.int64)
    if n_shifts is None or n_shifts >= n_points // 2:
        step = max(1, _PORTION // n_points)
        for first in range(0, n_points, step):
            if stopped.is_set():
                break
            block, rest = points[first : first + step], points[first + step :]
            counted += count_pairs(block, edges)
            if len(rest):
                counted += count_pairs(block, edges, rest)
        return counted
    # Shifted within chunks, every point still has 2 n_shifts partners that chance has chosen.
    n_chunks = max(1, min(n_points // _CHUNK, n_points // (4 * n_shifts)))
    shifts = np.arange(1, n_shifts + 1)
    for chunk in np.array_split(points, n_chunks):
        if not stopped.is_set():
            counted += count_shifted(chunk, edges, shifts).sum(axis=0, dtype=np.int64) // 2
    return counted
