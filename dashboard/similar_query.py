"""Galaxies like these: what a page asks for, as stores and addresses hold it, and the answer."""

from dataclasses import dataclass, replace

import numpy as np
from flask_caching import Cache

from dashboard.listing import Listing
from dashboard.uploads import upload_vector
from data.similar import Similar, similar
from data.store import Collection
from models.errors import BadInput, NotFound, first_few
from models.space.search_second import neighbors_of_neighbors

EVERYWHERE, INSIDE, OUTSIDE = "all", "inside", "outside"
TWO_STEPS = "steps"
METRICS = {"euclidean": "Euclidean", "cosine": "cosine", TWO_STEPS: "two steps"}
K = 30
MAX_K = 1000
MAX_EXAMPLES = 200  # galaxies that one query is made of


@dataclass(frozen=True)
class Query:
    """What galaxies are wanted.

    like, unlike : rows; upload : id of a picture instead of them
    metric, k : of METRICS, and how many
    scope : EVERYWHERE, or INSIDE or OUTSIDE of the selection
    """

    like: tuple[int, ...] = ()
    unlike: tuple[int, ...] = ()
    upload: str | None = None
    metric: str = "euclidean"
    k: int = K
    scope: str = EVERYWHERE

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked from."""
        return not self.like and self.upload is None

    def told(self) -> dict:
        """As JSON, which `query_of` reads."""
        return {"like": list(self.like), "unlike": list(self.unlike), "upload": self.upload}


def query_of(store: object, inspected: object = None, **settings: object) -> Query:
    """The query of a page: what its store holds, else from the inspected galaxy.

    settings : metric, k and scope, as the controls hold them

    Raises BadInput where something is none of these.
    """
    held = store if isinstance(store, dict) else {}
    like, unlike = _rows(held.get("like")), _rows(held.get("unlike"))
    upload = held.get("upload")
    if upload is not None and not isinstance(upload, str):
        raise BadInput("A picture is named by the id that its upload was answered with.")
    if upload is None and not like and type(inspected) is int:
        like = (inspected,)
    query = Query(like, unlike, upload)
    return replace(query, **_checked(settings))


def check_known(collection: Collection, query: Query) -> None:
    """Raise NotFound where a query names a galaxy that is not there."""
    n = collection.n_galaxies
    unknown = [row for row in (*query.like, *query.unlike) if not 0 <= row < n]
    if unknown:
        raise NotFound(f"There is no row {first_few(unknown)}: there are {n:,} galaxies.")


def answered_query(
    collection: Collection, cache: Cache, checkpoint: str, query: Query, selection: str = ""
) -> Similar:
    """The galaxies most like what is asked from.

    selection : id of the record of what is selected, "" where nothing is

    Raises BadInput or NotFound, in a sentence.
    """
    if query.is_empty:
        raise BadInput("Nothing is asked from: inspect a galaxy, or upload a picture.")
    if query.unlike and query.upload:
        raise BadInput("A picture is searched from alone: clear the galaxies it is to be unlike.")
    check_known(collection, query)
    if query.metric == TWO_STEPS:
        return _in_two_steps(collection, checkpoint, query)
    vector = None
    if query.upload is not None:
        vector = upload_vector(collection, cache, checkpoint, query.upload)
    where = {}
    if query.scope != EVERYWHERE:
        if not selection:
            raise BadInput("Nothing is selected: select galaxies, or search everywhere.")
        where[query.scope] = Listing(collection, cache, checkpoint, selection).selected
    return similar(
        collection,
        checkpoint,
        () if vector is not None else query.like,
        unlike=query.unlike,
        vector=vector,
        k=query.k,
        metric=query.metric,
        **where,
    )


def _in_two_steps(collection: Collection, checkpoint: str, query: Query) -> Similar:
    """Neighbors of the neighbors of one galaxy, those that most of these list first."""
    if query.upload or query.unlike or len(query.like) != 1 or query.scope != EVERYWHERE:
        raise BadInput("In two steps is from one galaxy, everywhere: choose another distance.")
    row = query.like[0]
    near = collection.neighbors(checkpoint)
    found = neighbors_of_neighbors(collection.representations(checkpoint), near, row, query.k)
    n_lists = near.shape[1]
    most = int(found.n_paths[0]) if len(found.rows) else 0
    return Similar(
        rows=found.rows,
        distances=found.distances,
        metric="euclidean",
        n_asked=query.k,
        n_searched=len(np.unique(near[near[row]])),
        is_exact=True,
        recall=None,
        recall_error=None,
        recall_n=None,
        n_repeated=0,
        guard_arcsec=0.0,
        n_undefined=0,
        notes=(
            f"Neighbors of its {n_lists} neighbors, its own left out, in the order of how many of "
            f"these list them: {most} list the first.",
        ),
    )


def query_from_address(fields: dict) -> Query:
    """The query of an address: "like" and "unlike" as rows between commas, and the settings."""
    store = {name: _split(fields.get(name, "")) for name in ("like", "unlike")}
    store["upload"] = fields.get("upload") or None
    known = {name: fields[name] for name in ("metric", "scope") if name in fields}
    if "k" in fields:
        known["k"] = _whole(fields["k"], "k")
    return query_of(store, **known)


def _checked(settings: dict) -> dict:
    metric, scope = settings.get("metric", "euclidean"), settings.get("scope", EVERYWHERE)
    k = settings.get("k", K)
    if metric not in METRICS:
        raise BadInput(f"A distance is {' or '.join(METRICS)}, not '{str(metric)[:40]}'.")
    if scope not in (EVERYWHERE, INSIDE, OUTSIDE):
        raise BadInput(f"A search is {EVERYWHERE}, {INSIDE} or {OUTSIDE}, not '{str(scope)[:40]}'.")
    if type(k) is not int or not 1 <= k <= MAX_K:
        raise BadInput(f"Ask for 1 to {MAX_K:,} galaxies, not '{str(k)[:40]}'.")
    return {"metric": metric, "scope": scope, "k": k}


def _rows(given: object) -> tuple[int, ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or any(type(row) is not int for row in given):
        raise BadInput("Galaxies that are searched from are a list of rows.")
    if len(given) > MAX_EXAMPLES:
        raise BadInput(f"At most {MAX_EXAMPLES} galaxies are searched from, not {len(given):,}.")
    return tuple(dict.fromkeys(given))


def _split(text: str) -> list[int]:
    return [_whole(part, "a row") for part in text.split(",") if part.strip()]


def _whole(text: str, what: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadInput(f"'{text[:40]}' is not {what}: write a whole number.") from None
