"""Sweeps of the structure lab: one number of a scene is changed, and all is measured each time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from dashboard.lab import METRICS, scene_space
from dashboard.lab_controls import SLIDERS
from models.errors import BadInput
from models.space.simulations import Scene

N_VALUES, N_DRAWS = 12, 5
_RATIOS = ("cohesion", "n_points", "n_dim", "size_ratio", "variance_ratio", "axis_ratio")
_LEAST = {"n_clusters": 2}  # with one cluster nothing can be compared


@dataclass(frozen=True, eq=False)
class Sweep:
    """What was measured for each value, so far.

    scene : what is the same for all values
    parameter : the field of it that changes
    values : (n_values,) of it
    score : (n_values, n_draws); NaN where not measured yet
    metrics : (n_values, n_draws) of each of METRICS; NaN where undefined
    """

    scene: Scene
    parameter: str
    values: np.ndarray
    score: np.ndarray
    metrics: dict[str, np.ndarray]

    @property
    def n_done(self) -> int:
        """Values that have been measured."""
        return int(np.isfinite(self.score).any(axis=1).sum())


def sweep_values(parameter: str) -> np.ndarray:
    """(n_values,) from end to end of a slider: even steps, or even ratios where those matter.

    Raises BadInput where there is no such slider.
    """
    if not isinstance(parameter, str) or parameter not in SLIDERS:
        raise BadInput(f"What is swept is one of {', '.join(SLIDERS)}, not {parameter!r:.40}.")
    slider = SLIDERS[parameter]
    ends = _LEAST.get(parameter, slider.least), slider.most
    space = np.geomspace if parameter in _RATIOS else np.linspace
    values = space(*ends, N_VALUES)
    return np.unique(np.rint(values).astype(int)) if slider.is_whole else values


def sweep(
    scene: Scene, parameter: str, seed: int, progress: Callable[[float], None]
) -> Iterator[Sweep]:
    """Measure a scene for each value of a parameter; what there is after each value.

    Every value is drawn N_DRAWS times, with the same seeds for all, so that the draws differ by
    the parameter alone.

    progress : called with the share done; what it raises stops the work
    """
    values = sweep_values(parameter)
    shape = (len(values), N_DRAWS)
    score = np.full(shape, np.nan)
    metrics = {name: np.full(shape, np.nan) for name in METRICS}
    for place, value in enumerate(values.tolist()):
        changed = replace(scene, **{parameter: value})
        for number in range(N_DRAWS):
            space = scene_space(changed, (seed, number))
            score[place, number] = space.score.value
            for name, measured in space.metrics.items():
                metrics[name][place, number] = measured.value
            progress((place * N_DRAWS + number + 1) / score.size)
        # A copy: the page reads it while the next value is measured.
        yield Sweep(
            scene, parameter, values, score.copy(), {k: v.copy() for k, v in metrics.items()}
        )


def over_draws(measured: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard error over draws, (n_values,) each; NaN unless all draws are there."""
    n_draws = measured.shape[1]
    error = measured.std(axis=1, ddof=1) / np.sqrt(n_draws) if n_draws > 1 else np.nan
    return measured.mean(axis=1), np.broadcast_to(error, len(measured))
