import json
import shutil
import threading
import time

import numpy as np
import pandas as pd
import pytest

from data import format
from data.arrays import array_writer, read_array, write_array
from data.build import main
from data.check import verify_checksums
from data.format import FORMAT_VERSION, is_name
from data.store import Collection, find_collection, list_collections
from models.errors import BadCollection, BadInput, NotFound
from models.files import read_json


@pytest.fixture
def copied(collection_folder, tmp_path):
    """A copy of the collection, to be damaged."""
    return shutil.copytree(collection_folder, tmp_path / "made_up")


def edit_info(folder, **changes):
    info = read_json(folder / format.COLLECTION) | changes
    (folder / format.COLLECTION).write_text(json.dumps(info))


def test_every_array_has_the_form_that_the_format_promises(collection):
    n = collection.n_galaxies
    assert n == 600 and len(collection.catalog) == n
    np.testing.assert_array_equal(np.sort(collection.order), np.arange(n))
    for checkpoint in collection.checkpoints:
        for array in (collection.representations(checkpoint), collection.components(checkpoint)):
            assert len(array) == n and array.dtype == np.float32
        assert collection.projection(checkpoint).shape == (n, 2)
        neighbors, distances = collection.neighbors(checkpoint), collection.distances(checkpoint)
        assert neighbors.shape == distances.shape == (n, 30) and neighbors.dtype == np.int32
        assert (np.diff(distances, axis=1) >= 0).all()
        density = collection.density(checkpoint)
        assert {"log_density", "intrinsic_dim"} <= density.keys()
        assert all(values.shape == (n,) for values in density.values())
        assert collection.quality(checkpoint)["n_galaxies"] == n
        assert {"edges", "eps", "sigma"} <= collection.correlation(checkpoint).keys()


def test_arrays_are_mapped_and_cannot_be_written_to(collection):
    representations = collection.representations(collection.checkpoints[0])
    assert isinstance(representations.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        representations[0, 0] = 1


def test_components_are_stored_in_the_random_order(collection):
    for checkpoint in collection.checkpoints:
        mean, axes, variances = collection.pca(checkpoint)
        by_row = (collection.representations(checkpoint) - mean) @ axes.T
        stored = collection.components(checkpoint)
        expected = by_row[collection.order, : stored.shape[1]]
        np.testing.assert_allclose(stored, expected, atol=1e-4)
        np.testing.assert_allclose(stored.var(0, ddof=1), variances[: stored.shape[1]], rtol=1e-4)


def test_neighbors_are_those_of_the_stored_representations(collection):
    checkpoint = collection.checkpoints[-1]
    points = collection.representations(checkpoint).astype(float)
    for row in (0, 17, 599):
        distances = np.linalg.norm(points - points[row], axis=1)
        expected = np.argsort(distances)[1:31]
        np.testing.assert_array_equal(collection.neighbors(checkpoint)[row], expected)
        np.testing.assert_allclose(
            collection.distances(checkpoint)[row], distances[expected], rtol=1e-5
        )


def test_checkpoints_come_in_training_order(collection, copied):
    assert collection.checkpoints == ("epoch_00", "epoch_05", "epoch_20")
    about = copied / "checkpoints/epoch_00/checkpoint.json"
    about.write_text(about.read_text().replace('"training_epoch": 0', '"training_epoch": 7'))
    size = about.stat().st_size
    files = read_json(copied / format.COLLECTION)["files"]
    files["checkpoints/epoch_00/checkpoint.json"]["size"] = size
    edit_info(copied, files=files)
    assert Collection.open(copied).checkpoints == ("epoch_05", "epoch_00", "epoch_20")


def test_an_identifier_of_eighteen_digits_finds_its_row(collection):
    object_id = collection.catalog["object_id"][123]
    assert object_id == str(587722952767439000 + 7 * 123)
    assert collection.row_of(object_id) == 123
    with pytest.raises(NotFound, match="587722952767439001"):
        collection.row_of("587722952767439001")


def test_many_rows_are_found_at_once(collection):
    rows = np.array([5, 500, 5, 0])
    object_ids = collection.catalog["object_id"].iloc[rows].tolist()
    np.testing.assert_array_equal(collection.rows_of(object_ids), rows)
    assert len(collection.rows_of([])) == 0
    with pytest.raises(NotFound, match="no galaxy 'nothing'"):
        collection.rows_of([*object_ids, "nothing"])


def test_the_catalog_is_the_file(collection):
    written = pd.read_parquet(collection.folder / format.CATALOG)
    pd.testing.assert_frame_equal(collection.catalog, written)


def test_the_edge_of_a_very_large_map_is_that_of_a_sample(collection_folder, monkeypatch):
    exact = Collection.open(collection_folder).map_positions("epoch_20")[0]
    monkeypatch.setattr("data.store.MAX_ORDERED", 300)
    sampled, is_moved = Collection.open(collection_folder).map_positions("epoch_20")
    kept = ~is_moved
    np.testing.assert_array_equal(sampled[kept], exact[kept])
    assert np.ptp(sampled) == pytest.approx(np.ptp(exact), rel=0.3)


def test_threads_share_what_one_has_made(collection_folder, monkeypatch):
    made = []

    def clip(*given):
        made.append(given)
        time.sleep(0.05)
        return given

    monkeypatch.setattr("data.store.clip_outliers", clip)
    opened = Collection.open(collection_folder)
    threads = [threading.Thread(target=opened.map_positions, args=("epoch_20",)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_what_does_not_exist_is_not_found(collection):
    for name in ("../../secrets", "epoch_99", "", None, ["epoch_00"]):
        for read in (collection.representations, collection.quality, collection.checkpoint_info):
            with pytest.raises(NotFound, match="epoch_00, epoch_05, epoch_20"):
                read(name)
    for row in (-1, 600):
        with pytest.raises(KeyError, match=f"row {row}"):
            collection.cutout(row)


def test_the_digest_changes_with_the_collection(collection, copied):
    assert Collection.open(copied).digest == collection.digest
    edit_info(copied, seed=1)
    assert Collection.open(copied).digest != collection.digest


def test_a_newer_format_is_refused(copied):
    edit_info(copied, format_version=FORMAT_VERSION + 1)
    with pytest.raises(BadCollection, match=f"'made_up' has format version {FORMAT_VERSION + 1}"):
        Collection.open(copied)


@pytest.mark.parametrize(
    "file", ["checkpoints/epoch_05/projection.npy", "cutouts.arrow", "catalog.parquet"]
)
def test_a_truncated_file_is_refused_by_name(copied, file):
    with open(copied / file, "r+b") as opened:
        opened.truncate(100)
    with pytest.raises(BadCollection, match=f"{file}.*100 bytes.*truncated"):
        Collection.open(copied)


def test_a_missing_file_is_refused_by_name(copied):
    (copied / "checkpoints/epoch_05/pca.npz").unlink()
    with pytest.raises(BadCollection, match="lacks checkpoints/epoch_05/pca.npz"):
        Collection.open(copied)


def test_an_array_of_another_shape_is_refused(copied):
    file = "checkpoints/epoch_05/projection.npy"
    write_array(copied / file, np.zeros((599, 2), "f4"))
    files = read_json(copied / format.COLLECTION)["files"]
    files[file]["size"] = (copied / file).stat().st_size
    edit_info(copied, files=files)
    with pytest.raises(BadCollection, match="projection.npy.*599 rows for 600 galaxies"):
        Collection.open(copied)
    write_array(copied / file, np.zeros((600, 2), "f8"))
    files[file]["size"] = (copied / file).stat().st_size
    edit_info(copied, files=files)
    with pytest.raises(BadCollection, match="projection.npy.*is float64"):
        Collection.open(copied)


def test_the_format_version_is_looked_at_before_any_other_key(copied):
    newer = {"format_version": FORMAT_VERSION + 1, "galaxies": 600}
    (copied / format.COLLECTION).write_text(json.dumps(newer))
    with pytest.raises(BadCollection, match="has format version .*update the program"):
        Collection.open(copied)


@pytest.mark.parametrize("name", ["</title><script>alert(1)</script>", "", "a b", None, 7])
def test_a_name_from_elsewhere_is_a_name_and_nothing_else(copied, name):
    edit_info(copied, name=name)
    with pytest.raises(BadCollection, match="collection.json of 'made_up' is not of a form"):
        Collection.open(copied)


@pytest.mark.parametrize("entry", [None, 12, [], {}, {"size": "12", "sha256": ""}, {"size": 12}])
def test_an_entry_of_another_form_is_refused(copied, entry):
    files = read_json(copied / format.COLLECTION)["files"]
    edit_info(copied, files=files | {format.ORDER: entry})
    with pytest.raises(BadCollection, match="collection.json of 'made_up' is not of a form"):
        Collection.open(copied)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format_version": 1}', "\xff"])
def test_a_damaged_description_is_refused(copied, content):
    (copied / format.COLLECTION).write_text(content, encoding="latin-1")
    with pytest.raises(BadCollection, match="collection.json of 'made_up'"):
        Collection.open(copied)


def test_a_description_cannot_point_outside(copied):
    files = read_json(copied / format.COLLECTION)["files"]
    edit_info(copied, files=files | {"../secret": {"size": 1, "sha256": ""}})
    with pytest.raises(BadCollection, match="'../secret' outside"):
        Collection.open(copied)


def test_a_folder_of_something_else_is_no_collection(tmp_path):
    with pytest.raises(BadCollection, match="it has no collection.json"):
        Collection.open(tmp_path)


def test_verifying_finds_one_changed_byte(copied, capsys):
    collection = Collection.open(copied)
    assert verify_checksums(copied, collection.info) == []
    main(["--verify", "made_up", "--out", str(copied.parent)])
    assert "as they were built" in capsys.readouterr().out
    with open(copied / "checkpoints/epoch_20/distances.npy", "r+b") as file:
        file.seek(5000)
        byte = file.read(1)
        file.seek(5000)
        file.write(bytes([byte[0] ^ 1]))
    Collection.open(copied)  # is quick, and does not look
    with pytest.raises(SystemExit) as ended:
        main(["--verify", "made_up", "--out", str(copied.parent)])
    assert ended.value.code == 2
    assert "checkpoints/epoch_20/distances.npy" in capsys.readouterr().err


def test_collections_are_found_by_name(collection_folder, tmp_path):
    shutil.copytree(collection_folder, tmp_path / "made_up")
    shutil.copytree(collection_folder, tmp_path / "another")
    (tmp_path / ".made_up.building").mkdir()
    folders = [collection_folder.parent, tmp_path, tmp_path / "missing"]
    assert list_collections(folders) == [
        ("another", tmp_path / "another"),
        ("made_up", collection_folder),
    ]
    assert find_collection("another", folders) == tmp_path / "another"
    assert find_collection(str(collection_folder), []) == collection_folder
    with pytest.raises(NotFound, match="no collection 'nothing'.*another, made_up"):
        find_collection("nothing", folders)


def test_names_are_never_paths():
    assert is_name("epoch_00") and is_name("run-1.2")
    for name in ("", ".hidden", "..", "a/b", "a b", "a\n", "ä", None, "x" * 101):
        assert not is_name(name)


def test_an_array_is_written_whole_or_not_at_all(tmp_path, rng):
    path = tmp_path / "a.npy"
    values = rng.normal(size=(20_000, 3)).astype("f4")
    write_array(path, values)
    np.testing.assert_array_equal(np.load(path), values)
    np.testing.assert_array_equal(read_array(path), values)
    with pytest.raises(ValueError, match="1 rows written of 5"):
        with array_writer(path, (5, 3), "<f4") as writer:
            writer.append(values[:1])
    np.testing.assert_array_equal(np.load(path), values)
    assert list(tmp_path.iterdir()) == [path]


def test_a_pickle_is_no_array(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(BadInput, match="a.npy"):
        read_array(tmp_path / "a.npy")
