"""The galaxies that a training run is measured on, and what each checkpoint makes of them.

The same galaxies at every checkpoint: all that are asked about or, of many, the first 4,000 of
them in the collection's random order.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np

from data.points import measured_edges, measured_points
from data.store import Collection
from models.errors import BadInput
from models.space.class_confusion import class_confusion
from models.space.measured import Measured, undefined
from models.space.presets import Measure
from models.space.splits import label_codes
from models.space.timeline import LEAST, measure_checkpoint, usable_codes

MOST = 4_000  # galaxies: all their pairs are counted in a moment, at every checkpoint
MEASURE = Measure()
LOSS = "loss"


@dataclass(frozen=True, eq=False)
class Sample:
    """Galaxies to measure every checkpoint on.

    rows : (n,) in the collection's random order
    n_possible : galaxies asked about, of which these are a random sample
    mask : (n_galaxies,) bool, the galaxies asked about; None for all
    codes : (n,) class of each, -1 where it has none or its class has too few galaxies
    class_names : of the codes
    n_labelled : galaxies of `rows` whose class is known, whatever its size
    """

    rows: np.ndarray
    n_possible: int
    mask: np.ndarray | None
    codes: np.ndarray
    class_names: tuple[str, ...]
    n_labelled: int

    @property
    def n(self) -> int:
        """How many galaxies are measured."""
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Row:
    """What one checkpoint measures.

    measured : metric -> its value, error and n
    confusion : (n_classes, n_classes) int, true class by the class that neighbors vote for;
        (0, 0) without classes
    """

    measured: dict[str, Measured]
    confusion: np.ndarray

    def to_arrays(self) -> dict[str, np.ndarray]:
        """As arrays by name, for `numpy.savez`."""
        each = [asdict(one) for one in self.measured.values()]
        arrays = {f"each_{name}": np.array([one[name] for one in each]) for name in each[0]}
        return arrays | {"names": np.array(list(self.measured)), "confusion": self.confusion}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Row":
        """Rebuild from what `to_arrays` gave."""
        fields = {name[5:]: arrays[name].tolist() for name in arrays if name.startswith("each_")}
        each = [
            Measured(**dict(zip(fields, values, strict=True)))
            for values in zip(*fields.values(), strict=True)
        ]
        names = arrays["names"].tolist()
        return cls(dict(zip(names, each, strict=True)), arrays["confusion"])


def sample_of(collection: Collection, mask: np.ndarray | None = None) -> Sample:
    """The galaxies to measure, of those that `mask` marks.

    Raises BadInput where they are too few.
    """
    order = collection.order
    asked = order if mask is None else order[mask[order]]
    if len(asked) < LEAST:
        raise BadInput(
            f"{len(asked):,} galaxies are too few to be measured: at least {LEAST} are needed."
        )
    rows = np.asarray(asked[:MOST], np.int64)
    if "label" in collection.catalog:
        found, names = label_codes(collection.catalog["label"].to_numpy()[rows])
    else:
        found, names = np.full(len(rows), -1), ()
    codes, usable = usable_codes(found, len(names))
    class_names = tuple(names[code] for code in usable)
    return Sample(rows, len(asked), mask, codes, class_names, int((found >= 0).sum()))


def measure_row(
    collection: Collection,
    checkpoint: str,
    sample: Sample,
    progress: Callable[[float], None] | None = None,
) -> Row:
    """Measure everything of one checkpoint; NotFound where there is none of the name."""
    points = measured_points(collection, checkpoint, MEASURE, sample.mask, most=MOST)
    try:
        edges = measured_edges(collection, checkpoint, MEASURE, len(points))
    except BadInput:  # all galaxies coincide: there is no unit of separation
        edges = None
    representations = collection.representations(checkpoint)[sample.rows]
    measured = measure_checkpoint(representations, points, edges, sample.codes, progress=progress)
    loss = collection.checkpoint_info(checkpoint).get("loss")
    measured[LOSS] = (
        undefined(0, "no loss is stored with the checkpoint")
        if loss is None
        else Measured(float(loss), float("nan"), 0)
    )
    return Row(measured, _confusion(collection, checkpoint, sample))


def _confusion(collection: Collection, checkpoint: str, sample: Sample) -> np.ndarray:
    """Of the sample's galaxies, by the votes of their neighbors in the whole collection."""
    numbers = {name: code for code, name in enumerate(sample.class_names)}
    if not numbers:
        return np.zeros((0, 0), np.int64)
    neighbors = collection.neighbors(checkpoint)[sample.rows]
    labels = collection.catalog["label"].to_numpy()[neighbors.ravel()]
    listed = np.array([numbers.get(str(label), -1) for label in labels]).reshape(neighbors.shape)
    return class_confusion(listed, sample.codes, len(numbers))
