"""Which checkpoints are shown beside the first, as the page asks for them."""

import json

from dashboard import ids
from dashboard.facts import label_of
from data.runs import families_of, series_with
from data.store import Collection

MOST = len(ids.MAPS) - 1  # beside the first


def compared_of(collection: Collection, asked: object) -> tuple[str, ...]:
    """The checkpoints that are asked for, in training order, at most MOST; others are left out."""
    named = asked if isinstance(asked, list) else []
    return tuple(name for name in collection.checkpoints if name in named)[:MOST]


def spread_over_run(collection: Collection, checkpoint: str) -> list[str]:
    """Up to MOST others of a checkpoint's series, spread evenly over it with its ends."""
    others = [
        name for name in series_with(collection, checkpoint).checkpoints if name != checkpoint
    ]
    if len(others) <= MOST:
        return others
    return [others[round(place * (len(others) - 1) / (MOST - 1))] for place in range(MOST)]


def is_too_many(collection: Collection, asked: object) -> bool:
    """Whether more are asked for than there are maps."""
    named = asked if isinstance(asked, list) else []
    return sum(name in named for name in collection.checkpoints) > MOST


def series_told(collection: Collection) -> str:
    """JSON of the series, for assets/map_morph.js: [[[name, label], ...], ...]."""
    series = [one for family in families_of(collection) for one in family]
    return json.dumps(
        [[[name, label_of(collection, name)] for name in one.checkpoints] for one in series]
    )
