"""Times of calls that take turns: whatever slows the machine down slows all of them."""

import statistics
import time
from collections.abc import Callable

PAUSE_SECONDS = 0.05


def take_turns(calls: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median wall time of each call in seconds, over `repeats` rounds in which each is timed once.

    The calls should have been warmed up.
    """
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            # Threads of the library before keep their cores for some milliseconds after it ends.
            time.sleep(PAUSE_SECONDS)
            start = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}
