"""The points that a measure is taken of: components of some galaxies, and their bins.

Points come in the collection's random order, in which components are stored: any shift of them
is a random sample of their pairs, and to gather a selection is one pass over the file.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from data.arrays import chunks
from data.kept import Kept
from data.store import Collection
from models.errors import BadInput
from models.space.correlation import n_components_for, rms_separation
from models.space.presets import Measure, edges_for, prepared
from models.space.projection import PrincipalAxes, principal_axes

FEW = 0.2  # share of the galaxies
LOOKED_AT = 2**19  # places of the order at a time, where the first some are sought
MAX_BYTES = 2**31  # of components worked out here: 1,000,000 galaxies in 512-D are 2.05e9
_COMPONENTS = Kept(MAX_BYTES)
_LENGTHS = Kept(2**20)


def measured_points(
    collection: Collection,
    checkpoint: str,
    measure: Measure,
    selected: np.ndarray | None = None,
    *,
    n_points: int | None = None,
    most: int | None = None,
) -> np.ndarray:
    """(n_selected, k) float32 points that a measure asks for, in the collection's random order.

    selected : (n_galaxies,) bool by row; None for all
    n_points : number that limits the components, that of the points themselves by default
    most : points that are enough: of more, a random sample of so many is given

    Raises BadInput where the space has not as many components as the measure asks for, or the
    measure cannot be taken of these points.
    """
    components = components_for(collection, checkpoint, measure)
    if selected is not None:
        components = np.take(components, stored_places(collection, selected, most), axis=0)
    components = components[:most]
    with refused():
        return prepared(components, measure, n_points=n_points)


def measured_edges(
    collection: Collection, checkpoint: str, measure: Measure, n_points: int
) -> np.ndarray:
    """(n_bins + 1,) edges that a measure asks for, the same for all selections of a collection.

    Their unit is that of all galaxies, in as many components as `n_points` of them allow.
    """
    return _of_all(collection, checkpoint, measure, n_points, edges_for)


def rms_of_all(collection: Collection, checkpoint: str, measure: Measure, n_points: int) -> float:
    """Root mean square separation of all galaxies, in the components that `n_points` allow."""

    def rms(points: np.ndarray, measure: Measure) -> np.ndarray:
        return np.array(rms_separation(points))

    return float(_of_all(collection, checkpoint, measure, n_points, rms))


def stored_places(
    collection: Collection, selected: np.ndarray, most: int | None = None
) -> np.ndarray:
    """Places of the selected galaxies in the collection's random order, increasing.

    most : the first so many are enough, a random sample; the rest of the order is not looked at
    """
    order = collection.order
    most = len(order) if most is None else most
    n_selected = np.count_nonzero(selected)
    if n_selected < FEW * len(order):  # to find them and sort is quicker than to look at all
        return np.sort(collection.places[selected])[:most].astype(np.intp)
    found, n_found = [], 0
    for part in chunks(len(order), LOOKED_AT if most < n_selected else len(order)):
        places = np.flatnonzero(selected[order[part]])
        found.append(places + part.start)
        n_found += len(places)
        if n_found >= most:
            break
    return np.concatenate(found)[:most]


def components_for(collection: Collection, checkpoint: str, measure: Measure) -> np.ndarray:
    """(n_galaxies, at least n_components) float32 in the collection's random order.

    As stored or, where more are asked for than are stored, from the representations.
    """
    stored = collection.components(checkpoint)
    n_dim = collection.representations(checkpoint).shape[1]
    # The default asks no one to know how many dimensions there are.
    if measure.n_components > max(n_dim, Measure().n_components):
        raise BadInput(
            f"{measure.n_components:,} components are asked for, and '{checkpoint}' has {n_dim:,} "
            "dimensions; ask for no more."
        )
    wanted = min(measure.n_components, n_dim)
    if wanted <= stored.shape[1]:
        return stored
    most = MAX_BYTES // (4 * collection.n_galaxies)
    if wanted > most:
        raise BadInput(
            f"{wanted:,} components of {collection.n_galaxies:,} galaxies do not fit into memory; "
            f"ask for {most:,} or fewer."
        )
    key = (collection.digest, checkpoint, wanted)
    return _COMPONENTS.get(key, lambda: _further_components(collection, checkpoint, wanted))


@contextmanager
def refused() -> Iterator[None]:
    """Turn what a measurement refuses, in a sentence, into the error that pages tell."""
    try:
        yield
    except ValueError as error:
        raise BadInput(str(error)) from error


def _further_components(collection: Collection, checkpoint: str, n_components: int) -> np.ndarray:
    representations = collection.representations(checkpoint)
    axes = PrincipalAxes(*collection.pca(checkpoint))
    if n_components > len(axes.axes):  # fifty or so are stored
        axes = principal_axes(representations, n_components)
    places = collection.places
    components = np.empty((len(places), n_components), np.float32)
    for rows in chunks(len(places)):  # the file, which may be larger than memory, from its start
        components[places[rows]] = axes.project(representations[rows], n_components)
    return components


def _of_all(
    collection: Collection,
    checkpoint: str,
    measure: Measure,
    n_points: int,
    work: Callable[[np.ndarray, Measure], np.ndarray],
) -> np.ndarray:
    """What `work` makes of all galaxies' points; kept, for it takes a pass over all of them."""
    components = components_for(collection, checkpoint, measure)
    k = n_components_for(n_points, measure.n_components, components.shape[1])

    def make() -> np.ndarray:
        with refused():
            return work(prepared(components[:, :k], measure), measure)

    key = (work.__name__, collection.digest, checkpoint, measure.key, k)
    return _LENGTHS.get(key, make)
