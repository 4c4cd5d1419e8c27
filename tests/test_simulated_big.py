"""Collections of any size that are made up: as whole as any other, and the same for a seed."""

import shutil
import signal
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.spatial import cKDTree

from data import simulated_big
from data.big_catalog import ACROSS, UP, field_numbers
from data.big_cutout import SIZE_PX, draw_cutout, made_up_cutout
from data.big_scene import BLOCK_ROWS, FILAMENT, OUTLIER, Scene, made_up_map
from data.check import verify_checksums
from data.simulate import main
from data.simulated.galaxies import CLASS_NAMES
from data.simulated_big import SEPARATIONS, simulate_collection
from data.store import Collection
from models.errors import BadCollection, BadInput
from models.files import read_json, write_json
from models.space.correlation import Correlation
from models.space.nearest import exact_nearest

ROOT = Path(__file__).parents[1]
N = 1_500


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate_collection(N, tmp_path_factory.mktemp("collections") / "big", seed=3)


@pytest.fixture(scope="module")
def big(folder):
    return Collection.open(folder)


def test_it_is_a_collection_like_any_other(big, folder):
    assert big.n_galaxies == N and big.is_simulated and big.has_cutouts
    assert verify_checksums(folder, big.info) == []
    assert len(big.checkpoints) == len(SEPARATIONS)
    for name in big.checkpoints:
        assert big.representations(name).shape[0] == N
        rows, distances = exact_nearest(np.array(big.representations(name)), np.arange(20), 5)
        np.testing.assert_allclose(big.distances(name)[:20, :5], distances, rtol=1e-4)
        assert big.checkpoint_info(name)["neighbors"]["is_exact"]


def test_nothing_else_is_left_beside_it(folder):
    assert list(folder.parent.iterdir()) == [folder]
    listed = set(read_json(folder / "collection.json")["files"]) | {"collection.json"}
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert found == listed


def test_its_catalog_has_every_awkward_kind_of_column(big):
    catalog = big.catalog
    assert catalog["object_id"].str.fullmatch(r"\d{18}").all() and catalog["object_id"].is_unique
    assert 0 < catalog["redshift"].isna().mean() < 0.2
    assert set(catalog["label"].dropna()) == set(CLASS_NAMES) and catalog["label"].isna().any()
    assert catalog["stellar_mass"].isna().all() and catalog["pxscale"].nunique() == 1
    assert catalog["field"].nunique() > 500
    assert 0.1 < (catalog["split"] == "held-out").mean() < 0.3
    assert catalog["ra"].between(0, 360).all() and catalog["dec"].between(-8, 34).all()


def test_a_class_column_has_thousands_of_values():
    ra, dec = np.random.default_rng(0).uniform((0, -8), (360, 34), (200_000, 2)).T
    fields = field_numbers(ra, dec)
    assert len(np.unique(fields)) == ACROSS * UP == 5_000


def test_components_are_in_the_order_of_the_collection(big):
    name = big.checkpoints[-1]
    mean, axes, variances = big.pca(name)
    expected = (big.representations(name) - mean) @ axes[:15].T
    np.testing.assert_allclose(big.components(name), expected[big.order], atol=1e-3)
    assert (np.diff(variances) <= 0).all()


def test_training_tells_groups_apart(big):
    scores = [
        big.quality(name)["linear_probe_balanced_accuracy"]["value"] for name in big.checkpoints
    ]
    assert scores[0] < scores[-1]
    spread = [np.ptp(np.quantile(big.projection(n), [0.05, 0.95], axis=0)) for n in big.checkpoints]
    assert spread == sorted(spread)


def test_the_map_says_that_it_is_made_up(big):
    for name in big.checkpoints:
        assert big.checkpoint_info(name)["projection"]["method"] == "made-up"
        expected = made_up_map(np.array(big.representations(name)))
        np.testing.assert_array_equal(big.projection(name), expected)


def test_its_correlation_says_how_many_pairs_it_is_of(big):
    for name in big.checkpoints:
        correlation = Correlation.from_arrays(big.correlation(name))
        assert correlation.n_points == N and not correlation.is_sampled


def test_what_is_measured_on_some_galaxies_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr("data.big_space.MAX_EXACT", 1_000)
    monkeypatch.setattr("data.big_space.MOST_MEASURED", 600)
    monkeypatch.setattr("data.big_space.SAMPLED_PAIRS", 100_000)
    big = Collection.open(simulate_collection(N, tmp_path / "big", separations={30: 2.6}))
    (name,) = big.checkpoints
    assert "600 of 1,500" in big.quality(name)["measured_on"]
    assert Correlation.from_arrays(big.correlation(name)).is_sampled
    info = big.checkpoint_info(name)["neighbors"]
    assert not info["is_exact"] and 0.8 < info["recall"] <= 1 and info["recall_error"] > 0


def test_the_same_seed_gives_the_same_galaxies_block_by_block():
    first, second, other = (Scene(seed).block(2, 500) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.representations(1), second.representations(1))
    assert (first.structure != other.structure).any()
    assert BLOCK_ROWS < simulated_big.MOST


def test_clusters_filaments_and_outliers_are_there():
    block = Scene(0).block(0, 60_000)
    places = made_up_map(block.representations(SEPARATIONS[30]))
    far = np.linalg.norm(places, axis=1)
    assert np.median(far[block.kind == OUTLIER]) > np.median(far)
    assert far[block.kind == OUTLIER].max() > 3 * np.quantile(far, 0.99)
    # Along a filament galaxies lie near the next one, not all over the disk.
    thread = places[block.kind == FILAMENT]
    field = np.random.default_rng(0).permutation(places)[: len(thread)]
    gaps = [np.median(_to_nearest(points)) for points in (thread, field)]
    assert gaps[0] < gaps[1]


def _to_nearest(points):
    return cKDTree(points).query(points, 2)[0][:, 1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["500", "--out", "big"], "between 1,000 and"),
        (["2000", "--out", "big", "--seed", "-1"], "--seed is -1"),
        (["2000", "--out", "missing/big"], "does not exist"),
        (["2000", "--out", "a,b"], "cannot name a collection"),
        (["2000", "--out", "there"], "is not a collection"),
        (["2000", "--out", "built"], "--overwrite"),
        (["19000000", "--out", "big"], "free some space"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(arguments, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    usage = shutil.disk_usage(tmp_path)._replace(free=10**9)
    monkeypatch.setattr(simulated_big.shutil, "disk_usage", lambda path: usage)
    (tmp_path / "there").mkdir()
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "collection.json").write_text("{}")
    with pytest.raises(SystemExit) as left:
        main(["--representations-only", *arguments])
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert left.value.code == 2 and said.startswith("error: ") and sentence in said
    assert {path.name for path in tmp_path.iterdir()} == {"there", "built"}


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), ValueError("broken")])
def test_nothing_is_left_when_it_stops_early(failure, tmp_path):
    def tell(what, share):
        if share > 0.05:
            raise failure

    with pytest.raises(type(failure)):
        simulate_collection(N, tmp_path / "big", tell=tell)
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_when_it_fails(folder, tmp_path):
    there = tmp_path / "big"
    there.mkdir()
    (there / "collection.json").write_text("earlier")

    def tell(what, share):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        simulate_collection(N, there, overwrite=True, tell=tell)
    assert (there / "collection.json").read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [there]


def test_two_at_once_do_not_write_one_collection(tmp_path):
    def tell(what, share):
        with pytest.raises(BadInput, match="Another build"):
            simulate_collection(N, tmp_path / "big")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate_collection(N, tmp_path / "big", tell=tell)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_command_leaves_nothing(sent, tmp_path):
    line = ["-m", "data.simulate", "--representations-only", "3000000", "--out", tmp_path / "big"]
    command = [sys.executable, *map(str, line)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as started:
        while not list(tmp_path.iterdir()):
            time.sleep(0.05)
            assert started.poll() is None
        started.send_signal(sent)
        said = started.communicate(timeout=120)[1]
    assert started.returncode == 128 + sent and "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_every_class_has_a_look_of_its_own(rng):
    looks = []
    for name in CLASS_NAMES:
        pixels = draw_cutout(np.random.default_rng(1), name, 15.0, 0.05)
        assert pixels.shape == (SIZE_PX, SIZE_PX, 3) and pixels.dtype == np.uint8
        assert pixels[24:40, 24:40].mean() > 1.5 * pixels[:8].mean()
        looks.append(pixels.tobytes())
    assert len(set(looks)) == len(CLASS_NAMES)


def test_a_cutout_follows_from_the_facts_of_its_row(big):
    encoded, kind = big.cutout(7)
    assert kind == "image/jpeg" and big.cutout(7)[0] == encoded != big.cutout(8)[0]
    assert Image.open(BytesIO(encoded)).size == (SIZE_PX, SIZE_PX)
    facts = big.catalog[["label", "magnitude", "redshift"]].iloc[7]
    given = [None if pd.isna(fact) else fact for fact in facts]
    made_up_cutout.cache_clear()
    assert made_up_cutout(3, 7, *given) == encoded


def test_galaxies_without_facts_have_cutouts_too(big):
    for row in np.flatnonzero(big.catalog["label"].isna())[:5]:
        assert big.cutout(int(row))[0].startswith(b"\xff\xd8")
    assert made_up_cutout(0, 1, None, None, None) != made_up_cutout(0, 2, None, None, None)


def test_brighter_galaxies_look_brighter():
    bright, faint = (
        draw_cutout(np.random.default_rng(5), "Round Smooth", magnitude, 0.05).mean()
        for magnitude in (13.0, 18.0)
    )
    assert bright > faint


@pytest.mark.parametrize("broken", [{"seed": "x"}, {"seed": None}])
def test_made_up_cutouts_need_a_seed(broken, folder, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in folder.rglob("*"):
        if path.is_file():
            target = copy / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(path)
    info = read_json(folder / "collection.json") | broken
    (copy / "collection.json").unlink()
    write_json(copy / "collection.json", info)
    with pytest.raises(BadCollection, match="no seed"):
        Collection.open(copy)
