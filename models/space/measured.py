"""A number with its error and its n, or the reason why there is none."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Measured:
    """One measurement.

    value : NaN where it is undefined
    error : one standard error; NaN where none is estimated
    n : galaxies that it was measured on
    reason : why it is undefined, in words; "" where it is not
    linear_error : of a score, the sum of the errors of its bins, as the deck has it; else NaN
    """

    value: float
    error: float
    n: int
    reason: str = ""
    linear_error: float = np.nan


def undefined(n: int, reason: str) -> Measured:
    """What cannot be measured, and why."""
    return Measured(np.nan, np.nan, n, reason)
