"""What panels ask of a collection: selected rows, and the correlation of a selection.

Every function answers while the lasso is fresh: up to some number of galaxies, chosen by how fast
this machine counts, from all pairs, beyond it from some of them, which the result says. What
goes on behind the page is in dashboard/live.py.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from flask_caching import Cache

from dashboard.cache import remembered
from dashboard.pair_rate import exact_limit, is_quick, n_pairs
from dashboard.question import Question, is_empty, selected_mask
from data.bump_step import checked_range
from data.points import measured_edges, measured_points, refused, rms_of_all
from data.store import Collection
from models.errors import BadInput
from models.space import correlation, polygon
from models.space.correlation import (
    Correlation,
    n_components_for,
    sampled_correlation,
    two_point_correlation,
)
from models.space.cross import cross_correlation
from models.space.excess import neighbor_excess
from models.space.null import NullSummary
from models.space.presets import Measure

__all__ = ["Question", "is_empty"]  # asked for together with what is measured

MIN_GALAXIES = 40  # two dimensions at n / 20, and bins with pairs in them
SAMPLED_PAIRS, MIN_SHIFTS = 5_000_000, 4  # of a fresh lasso beyond the limit of exact counts
MOST_AT_ONCE = 1_000_000  # galaxies of a fresh answer: of more, a random sample, which says so
LIT_PAIRS, MIN_PARTNERS = 200_000_000, 200  # to tell each galaxy's excess within a second or so
DEFAULT = Measure()


def selected_rows(
    collection: Collection, cache: Cache, selection: dict | None
) -> np.ndarray | None:
    """Rows of a selection, increasing; None where nothing has been selected."""
    mask = selected_mask(collection, cache, selection)
    return None if mask is None else np.flatnonzero(mask)


def whole_correlation(
    collection: Collection,
    checkpoint: str,
    *,
    cache: Cache | None = None,
    measure: Measure = DEFAULT,
) -> Correlation:
    """Correlation of the whole collection: as it was built, or with another measure."""
    if cache is None or measure.key == DEFAULT.key:
        return Correlation.from_arrays(collection.correlation(checkpoint))
    return answer(Question(collection, cache, checkpoint, None, measure))


def whole_null(collection: Collection, checkpoint: str) -> NullSummary | None:
    """What Gaussian points of the collection's number give, on the default measure's bins.

    None where there are so many galaxies that it is 0.
    """
    return NullSummary.from_arrays(collection.correlation(checkpoint))


def separation_unit(
    collection: Collection, checkpoint: str, measure: Measure, n_points: int
) -> float:
    """Length of one "RMS separation" for the axis of a curve of `n_points` galaxies.

    It is that of the whole collection, in the components that the curve has: curves of
    selections are compared on one axis.
    """
    return rms_of_all(collection, checkpoint, measure, n_points)


def selection_correlation(
    collection: Collection,
    cache: Cache,
    checkpoint: str,
    selection: dict | None,
    measure: Measure = DEFAULT,
) -> Correlation | None:
    """Correlation of the selected galaxies on the bins of their collection.

    The best that is known: what was refined or counted exactly before is there at once. None
    where fewer than MIN_GALAXIES are selected, or nothing is.
    """
    if is_empty(selection):
        return None
    return _answer_if_enough(Question(collection, cache, checkpoint, selection, measure))


def complement_correlation(
    collection: Collection,
    cache: Cache,
    checkpoint: str,
    selection: dict | None,
    measure: Measure = DEFAULT,
) -> Correlation | None:
    """Correlation of the galaxies that are not selected; None as for `selection_correlation`."""
    if is_empty(selection):
        return None
    question = Question(collection, cache, checkpoint, selection, measure, is_complement=True)
    return _answer_if_enough(question)


def answer(question: Question) -> Correlation:
    """The correlation that is asked for: the best one kept, else measured now, and kept.

    Of more galaxies than can be read while the lasso is fresh, it is that of a random sample,
    whose errors are those of so many: `n_possible` is then the number asked about.
    """

    def measure() -> dict[str, np.ndarray]:
        points = question.sample(MOST_AT_ONCE)
        measured = correlate(points, question.edges(len(points)), question.measure)
        n_galaxies = question.n_galaxies if len(points) == MOST_AT_ONCE else 0
        n_possible = n_galaxies if n_galaxies > len(points) else 0
        return replace(measured, n_possible=n_possible).to_arrays()

    return Correlation.from_arrays(remembered(question.cache, question.key("correlation"), measure))


def correlate(points: np.ndarray, edges: np.ndarray, measure: Measure) -> Correlation:
    """Correlation of points in random order: from all pairs, or as many as there is time for."""
    with refused():  # galaxies that all coincide, above all
        if is_quick(n_pairs(len(points)), points.shape[1]):
            return two_point_correlation(points, edges, errors=measure.errors)
        n_shifts = live_shifts(len(points))
        return sampled_correlation(points, edges, n_shifts, errors=measure.errors)


def live_shifts(n_points: int) -> int:
    """Shifts that are counted at once; each is a pair for every point."""
    return max(MIN_SHIFTS, SAMPLED_PAIRS // n_points)


class Cross(NamedTuple):
    """Correlation between two sets of galaxies, and how they were told apart.

    n_shared : galaxies in both, which are left out of both: every pair is of two galaxies, one
        that only the first selection has and one that only the second has
    """

    correlation: Correlation
    n_first: int
    n_second: int
    n_shared: int

    @property
    def text(self) -> str:
        """One line on what was paired with what."""
        text = f"pairs of one of {self.n_first:,} and one of {self.n_second:,} galaxies"
        if self.n_shared:
            text += f"; {self.n_shared:,} in both selections are left out"
        if max(self.n_first, self.n_second) > MOST_AT_ONCE:
            text += f"; of more than {MOST_AT_ONCE:,}, a random sample of so many was measured"
        return text


def cross_with_complement(
    collection: Collection,
    cache: Cache,
    checkpoint: str,
    selection: dict | None,
    measure: Measure = DEFAULT,
) -> Cross:
    """Cross-correlation of the selected galaxies with all others.

    Raises BadInput, with a sentence for the page, where one side has too few.
    """
    question = Question(collection, cache, checkpoint, selection, measure)
    selected = _selected(question, "to compare with the others")
    return _cross(question, "complement", selected, ~selected)


def cross_of(
    collection: Collection,
    cache: Cache,
    checkpoint: str,
    selections: tuple[dict | None, dict | None],
    measure: Measure = DEFAULT,
) -> Cross:
    """Cross-correlation of two selections, above all the current one and one that was pinned.

    Galaxies in both belong to neither side: they would be paired with themselves, and the pairs
    among them counted twice. Raises BadInput where a side then has too few.
    """
    first, second = (Question(collection, cache, checkpoint, one, measure) for one in selections)
    here = _selected(first, "to cross with the other selection")
    there = _selected(second, "as the pinned selection")
    return _cross(first, ":".join(map(str, second.key(""))), here, there)


def _cross(question: Question, other: str, here: np.ndarray, there: np.ndarray) -> Cross:
    """Cross-correlation of the galaxies only `here` with those only `there`; kept."""
    shared = here & there
    sides = here & ~shared, there & ~shared
    numbers = [int(np.count_nonzero(side)) for side in sides]
    n_shared = int(np.count_nonzero(shared))
    for n, name in zip(numbers, ("first", "second"), strict=True):
        if n < MIN_GALAXIES:
            left_out = f"; {n_shared:,} that are in both are left out" if n_shared else ""
            raise BadInput(
                f"Either side needs at least {MIN_GALAXIES} galaxies, and the {name} has "
                f"{n:,}{left_out}."
            )

    def measure() -> dict[str, np.ndarray]:
        return _cross_correlate(question, sides, min(numbers)).to_arrays()

    arrays = remembered(question.cache, question.key("cross", other), measure)
    return Cross(Correlation.from_arrays(arrays), *numbers, n_shared)


def _cross_correlate(
    question: Question, sides: tuple[np.ndarray, np.ndarray], n_fewest: int
) -> Correlation:
    # The side with fewer galaxies decides how many components both have.
    edges = question.edges(n_fewest)
    place = question.collection, question.checkpoint, question.measure
    here, there = (
        measured_points(*place, side, n_points=n_fewest, most=MOST_AT_ONCE) for side in sides
    )
    n_shifts = None
    if not is_quick(len(here) * len(there), here.shape[1]):
        n_shifts = live_shifts(max(len(here), len(there)))
    with refused():
        return cross_correlation(
            here, there, edges, n_shifts=n_shifts, errors=question.measure.errors
        )


def _selected(question: Question, purpose: str) -> np.ndarray:
    mask = question.mask
    if mask is None:
        raise BadInput(f"Nothing is selected {purpose}.")
    return mask


def excess_of(question: Question, lower: float, upper: float) -> np.ndarray:
    """Excess of neighbors of each galaxy asked about, at separations from `lower` to `upper`.

    (n_galaxies,) by row: neighbors over those that the Gaussian gives, less 1; NaN for galaxies
    that are not asked about. Their mean is eps of that range. The range is in units of
    `separation_unit`, as on the axis of the curve. Of many galaxies, neighbors are counted among
    a random sample of them.
    """
    require_enough(question)
    lower, upper = checked_range(lower, upper)

    def measure() -> dict[str, np.ndarray]:
        points = question.points
        place = question.collection, question.checkpoint, question.measure
        unit = separation_unit(*place, len(points))
        # The points are in random order: their first are a random sample.
        n_partners = max(LIT_PAIRS // len(points), MIN_PARTNERS)
        partners = np.arange(n_partners) if n_partners < len(points) else None
        with refused():
            excess = neighbor_excess(points, lower * unit, upper * unit, partners=partners)
        return {"values": excess.values.astype(np.float32)}

    key = question.key("excess", lower, upper)
    values = np.full(question.collection.n_galaxies, np.nan, np.float32)
    order, mask = question.collection.order, question.mask
    rows = order if mask is None else order[mask[order]]
    values[rows] = remembered(question.cache, key, measure)["values"]
    return values


def warm(collection: Collection, checkpoint: str) -> None:
    """Compile what counts, and work out what every lasso needs, before the first one waits."""
    correlation.warm()
    polygon.warm()
    exact_limit(n_components_for(collection.n_galaxies, DEFAULT.n_components))
    collection.map_positions(checkpoint)
    _ = collection.places  # worked out once, for every selection of few
    measured_edges(collection, checkpoint, DEFAULT, collection.n_galaxies)


def require_enough(question: Question) -> None:
    """Raise BadInput where a question is about too few galaxies for a curve."""
    if question.n_galaxies < MIN_GALAXIES:
        raise BadInput(
            f"{question.n_galaxies:,} galaxies are too few for a curve: "
            f"at least {MIN_GALAXIES} are needed."
        )


def _answer_if_enough(question: Question) -> Correlation | None:
    return answer(question) if question.n_galaxies >= MIN_GALAXIES else None
