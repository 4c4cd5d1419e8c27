"""Checkpoints that belong together: those of one training run and one layer, and seeds of a run."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.store import Collection

_EPOCH = re.compile(r"[-_. ]?(?:epoch|(?<![a-z])ep)[-_ ]?\d+|^\d+$", re.IGNORECASE)
_SEED = re.compile(r"[-_. ]?(?:seed|(?<![a-z])s)[-_ ]?(\d+)(?![a-z\d])", re.IGNORECASE)


@dataclass(frozen=True)
class Series:
    """Checkpoints of one run and one layer.

    run : name of the run, "" where nothing tells one
    layer : of the encoder, "" where it is not known
    seed : of the run, None where it is not known
    checkpoints : names, in training order
    """

    run: str
    layer: str
    seed: int | None
    checkpoints: tuple[str, ...]

    @property
    def family(self) -> tuple[str, str]:
        """The same for runs that differ by nothing but their seed."""
        return _SEED.sub("", self.run) if self.seed is not None else self.run, self.layer


def series_of(collection: Collection) -> tuple[Series, ...]:
    """The series of a collection; that of its last checkpoint last."""
    found: dict[tuple[str, str, int | None], list[str]] = {}
    for name in collection.checkpoints:
        info = collection.checkpoint_info(name)
        found.setdefault(series_key(name, info), []).append(name)
    last = collection.checkpoints[-1]
    series = [Series(*key, tuple(names)) for key, names in found.items()]
    return tuple(sorted(series, key=lambda each: (last in each.checkpoints, each.run, each.layer)))


def families_of(collection: Collection) -> tuple[tuple[Series, ...], ...]:
    """Series in groups whose runs differ by nothing but their seed."""
    found: dict[tuple[str, str], list[Series]] = {}
    for series in series_of(collection):
        found.setdefault(series.family, []).append(series)
    return tuple(tuple(sorted(group, key=lambda each: each.seed or 0)) for group in found.values())


def series_with(collection: Collection, checkpoint: str) -> Series:
    """The series that a checkpoint is of. Raises NotFound where there is none of the name."""
    collection.checkpoint_info(checkpoint)
    return next(each for each in series_of(collection) if checkpoint in each.checkpoints)


def series_key(name: str, info: dict) -> tuple[str, str, int | None]:
    """Run, layer and seed of a checkpoint: those of one series have the same."""
    run = run_of(name, info)
    return run, info.get("layer") or "", _seed_of(run, info)


def map_starts(checkpoints: Sequence[tuple[str, dict]]) -> list[int]:
    """Place of the checkpoint whose map each one's starts from, given in training order.

    The one before it in its own series, or, for the first of a series, the one before it.

    checkpoints : name and content of checkpoint.json of each
    """
    starts, last = [], {}
    for place, (name, info) in enumerate(checkpoints):
        key = series_key(name, info)
        starts.append(last.get(key, max(place - 1, 0)))
        last[key] = place
    return starts


def run_of(name: str, info: dict) -> str:
    """Run of a checkpoint: as stored, or the folder it came from, or its name without the epoch."""
    if info.get("run"):
        return str(info["run"])
    folder = str(info.get("source") or "").rpartition("/")[0]
    return folder or _EPOCH.sub("", name)


def _seed_of(run: str, info: dict) -> int | None:
    if type(info.get("seed")) is int:
        return info["seed"]
    named = _SEED.search(run)
    return int(named[1]) if named else None
