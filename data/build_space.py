"""The stages of a build that measure each representation space, from its axes to its quality."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from data import format
from data.arrays import read_array, read_arrays, write_array, write_arrays
from data.build_correlation import whole_correlation
from data.building import Build, Stored
from data.parameters import REPRESENTATIONS
from data.representations import are_the_same
from data.runs import map_starts
from data.stages import Done, Tell, stage_bar
from models.errors import BadInput
from models.files import write_json
from models.space import search_index
from models.space.anomaly_scores import anomaly_scores
from models.space.correlation import Correlation, n_components_for
from models.space.neighbors import MAX_EXACT, Neighbors, find_neighbors
from models.space.projection import PrincipalAxes, map_checkpoints, principal_axes
from models.space.quality import measure_quality
from models.space.score import kl_divergence, tpcf_score
from models.space.search_index import build_index

N_AXES = 50  # kept at least, where there are as many: neighbours of many galaxies are sought in 50


@dataclass
class Space:
    """The representation space of one checkpoint, and its stages done so far.

    is_finished : all of them were done before this build, and stay as they are
    """

    build: Build
    stored: Stored
    done: dict[str, Done] = field(default_factory=dict)
    is_finished: bool = False

    def stage(
        self, name: str, basis: dict, files: tuple[str, ...], work: Callable[[], dict | None]
    ) -> None:
        """Do one stage; every one before it in the order of the build is among its inputs."""
        # Whatever an earlier stage made may have been used: no list of needs to keep in step.
        earlier = {stage: done.fingerprint for stage, done in self.done.items()}
        basis = basis | {"store": self.stored.done.fingerprint, "earlier": earlier}
        paths = [self.stored.file(file) for file in files]
        self.done[name] = self.build.stages.run(f"{name} {self.stored.name}", basis, paths, work)

    def path(self, file: str) -> Path:
        """Path of one of the checkpoint's files."""
        return self.build.folder / self.stored.file(file)

    def read(self, file: str) -> np.ndarray:
        """One of the checkpoint's arrays, memory-mapped."""
        return read_array(self.path(file))

    @property
    def is_collapsed(self) -> bool:
        """Whether all its representations were found to be the same."""
        return bool(self.done["axes"].facts.get("is_collapsed"))

    @property
    def axes(self) -> PrincipalAxes:
        """Principal axes, when they are stored."""
        return PrincipalAxes(**read_arrays(self.path(format.PCA)))

    @property
    def neighbors(self) -> Neighbors:
        """Neighbours, when they are stored."""
        rows, distances = self.read(format.NEIGHBORS), self.read(format.DISTANCES)
        return Neighbors(rows, distances, **self.done["neighbors"].facts)


def measure_spaces(
    build: Build, checkpoints: Sequence[Stored], finished: Sequence[Space] = ()
) -> list[Space]:
    """Do all stages of all checkpoints, stage by stage; the spaces in training order.

    Checkpoints found to be collapsed are left out, where the parameters allow it.

    finished : spaces that are measured already; maps of later ones may start from theirs
    """
    spaces = [*finished, *(Space(build, stored) for stored in checkpoints)]
    spaces.sort(key=lambda space: format.training_order(space.stored.name, space.stored.info))
    for name, measure in STAGES.items():
        places = [place for place, space in enumerate(spaces) if not space.is_finished]
        with stage_bar(name, len(places)) as begin:
            for place in places:
                measure(spaces[: place + 1], begin(spaces[place].stored.name))
        spaces = [space for space in spaces if not space.is_collapsed]
    if not spaces:
        raise BadInput("Every checkpoint collapsed: there is none left to build from.")
    return spaces


# Each of the functions below does a stage of the last of the given spaces; those before it in
# training order are there for the map, which starts from one of them.


def _find_axes(spaces: list[Space], tell: Tell) -> None:
    space = spaces[-1]
    parameters = space.build.parameters
    n_axes = max(N_AXES, parameters.n_components)

    def work() -> dict:
        points = space.read(format.REPRESENTATIONS)
        axes = principal_axes(points, n_axes=n_axes)
        if are_the_same(points) or not axes.variances[0] > 0:
            if parameters.drop_collapsed:
                return {"is_collapsed": True}
            # They differed when they came: too little for the precision they are stored in.
            way_on = "build without --half, or leave" if parameters.half else "leave"
            raise BadInput(
                f"All representations of '{space.stored.name}' are the same in the precision "
                f"they are stored in; {way_on} it out with --drop-collapsed."
            )
        write_arrays(space.path(format.PCA), asdict(axes))
        return {}

    basis = {"n_axes": n_axes, "drop_collapsed": parameters.drop_collapsed}
    space.stage("axes", basis, (format.PCA,), work)


def _find_components(spaces: list[Space], tell: Tell) -> None:
    space = spaces[-1]
    n_components = space.build.parameters.n_components

    def work() -> None:
        components = space.axes.project(space.read(format.REPRESENTATIONS), n_components)
        order = read_array(space.build.folder / format.ORDER)
        write_array(space.path(format.COMPONENTS), components[order], "<f4")

    space.stage("components", {"k": n_components}, (format.COMPONENTS,), work)


def _find_neighbors(spaces: list[Space], tell: Tell) -> None:
    space, seed = spaces[-1], spaces[-1].build.parameters.seed
    n_neighbors = space.build.parameters.n_neighbors

    def work() -> dict:
        points = space.read(format.REPRESENTATIONS)
        coarse = space.axes.project(points, N_AXES) if len(points) > MAX_EXACT else None
        found = find_neighbors(points, n_neighbors, coarse=coarse, seed=seed, progress=tell)
        write_array(space.path(format.NEIGHBORS), found.rows, "<i4")
        write_array(space.path(format.DISTANCES), found.distances, "<f4")
        names = ("recall", "recall_error", "is_exact")
        return {name: getattr(found, name) for name in names}

    basis = {"k": n_neighbors, "seed": seed}
    space.stage("neighbors", basis, (format.NEIGHBORS, format.DISTANCES), work)


def _make_map(spaces: list[Space], tell: Tell) -> None:
    space, seed = spaces[-1], spaces[-1].build.parameters.seed
    before = [earlier.done["map"].fingerprint for earlier in spaces[:-1]]
    starts = map_starts([(each.stored.name, each.stored.info) for each in spaces])

    def work() -> None:
        order = read_array(space.build.folder / format.ORDER)
        components = np.empty((len(order), 2), np.float32)
        first = spaces[0].read(format.COMPONENTS)[:, :2]
        components[order, : first.shape[1]] = first
        maps = map_checkpoints(
            [earlier.neighbors for earlier in spaces],
            components[:, : first.shape[1]],
            finished=[earlier.read(format.PROJECTION) for earlier in spaces[:-1]],
            starts=starts,
            seed=seed,
            progress=tell,
        )
        write_array(space.path(format.PROJECTION), next(iter(maps)), "<f4")

    space.stage(
        "map", {"seed": seed, "before": before, "starts": starts}, (format.PROJECTION,), work
    )


def _find_density(spaces: list[Space], tell: Tell) -> None:
    space = spaces[-1]
    parameters = space.build.parameters

    def work() -> None:
        if parameters.scores_of == REPRESENTATIONS:
            points = space.read(format.REPRESENTATIONS)
        else:
            components, order = space.read(format.COMPONENTS), space.build.folder / format.ORDER
            points = np.empty(components.shape, components.dtype)
            points[read_array(order)] = components
        columns = anomaly_scores(space.neighbors, points, seed=parameters.seed, progress=tell)
        table = np.empty(len(points), [(name, "<f4") for name in columns])
        for name, values in columns.items():
            table[name] = values
        write_array(space.path(format.DENSITY), table)

    basis = {"of": parameters.scores_of, "seed": parameters.seed}
    space.stage("density", basis, (format.DENSITY,), work)


def _correlate(spaces: list[Space], tell: Tell) -> None:
    space, seed = spaces[-1], spaces[-1].build.parameters.seed
    components = space.read(format.COMPONENTS)
    n_components = n_components_for(len(components), components.shape[1])

    def work() -> None:
        arrays = whole_correlation(np.array(components[:, :n_components]), seed)
        write_arrays(space.path(format.CORRELATION), arrays)

    basis = {"k": n_components, "seed": seed}
    space.stage("correlation", basis, (format.CORRELATION,), work)


def _measure_quality(spaces: list[Space], tell: Tell) -> None:
    space, seed = spaces[-1], spaces[-1].build.parameters.seed

    def work() -> None:
        correlation = Correlation.from_arrays(read_arrays(space.path(format.CORRELATION)))
        of = {"n": correlation.n_points, "n_components": correlation.n_dim}
        score, divergence = asdict(tpcf_score(correlation)), kl_divergence(correlation)
        quality = {
            "score": score | {"error": score["sigma"], "error_is": "standard error"} | of,
            "kl_divergence": {"value": divergence, "error": None, "error_is": "none"} | of,
        }
        known = pd.read_parquet(space.build.folder / format.CATALOG, columns=["label", "split"])
        quality["n_held_out"] = int((known["split"] == "held-out").sum())
        points = space.read(format.REPRESENTATIONS)
        quality |= measure_quality(
            points, space.axes, space.neighbors, known["label"], seed=seed, progress=tell
        )
        write_json(space.path(format.QUALITY), quality)

    space.stage("quality", {"seed": seed}, (format.QUALITY,), work)


def _index(spaces: list[Space], tell: Tell) -> None:
    """Indexes of the search for similar galaxies, where there are too many to read them all."""
    space, seed = spaces[-1], spaces[-1].build.parameters.seed
    points = space.read(format.REPRESENTATIONS)
    files = format.INDEXES if len(points) > search_index.MAX_EXACT else {}

    def work() -> dict:
        found = {}
        for place, (metric, file) in enumerate(files.items()):

            def told(share: float, place: int = place) -> None:
                tell((place + share) / len(files))

            facts = build_index(points, space.path(file), metric=metric, seed=seed, progress=told)
            found[metric] = asdict(facts)
        return found

    basis = {"seed": seed, "files": files}
    space.stage("index", basis, tuple(files.values()), work)


STAGES: dict[str, Callable[[list[Space], Tell], None]] = {
    "axes": _find_axes,
    "components": _find_components,
    "neighbors": _find_neighbors,
    "map": _make_map,
    "density": _find_density,
    "correlation": _correlate,
    "quality": _measure_quality,
    "index": _index,
}
