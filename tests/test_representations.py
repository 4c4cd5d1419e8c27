import h5py
import numpy as np
import pandas as pd
import pytest

from data.matching import match_ids, match_images
from data.representations import copy_representations, find_bad_rows, open_representations
from models.errors import BadInput, first_few

IDS = np.array([str(587722952767439450 + row) for row in range(30)])


def written(tmp_path, values, kind, ids=None):
    """`values` in a file of a kind, with identifiers where it has room for them."""
    path = tmp_path / f"epoch_03.{kind.split()[0]}"
    if kind == "npy":
        np.save(path, values)
    elif kind == "npz":
        np.savez(path, values) if ids is None else np.savez(
            path, representations=values, object_id=ids
        )
    elif kind == "h5":
        with h5py.File(path, "w") as file:
            file["representations"] = values
            if ids is not None:
                file["object_id"] = ids.astype("S")
    elif kind == "parquet":
        frame = pd.DataFrame(values, columns=[f"dim_{i}" for i in range(values.shape[1])])
        frame = frame if ids is None else frame.assign(object_id=ids.astype(np.int64))
        frame.to_parquet(path)
    elif kind == "parquet of lists":
        pd.DataFrame({"id": ids, "vector": list(values)}).to_parquet(path)
    return path


@pytest.mark.parametrize("kind", ["npy", "npz", "h5", "parquet"])
def test_every_kind_of_file_gives_the_same_numbers(tmp_path, rng, kind):
    values = rng.normal(size=(30, 4)).astype("f4")
    with open_representations(written(tmp_path, values, kind)) as opened:
        np.testing.assert_array_equal(opened.values[:], values)
        assert opened.object_ids is None


@pytest.mark.parametrize("kind", ["npz", "h5", "parquet", "parquet of lists"])
def test_identifiers_are_read_where_there_are_any(tmp_path, rng, kind):
    values = rng.normal(size=(30, 4)).astype("f4")
    with open_representations(written(tmp_path, values, kind, IDS)) as opened:
        np.testing.assert_array_equal(opened.values[:], values)
        assert opened.object_ids.tolist() == IDS.tolist()


@pytest.mark.parametrize("kind", ["npy", "h5"])
@pytest.mark.parametrize("half", [False, True])
def test_rows_are_copied_in_the_order_asked_for(tmp_path, rng, kind, half):
    values = rng.normal(size=(30, 4))
    rows = rng.permutation(30)[:20]
    path = written(tmp_path, values, kind)
    shares = []
    copy_representations(path, tmp_path / "out.npy", rows, half=half, progress=shares.append)
    copied = np.load(tmp_path / "out.npy")
    assert copied.dtype == (np.float16 if half else np.float32)
    np.testing.assert_array_equal(copied, values[rows].astype(copied.dtype))
    assert shares[-1] == 1


def test_rows_that_are_not_finite_are_found(tmp_path, rng):
    values = rng.normal(size=(30, 4))
    values[3, 1], values[17, 0], values[29, 3] = np.nan, np.inf, 1e300  # beyond float32
    with open_representations(written(tmp_path, values, "npy")) as opened:
        assert find_bad_rows(opened, "a").tolist() == [3, 17, 29]


def test_constant_representations_are_refused(tmp_path):
    values = np.tile(np.arange(4.0), (30, 1))
    with open_representations(written(tmp_path, values, "npy")) as opened:
        with pytest.raises(BadInput, match="All representations in epoch_03.npy are the same"):
            find_bad_rows(opened, "epoch_03.npy")
        values[7] = np.nan
    with open_representations(written(tmp_path, values, "npy")) as opened:
        with pytest.raises(BadInput, match="are the same"):
            find_bad_rows(opened, "epoch_03.npy")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.zeros(30), r"shape \(30,\)"),
        (np.zeros((30, 4, 2)), r"shape \(30, 4, 2\)"),
        (np.array([["a"] * 4] * 30), "not numbers"),
        (np.zeros((30, 4), complex), "complex128, not numbers"),
    ],
)
def test_other_shapes_and_types_are_refused(tmp_path, values, sentence):
    with pytest.raises(BadInput, match=f"epoch_03.npy.*{sentence}"):
        with open_representations(written(tmp_path, values, "npy")):
            pass


def test_pickled_objects_are_never_loaded(tmp_path):
    np.save(tmp_path / "a.npy", np.array([[{}]] * 30), allow_pickle=True)
    np.savez(tmp_path / "a.npz", np.array([[{}]] * 30), allow_pickle=True)
    for name in ("a.npy", "a.npz"):
        with pytest.raises(BadInput, match=f"{name}.*bject"):
            with open_representations(tmp_path / name):
                pass


def test_damaged_and_unknown_files_are_refused_by_name(tmp_path):
    for name in ("a.npy", "a.npz", "a.parquet", "a.h5", "a.pt"):
        (tmp_path / name).write_bytes(b"not what it says")
        with pytest.raises(BadInput, match=name):
            with open_representations(tmp_path / name):
                pass
    with pytest.raises(BadInput, match="no representations at"):
        with open_representations(tmp_path / "missing.npy"):
            pass


def cut_short(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@pytest.mark.parametrize("kind", ["npy", "npz", "h5", "parquet"])
def test_truncated_files_are_refused_by_name(tmp_path, rng, kind):
    path = cut_short(written(tmp_path, rng.normal(size=(300, 40)), kind))
    with pytest.raises(BadInput, match=f"{path.name} (cannot be read|is not a readable)"):
        with open_representations(path):
            pass


def test_missing_lists_are_refused_by_row(tmp_path):
    vectors = [[1.0, 2.0]] * 30
    vectors[4] = vectors[9] = None
    pd.DataFrame({"id": IDS, "vector": vectors}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(BadInput, match="2 representations in a.parquet are missing: rows 4, 9"):
        with open_representations(tmp_path / "a.parquet"):
            pass


@pytest.mark.parametrize("key", ["object_id", "representations"])
def test_a_group_in_the_place_of_an_array_is_no_crash(tmp_path, key):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_group(key)
        file["vectors"] = np.zeros((30, 4))
    if key == "object_id":
        with open_representations(tmp_path / "a.h5") as opened:
            assert opened.object_ids is None
        return
    with pytest.raises(BadInput, match="a.h5 has no dataset 'representations'"):
        with open_representations(tmp_path / "a.h5"):
            pass


def test_identifiers_that_are_not_utf8_are_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["representations"] = np.zeros((2, 4))
        file["object_id"] = np.array([b"\xff\xfe", b"b"])
    with pytest.raises(BadInput, match="a.h5 cannot be read"):
        with open_representations(tmp_path / "a.h5"):
            pass


def test_the_first_few_of_many_are_named_and_the_rest_counted():
    assert first_few([3, 20]) == "3, 20"
    assert first_few(np.arange(1205)) == "0, 1, 2, 3, 4 and 1,200 more"
    assert first_few("abc", most=2) == "a, b and 1 more"


def test_a_file_of_several_arrays_needs_the_usual_name(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((3, 2)), y=np.zeros((3, 2)))
    with pytest.raises(BadInput, match="a.npz has no array 'representations'.*it has x, y"):
        with open_representations(tmp_path / "a.npz"):
            pass


def test_what_half_precision_cannot_hold_is_refused(tmp_path):
    path = written(tmp_path, np.full((30, 2), 70_000.0), "npy")
    with pytest.raises(BadInput, match="epoch_03.npy has values beyond 65,504.*--half"):
        copy_representations(
            path, tmp_path / "out.npy", np.arange(30), half=True, progress=lambda share: None
        )
    assert not (tmp_path / "out.npy").exists()


def test_identifiers_match_in_any_order(rng):
    shuffled = rng.permutation(IDS)
    positions = match_ids(IDS, shuffled, "catalogue", "images")
    np.testing.assert_array_equal(shuffled[positions], IDS)


def test_a_mismatch_tells_both_counts_and_what_is_missing():
    with pytest.raises(BadInput) as raised:
        match_ids(IDS, np.append(IDS[5:], "stranger"), "catalogue", "images.h5")
    sentence = str(raised.value)
    assert "catalogue has 30 galaxies and images.h5 26" in sentence
    assert f"5 of the catalogue are not in images.h5 ({IDS[0]}, {IDS[1]}, {IDS[2]}" in sentence
    assert "1 of the images.h5 are not in the catalogue (stranger)" in sentence


def test_images_match_by_identifier_file_name_or_position():
    catalog = pd.DataFrame(
        {"object_id": ["a", "b", "c"], "file": ["x/3.jpg", "x/1.jpg", "x/2.jpg"]}
    )
    by_id = match_images(catalog, np.array(["c", "a", "b"]), "images")
    assert by_id.tolist() == [1, 2, 0]
    by_file = match_images(catalog, np.array(["1", "2", "3"]), "images")
    assert by_file.tolist() == [2, 0, 1]
    numbered = match_images(catalog[["object_id"]], np.array(["0", "1", "2"]), "images")
    assert numbered.tolist() == [0, 1, 2]
    with pytest.raises(BadInput, match="3 galaxies and images 4 rows"):
        match_images(catalog[["object_id"]], np.array(["0", "1", "2", "3"]), "images")
