"""The demo that ships: small, whole, and what it claims to be."""

import numpy as np
import pytest

from data.check import verify_checksums
from data.cutouts import Cutouts
from data.store import Collection
from models.encoders.encoder import encode, load_encoder
from tests.test_layers import ROOT

FOLDER = ROOT / "data" / "collections" / "demo"
MOST_BYTES = 60_000_000


@pytest.fixture(scope="module")
def demo():
    return Collection.open(FOLDER)


def test_it_is_small_and_as_it_was_built(demo):
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
    assert verify_checksums(FOLDER, demo.info) == []


def test_it_is_a_training_run_on_simulated_galaxies(demo):
    assert demo.n_galaxies == 4000 and demo.is_simulated
    epochs = [demo.checkpoint_info(name)["training_epoch"] for name in demo.checkpoints]
    assert epochs[0] == 0 and epochs == sorted(epochs) and len(epochs) >= 5
    assert demo.catalog["label"].nunique() == 10
    assert (demo.catalog["anomaly"] != "").sum() >= 30
    assert set(demo.catalog["split"]) == {"train", "held-out"}


def test_training_taught_what_the_catalog_knows(demo):
    first, last = (demo.quality(demo.checkpoints[end]) for end in (0, -1))
    for key in ("knn_balanced_accuracy", "linear_probe_balanced_accuracy"):
        error = np.hypot(first[key]["error"], last[key]["error"])
        assert last[key]["value"] > first[key]["value"] + 5 * error


def test_a_shipped_cutout_lands_on_itself(demo):
    kept = [name for name in demo.checkpoints if demo.weights(name)]
    assert len(kept) >= 3
    rows = np.arange(0, demo.n_galaxies, 125)
    pixels = np.stack(Cutouts(FOLDER / "cutouts.arrow").pixels(rows))
    for name in kept:
        stored = np.asarray(demo.representations(name), np.float32)
        found = encode(load_encoder(demo.weights(name)), [pixels])
        distances = np.linalg.norm(found[:, None] - stored[None], axis=2)
        np.testing.assert_array_equal(distances.argmin(axis=1), rows)
        # Half precision and the processor's own rounding, beside the nearest other galaxy.
        assert np.median(distances.min(1)) < 0.01 * np.median(demo.distances(name)[rows, 0])
