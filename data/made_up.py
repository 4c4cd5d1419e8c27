"""A tiny made-up collection: for tests, and for trying out the page without any data.

`python -m data.made_up --n 4000 --out data/collections` builds the collection `made_up`. Nothing
in it was learnt by a network: the representations are Gaussian clusters, one per class, that
move apart over three made-up checkpoints, with a few galaxies far from all of them. The simulated
survey of `data.simulate` is something else: realistic images, which a network learns from.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.arrays import write_array
from data.build import build_collection
from data.inputs import Inputs
from data.parameters import Parameters
from models.errors import reported
from models.files import write_whole

N_DIM = 32
CUTOUT_PX = 48

# training epoch -> how far apart the classes are, in units of their width
SEPARATIONS = {0: 0.2, 5: 1.0, 20: 2.2}

# Axis ratio, radius in pixels, Sersic index and colour (red to blue, 0 to 1) that a class looks
# like; the outliers are rings.
LOOKS = {
    "Round smooth": (0.9, 4.0, 1.6, 0.1),
    "Disk": (0.6, 8.0, 1.0, 0.7),
    "Edge-on": (0.2, 9.0, 1.0, 0.4),
    "Compact": (0.8, 2.5, 2.0, 0.9),
    "Ring": (0.8, 10.0, 1.0, 1.0),
}
OUTLIER = "Ring"
SHARES = {"Round smooth": 0.4, "Disk": 0.33, "Edge-on": 0.15, "Compact": 0.1, "Ring": 0.02}


@dataclass(frozen=True)
class MadeUp:
    """Made-up galaxies.

    catalog : one row per galaxy
    images : (n, CUTOUT_PX, CUTOUT_PX, 3) uint8
    representations : checkpoint name -> (n, N_DIM) float32
    """

    catalog: pd.DataFrame
    images: np.ndarray
    representations: dict[str, np.ndarray]


def make_up(n_galaxies: int = 600, seed: int = 0) -> MadeUp:
    """Draw galaxies; the same numbers give the same galaxies."""
    rng = np.random.default_rng(seed)
    labels = _draw_labels(n_galaxies, rng)
    catalog = _draw_catalog(labels, rng)
    images = _draw_images(labels, catalog["magnitude"].to_numpy(), rng)
    return MadeUp(catalog, images, _draw_representations(labels, rng))


def write_inputs(made_up: MadeUp, folder: Path) -> dict[str, Path]:
    """Write the files that a user would bring, and name them as the build's inputs."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {"images": folder / "images.npz", "catalog": folder / "catalog.parquet"}
    with write_whole(paths["images"]) as temporary, open(temporary, "wb") as file:
        ids = made_up.catalog["object_id"].to_numpy(dtype=str)
        np.savez(file, images=made_up.images, id=ids, allow_pickle=False)
    with write_whole(paths["catalog"]) as temporary:
        made_up.catalog.to_parquet(temporary)
    for name, representations in made_up.representations.items():
        paths[name] = folder / f"{name}.npy"
        write_array(paths[name], representations)
    return paths


def _draw_labels(n_galaxies: int, rng: np.random.Generator) -> np.ndarray:
    """Classes in their shares, at least one outlier, shuffled."""
    counts = np.maximum(1, np.round(n_galaxies * np.array(list(SHARES.values())))).astype(int)
    counts[0] += n_galaxies - counts.sum()
    labels = np.repeat(list(SHARES), counts)
    return rng.permutation(labels)


def _draw_catalog(labels: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    n_galaxies = len(labels)
    redshift = rng.gamma(3.0, 0.03, n_galaxies)
    is_unknown = rng.random(n_galaxies) < 0.05
    return pd.DataFrame(
        {
            # As long as those of SDSS, so that whatever loses digits is noticed.
            "object_id": [str(587722952767439000 + 7 * i) for i in range(n_galaxies)],
            "ra": rng.uniform(110, 260, n_galaxies),
            "dec": np.degrees(np.arcsin(rng.uniform(-0.1, 0.9, n_galaxies))),
            "redshift": np.where(is_unknown, np.nan, redshift),
            "label": labels,
            "magnitude": 14.5 + 5 * np.log10(redshift / 0.03 + 1) + rng.normal(0, 0.3, n_galaxies),
            "is_outlier": labels == OUTLIER,
        }
    )


def _draw_representations(labels: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Clusters that move apart with training, and outliers from them, on axes of unequal width."""
    widths = 1 / np.sqrt(1 + np.arange(N_DIM) / 4)
    centers = {name: rng.normal(size=N_DIM) * widths for name in LOOKS}
    # A galaxy keeps its place within its class over training: the maps can be compared.
    scatter = rng.normal(size=(len(labels), N_DIM)) * widths
    middles = np.stack([centers[name] for name in labels])
    is_outlier = (labels == OUTLIER)[:, None]
    return {
        f"epoch_{epoch:02d}": np.float32(
            5 * scatter * (1 + separation * is_outlier) + 5 * separation * middles
        )
        for epoch, separation in SEPARATIONS.items()
    }


def _draw_images(
    labels: np.ndarray, magnitudes: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """One inclined disk, ellipsoid or ring per galaxy, in its class's look."""
    pixels = np.arange(CUTOUT_PX) - (CUTOUT_PX - 1) / 2
    y, x = np.meshgrid(pixels, pixels, indexing="ij")
    images = np.empty((len(labels), CUTOUT_PX, CUTOUT_PX, 3), dtype=np.uint8)
    for row, (label, magnitude) in enumerate(zip(labels, magnitudes, strict=True)):
        axis_ratio, radius_px, sersic_index, blueness = LOOKS[label]
        angle = rng.uniform(0, np.pi)
        along = x * np.cos(angle) + y * np.sin(angle)
        across = (y * np.cos(angle) - x * np.sin(angle)) / axis_ratio
        radii = np.hypot(along, across) / (radius_px * rng.uniform(0.8, 1.25))
        light = np.exp(-1.7 * radii ** (1 / sersic_index))
        if label == OUTLIER:
            light = 0.5 * np.exp(-(((radii - 1) / 0.15) ** 2)) + np.exp(-((radii / 0.3) ** 2))
        color = np.array([1 - 0.5 * blueness, 0.8, 0.5 + 0.5 * blueness])
        bright = light[..., None] * color * 1.6 * 10 ** (-0.1 * (magnitude - 14.5))
        bright = 0.06 + bright + rng.normal(0, 0.02, bright.shape)
        images[row] = np.clip(255 * np.arcsinh(4 * bright) / np.arcsinh(4), 0, 255)
    return images


def build_made_up(
    folder: Path, *, n_galaxies: int = 600, seed: int = 0, overwrite: bool = False
) -> Path:
    """Build a collection of made-up galaxies, by the pipeline that builds all others."""
    with tempfile.TemporaryDirectory() as brought:
        made_up = make_up(n_galaxies, seed)
        paths = write_inputs(made_up, Path(brought))
        inputs = Inputs(
            images=paths["images"],
            catalog=paths["catalog"],
            representations={name: paths[name] for name in made_up.representations},
        )
        return build_collection(
            folder, inputs, Parameters(seed=seed, simulated=True), overwrite=overwrite
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """`python -m data.made_up`."""
    parser = argparse.ArgumentParser(prog="python -m data.made_up", description=__doc__)
    parser.add_argument("--n", type=int, default=4000, help="number of galaxies (default: 4000)")
    parser.add_argument("--seed", type=int, default=0, help="of all random draws (default: 0)")
    parser.add_argument("--out", type=Path, required=True, help="folder of collections")
    parser.add_argument("--name", default="made_up", help="of the collection (default: made_up)")
    parser.add_argument("--overwrite", action="store_true", help="replace the one of that name")
    given = parser.parse_args(arguments)
    with reported(stopped="stopped"):
        folder = build_made_up(
            given.out / given.name,
            n_galaxies=given.n,
            seed=given.seed,
            overwrite=given.overwrite,
        )
        print(f"built {folder}")


if __name__ == "__main__":
    main()
