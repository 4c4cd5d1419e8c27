"""Similar galaxies: those nearest to some in the representation space of a checkpoint.

What is searched from is rows (of identifiers: `Collection.rows_of`; of a position: `row_at`) or a
vector, such as that of an uploaded image that the same checkpoint has encoded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data import sky
from data.store import Collection
from models.errors import BadInput, NotFound, first_few
from models.space import search_index
from models.space.search_index import search_points
from models.space.search_query import check_metric, query_vector

RADIUS_ARCSEC = 5.0  # around a position that is asked for
# The seeing from the ground: what is nearer is one object twice, or two that it cannot tell apart.
GUARD_ARCSEC = 1.0
MOST = 10_000  # asked for at once


@dataclass(frozen=True)
class Similar:
    """The galaxies most similar to what was asked for.

    rows : (n,) int64, nearest first, those searched from left out
    distances : (n,) float64: Euclidean in the unit of the representations, or 1 - cosine
    metric : "euclidean" or "cosine"
    n_asked : wanted
    n_searched : galaxies among which they are the nearest, those searched from left out
    is_exact : whether they are the nearest for certain
    recall, recall_error, recall_n : else the share of the 10 nearest that the index finds, measured
        when it was built, its standard error, and the galaxies it was measured on; None if exact
    n_repeated : left out because within `guard_arcsec` of one searched from or of a nearer one
    n_undefined : left out because their representation is 0 and has no cosine
    notes : sentences of what is not as was asked for
    """

    rows: np.ndarray
    distances: np.ndarray
    metric: str
    n_asked: int
    n_searched: int
    is_exact: bool
    recall: float | None
    recall_error: float | None
    recall_n: int | None
    n_repeated: int
    guard_arcsec: float
    n_undefined: int
    notes: tuple[str, ...]


def similar(
    collection: Collection,
    checkpoint: str,
    like: Sequence[int] = (),
    *,
    unlike: Sequence[int] = (),
    vector: np.ndarray | None = None,
    k: int = 30,
    metric: str = "euclidean",
    inside: np.ndarray | None = None,
    outside: np.ndarray | None = None,
    guard_arcsec: float = GUARD_ARCSEC,
) -> Similar:
    """Find the k galaxies most similar to some, unlike others, or to a vector.

    like, unlike : rows; those searched from are never among the answers
    vector : (d,) instead of rows
    inside, outside : rows to search among, or to leave out
    guard_arcsec : answers so near on the sky to another are the same object; 0 for no guard

    Raises BadInput or NotFound where this cannot be searched.
    """
    _check(collection, like, unlike, vector, k, metric, guard_arcsec)
    points = collection.representations(checkpoint)
    if vector is None:
        vector = query_vector(points, like, unlike, metric=metric)
    own = np.unique(np.asarray([*like, *unlike], np.int64))
    among = _among(collection.n_galaxies, inside, outside)
    index = collection.search_index(checkpoint, metric)
    n_searched = collection.n_galaxies - len(own)
    if among is not None:
        among = np.setdiff1d(among, own, assume_unique=True)
        n_searched = len(among)
    n_wanted = k + len(own) + (k if guard_arcsec else 0)
    while True:
        found, is_exact = search_points(
            points, vector, n_wanted, metric=metric, index=index, rows=among
        )
        is_other = ~np.isin(found.rows[0], own)
        rows, distances = found.rows[0][is_other], found.distances[0][is_other]
        is_repeated = _repeated(collection, own, rows, guard_arcsec)
        kept = np.flatnonzero(~is_repeated)[:k]
        if len(kept) == k or found.rows.shape[1] < n_wanted:
            break
        n_wanted *= 2  # more were left out than was expected
    n_repeated = int(is_repeated[: kept[-1] + 1 if len(kept) == k else None].sum())
    facts = None if is_exact else index.facts
    return Similar(
        rows=rows[kept],
        distances=distances[kept],
        metric=metric,
        n_asked=k,
        n_searched=n_searched - found.n_undefined,
        is_exact=is_exact,
        recall=facts and facts.recall,
        recall_error=facts and facts.recall_error,
        recall_n=facts and facts.n_queries,
        n_repeated=n_repeated,
        guard_arcsec=guard_arcsec,
        n_undefined=found.n_undefined,
        notes=_notes(collection, k, len(kept), n_searched, n_repeated, found.n_undefined)
        + _unindexed(found.n_searched, is_exact),
    )


def row_at(
    collection: Collection,
    position: str | tuple[float, float],
    radius_arcsec: float = RADIUS_ARCSEC,
) -> tuple[int, float]:
    """Row of the galaxy nearest to a position, and how far it is in arcseconds.

    position : degrees, or a text (`data.sky.parse_position`)

    NotFound says how far the nearest is where none is within the radius.
    """
    if isinstance(position, str):
        ra, dec = sky.parse_position(position)
    else:
        ra, dec = sky.checked_position(*position)
    row, separation = collection.sky.nearest(ra, dec)
    if row < 0:
        raise NotFound(f"No galaxy of '{collection.name}' has a position on the sky; name an id.")
    if separation > radius_arcsec:
        object_id = collection.catalog["object_id"].iat[row]
        raise NotFound(
            f"There is no galaxy within {sky.in_words(radius_arcsec)} of {ra:.5f} {dec:+.5f}: the "
            f"nearest, {object_id}, is {sky.in_words(separation)} away; search from that "
            "id, or nearer to a galaxy."
        )
    return row, separation


def similar_table(collection: Collection, found: Similar) -> pd.DataFrame:
    """What was found, for a file: rank, object_id, position and distance."""
    chosen = collection.catalog.iloc[found.rows]
    table = pd.DataFrame({"rank": np.arange(1, len(found.rows) + 1)})
    for column in ("object_id", "ra", "dec"):
        table[column] = chosen[column].to_numpy()
    table[f"{found.metric}_distance"] = found.distances
    return table


def _check(
    collection: Collection,
    like: Sequence[int],
    unlike: Sequence[int],
    vector: np.ndarray | None,
    k: int,
    metric: str,
    guard_arcsec: float,
) -> None:
    check_metric(metric)
    if not 1 <= k <= MOST:
        raise BadInput(f"Between 1 and {MOST:,} galaxies can be asked for, not {k:,}.")
    if not 0 <= guard_arcsec <= 3600:
        raise BadInput(f"The guard must be 0 to 3600 arcsec, not {guard_arcsec:g}.")
    if vector is not None and (len(like) or len(unlike)):
        raise BadInput("Search from galaxies or from an image, not from both at once.")
    unknown = [row for row in (*like, *unlike) if not 0 <= row < collection.n_galaxies]
    if unknown:
        raise NotFound(
            f"There is no row {first_few(unknown)}: '{collection.name}' has "
            f"{collection.n_galaxies:,} galaxies."
        )


def _among(n: int, inside: np.ndarray | None, outside: np.ndarray | None) -> np.ndarray | None:
    """Increasing rows to search among; None is all."""
    if inside is None and outside is None:
        return None
    is_allowed = np.full(n, inside is None)
    if inside is not None:
        is_allowed[inside] = True
    if outside is not None:
        is_allowed[outside] = False
    if not is_allowed.any():
        raise BadInput("There is no galaxy to search among; change the selection.")
    return np.flatnonzero(is_allowed)


def _repeated(
    collection: Collection, own: np.ndarray, rows: np.ndarray, guard_arcsec: float
) -> np.ndarray:
    if not guard_arcsec or not len(collection.sky.rows):
        return np.zeros(len(rows), bool)
    every = np.concatenate([own, rows])
    ra, dec = (collection.catalog[name].to_numpy()[every] for name in ("ra", "dec"))
    return sky.repeated(ra, dec, len(own), guard_arcsec)[len(own) :]


def _notes(
    collection: Collection,
    k: int,
    n_found: int,
    n_searched: int,
    n_repeated: int,
    n_undefined: int,
) -> tuple[str, ...]:
    notes = []
    if n_found < k:
        notes.append(
            f"{n_found:,} galaxies were found of the {k:,} asked for, among {n_searched:,}."
        )
    if n_repeated:
        notes.append(f"{n_repeated:,} were left out as the same object catalogued twice.")
    if n_undefined:
        notes.append(f"{n_undefined:,} were left out: their representation is 0 and has no cosine.")
    if not len(collection.sky.rows):
        notes.append("No position is known, so the same object may be among them twice.")
    return tuple(notes)


def _unindexed(n_searched: int, is_exact: bool) -> tuple[str, ...]:
    """What is said of a large collection that was built before there were indexes."""
    if not is_exact or n_searched <= search_index.MAX_EXACT:
        return ()
    return (f"All {n_searched:,} were read, since there is no index; build it again to be faster.",)
