"""A step of a selection that is measured: the galaxies that make an excess of pairs.

    {"op": "intersect", "kind": "excess", "checkpoint": "epoch_20", "lower": 0.2, "upper": 0.4,
     "measure": {...}, "of": {...}, "rule": "bump"}

`lower` and `upper` are a range of separations in RMS separations of the collection, as on the
axis of the curve; `measure` is that of the curve, the default where it is missing. `rule` says
which galaxies make the excess: "bump", those of `models.space.excess.makes_bump`. `of` is the
record of the selection whose curve it is, null for all galaxies; where it is missing, the curve
is of what was selected before for `intersect` and `remove`, else of all.
"""

import math

import numpy as np

from data.points import measured_points, refused, rms_of_all, stored_places
from data.store import Collection
from models.errors import BadInput
from models.space.excess import choose_partners, makes_bump
from models.space.presets import Measure

RULES = ("bump",)
SEED = 0  # of partners and random points: the same record selects the same galaxies


def galaxies_in_bump(
    step: dict, collection: Collection, checkpoint: str, meant: np.ndarray | None
) -> np.ndarray:
    """(n_galaxies,) bool by row of those that make the excess among the ones `meant`, or all.

    Raises BadInput where the step is none, or the excess cannot be measured of these galaxies.
    """
    if step.get("rule", RULES[0]) not in RULES:
        raise BadInput(f"The rule of a step by excess is one of {', '.join(RULES)}.")
    lower, upper = checked_range(step.get("lower"), step.get("upper"))
    measure = asked_measure(step.get("measure"))
    n = collection.n_galaxies if meant is None else int(np.count_nonzero(meant))
    chosen = np.zeros(collection.n_galaxies, bool)
    if n == 0:
        return chosen
    points = measured_points(collection, checkpoint, measure, meant)
    unit = rms_of_all(collection, checkpoint, measure, n)
    rng = np.random.default_rng(SEED)
    with refused():
        partners = choose_partners(n, rng)
        makes = makes_bump(points, lower * unit, upper * unit, rng, partners=partners)
    rows = collection.order if meant is None else collection.order[stored_places(collection, meant)]
    chosen[rows[makes]] = True
    return chosen


def checked_range(lower: object, upper: object) -> tuple[float, float]:
    """A range of separations, or BadInput."""
    for end in (lower, upper):
        is_number = isinstance(end, int | float) and not isinstance(end, bool)
        if not is_number or not math.isfinite(end):
            raise BadInput("A range of separations has a 'lower' and an 'upper' finite number.")
    if not 0 <= lower < upper:
        raise BadInput(f"A range of separations goes up from 0, not from {lower:g} to {upper:g}.")
    return float(lower), float(upper)


def asked_measure(record: object) -> Measure:
    """The measure of a record, the default where there is none; or BadInput."""
    with refused():
        return Measure() if record is None else Measure.from_dict(record)
