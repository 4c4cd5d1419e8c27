"""Galaxies to discover something among: pictures, and the spaces that are searched.

Spaces are the representations of each checkpoint and, as peers, principal components of the
pixels and Astronomaly's ellipses. All are kept in a folder, so that the next run is quick.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import torch
from PIL import Image

from benchmarks.discovery_ellipses import ellipse_features
from benchmarks.label_free_encoding import Galaxies, encoded
from data.simulate import simulate
from models.checkpoints import Checkpoint, open_checkpoint
from models.encoders.encoder import BANDS, Design, as_seen
from models.encoders.normalisation import Normalisation, resized
from models.files import write_whole
from models.images import Images, open_images
from models.space.neighbors import Neighbors, find_neighbors
from models.space.projection import drawn_in, principal_axes

DEMO = Path(__file__).parents[1] / "data" / "collections" / "demo" / "weights"
PIXELS, SEEN, ELLIPSES = "pixels", "pixels_as_seen", "ellipses"
N_COMPONENTS, N_NEIGHBORS = 15, 30  # as a collection is built by default
N_PIXELS = 50  # components of the pixels, among which neighbors are sought
N_LEARNING = 50  # components that are learned from
PIXELS_ACROSS, ELLIPSES_ACROSS = 32, 64
RULE = Normalisation()  # of the encoders
CHUNK = 1_024


@dataclass(frozen=True)
class Space:
    """One description of n galaxies.

    points : (n, d) float32, in which neighbors are sought
    components : (n, 15 or fewer) float32, the leading principal components
    drawn_in : (n, 50 or fewer) float32, more of them, with far galaxies brought nearer
    epoch : of the training; None where nothing was trained, 0 where nothing was trained yet
    """

    name: str
    points: np.ndarray
    components: np.ndarray
    drawn_in: np.ndarray
    neighbors: Neighbors
    epoch: int | None = None


@dataclass(frozen=True)
class Draw:
    """Galaxies and what is known of them.

    kinds : (n,) array of str, the anomaly planted or the class; "" where there is none
    spaces : by name, checkpoints first and in training order, then what the first and the last of
        them make of the bands
    """

    seed: int
    kinds: np.ndarray
    spaces: dict[str, Space]

    def trained(self) -> list[str]:
        """Names of the spaces of networks that have been trained."""
        return [name for name, space in self.spaces.items() if space.epoch]


def shipped_checkpoints() -> list[Checkpoint]:
    """Those whose weights the demo keeps, in training order."""
    return [open_checkpoint(file) for file in sorted(DEMO.glob("epoch_*.safetensors"))]


def simulated_draw(
    seed: int, n: int, folder: Path, checkpoints: list[Checkpoint], n_processes: int
) -> Draw:
    """A simulated survey of its own, drawn and encoded unless it is in the folder already."""
    path = folder / f"draw_{seed}_{n}.h5"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        simulate(n, path, seed=seed, n_processes=n_processes)
    with h5py.File(path) as file:
        kinds = file["anomaly"].asstr()[()]
    return Draw(seed, kinds, spaces_of(open_images(path), path.stem, folder, checkpoints))


def spaces_of(
    images: Images, stem: str, folder: Path, checkpoints: list[Checkpoint]
) -> dict[str, Space]:
    """Every space of some galaxies, read from the folder as far as they are there.

    stem : what their files begin with
    """
    galaxies = Galaxies(images, np.arange(len(images)), np.full(len(images), -1))
    spaces = {}
    ends = checkpoints[:1] + checkpoints[1:][-1:]  # of bands, four pictures of each are encoded
    banded = {}
    for checkpoint in checkpoints:
        name, epoch = checkpoint.name, checkpoint.training_epoch
        layer = BANDS if checkpoint in ends else "pool"
        points = encoded(checkpoint, galaxies, folder / stem, layer)
        if layer == BANDS:
            banded[f"{name} {BANDS}"] = space_of(f"{name} {BANDS}", points, epoch)
            points = points[:, : points.shape[1] // 3]  # the pool, see models/encoders/bands.py
        spaces[name] = space_of(name, points, epoch)
    spaces |= banded
    for name, make in PEERS.items():
        spaces[name] = space_of(name, _kept(folder / stem / f"{name}.npy", make, images))
    return spaces


def space_of(name: str, points: np.ndarray, epoch: int | None = None) -> Space:
    """A space with its principal components and neighbors."""
    points = np.ascontiguousarray(points, np.float32)
    leading = principal_axes(points, N_LEARNING).project(points)
    components = np.ascontiguousarray(leading[:, :N_COMPONENTS])
    neighbors = find_neighbors(points, N_NEIGHBORS)
    return Space(name, points, components, drawn_in(leading), neighbors, epoch)


def _kept(path: Path, make: Callable[[Images], np.ndarray], images: Images) -> np.ndarray:
    if not path.exists():
        made = make(images)
        with write_whole(path) as temporary, open(temporary, "wb") as file:
            np.save(file, made)
    return np.load(path, allow_pickle=False)


def _components(parts: Iterable[np.ndarray]) -> np.ndarray:
    """The 50 leading components of pictures, (n, 50) float32."""
    pixels = np.concatenate([part.reshape(len(part), -1) for part in parts]).astype(np.float32)
    return principal_axes(pixels, N_PIXELS).project(pixels)


def _colored(images: Images) -> np.ndarray:
    """Of the central field in three colors, as stored: brightness and all."""
    return _components(_reduced(part, PIXELS_ACROSS, RULE.field) for part in _parts(images))


def _seen(images: Images) -> np.ndarray:
    """Of what an encoder is given: grey, sky 0, galaxy 1, faint parts brought out."""
    design = Design(size=PIXELS_ACROSS)
    greys = (resized(torch.from_numpy(part), PIXELS_ACROSS, RULE.field) for part in _parts(images))
    return _components(as_seen(grey, design).numpy() for grey in greys)


def _ellipses(images: Images) -> np.ndarray:
    # Of one band and the whole picture, as in Astronomaly's example.
    parts = [_reduced(part, ELLIPSES_ACROSS, field=1.0)[..., 0] for part in _parts(images)]
    return ellipse_features(np.concatenate(parts))


def _parts(images: Images) -> Iterable[np.ndarray]:
    for start in range(0, len(images), CHUNK):
        yield images.pixels(slice(start, start + CHUNK))


def _reduced(pixels: np.ndarray, across: int, field: float) -> np.ndarray:
    """Central part of each picture with so many pixels across, (n, across, across, 3) uint8."""
    height, width = pixels.shape[1:3]
    edges = [side * (1 + sign * field) / 2 for sign in (-1, 1) for side in (width, height)]
    size = (across, across)
    return np.stack(
        [
            np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX, tuple(edges)))
            for picture in pixels
        ]
    )


PEERS: dict[str, Callable[[Images], np.ndarray]] = {
    PIXELS: _colored,
    SEEN: _seen,
    ELLIPSES: _ellipses,
}
