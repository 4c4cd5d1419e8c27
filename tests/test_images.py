import h5py
import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from models.errors import BadInput
from models.images import GALAXY10_CLASSES, open_images

PIXELS = np.random.default_rng(1).integers(0, 255, (12, 8, 10, 3), dtype=np.uint8)
LONG_IDS = [f"58772295276743{row:04d}" for row in range(12)]


def write_hdf5(path, class_names=None, **datasets):
    with h5py.File(path, "w") as file:
        for name, content in datasets.items():
            file[name] = content
        if class_names:
            file.attrs["class_names"] = class_names
    return path


def test_hdf5_gives_pixels_labels_and_names(tmp_path):
    ans = np.arange(12, dtype=np.uint8) % 3
    path = write_hdf5(tmp_path / "g.h5", ["a", "b", "c"], images=PIXELS, ans=ans)
    images = open_images(path)
    assert (len(images), images.size) == (12, (8, 10))
    assert images.class_names == ("a", "b", "c")
    np.testing.assert_array_equal(images.labels, ans)
    np.testing.assert_array_equal(images.pixels(slice(None)), PIXELS)
    assert images.object_ids[3] == "03"
    assert images.encoded(0) is None


@pytest.mark.parametrize("rows", [[7, 2, 2, 11, 3], [5], [], slice(4, 9), np.array([0, 1, 2, 9])])
def test_rows_come_in_the_order_asked_for(tmp_path, rows):
    images = open_images(write_hdf5(tmp_path / "g.h5", images=PIXELS))
    np.testing.assert_array_equal(images.pixels(rows), PIXELS[rows])


def test_long_ids_survive_as_text(tmp_path):
    as_bytes = np.array([name.encode() for name in LONG_IDS], dtype=object)
    as_numbers = np.array([int(name) for name in LONG_IDS])
    for ids in (as_bytes, as_numbers):
        path = write_hdf5(tmp_path / "g.h5", images=PIXELS, id=ids)
        assert open_images(path).object_ids.tolist() == LONG_IDS
        assert len(LONG_IDS[0]) == 18


def test_ids_that_lost_digits_are_refused(tmp_path):
    ids = np.array([float(name) for name in LONG_IDS])
    with pytest.raises(BadInput, match="lose digits"):
        open_images(write_hdf5(tmp_path / "g.h5", images=PIXELS, id=ids))


@pytest.mark.parametrize(
    ("ids", "sentence"), [(["a"] * 12, "more than once"), ([""] * 12, "empty")]
)
def test_ids_must_be_given_and_differ(tmp_path, ids, sentence):
    with pytest.raises(BadInput, match=sentence):
        open_images(write_hdf5(tmp_path / "g.h5", images=PIXELS, id=np.array(ids, dtype="S4")))


def test_the_published_galaxy10_file_has_its_class_names(tmp_path):
    big = np.zeros((10, 256, 256, 3), np.uint8)
    images = open_images(write_hdf5(tmp_path / "g.h5", images=big, ans=np.arange(10)))
    assert images.class_names == GALAXY10_CLASSES


def test_undefined_classes_are_minus_one(tmp_path):
    ans = np.array([0, 1, np.nan] * 4)
    images = open_images(write_hdf5(tmp_path / "g.h5", images=PIXELS, ans=ans))
    assert images.labels.tolist() == [0, 1, -1] * 4


@pytest.mark.parametrize(
    ("datasets", "sentence"),
    [
        ({"ans": np.zeros(12)}, "no key 'images'"),
        ({"images": PIXELS[..., 0]}, "must be uint8 of shape"),
        ({"images": PIXELS.astype(np.float32)}, "float32"),
        ({"images": PIXELS, "ans": np.zeros(11, int)}, "12 whole numbers"),
        ({"images": PIXELS, "id": np.arange(5)}, "one id per image"),
    ],
)
def test_a_wrong_hdf5_file_is_refused(tmp_path, datasets, sentence):
    with pytest.raises(BadInput, match=sentence):
        open_images(write_hdf5(tmp_path / "g.h5", **datasets))


def test_too_few_class_names_are_refused(tmp_path):
    path = write_hdf5(tmp_path / "g.h5", ["a"], images=PIXELS, ans=np.arange(12))
    with pytest.raises(BadInput, match="name them all"):
        open_images(path)


def test_arrays_are_read_from_npy_and_npz(tmp_path):
    np.save(tmp_path / "g.npy", PIXELS)
    np.savez(tmp_path / "g.npz", images=PIXELS, ans=np.arange(12), id=np.array(LONG_IDS))
    plain, named = open_images(tmp_path / "g.npy"), open_images(tmp_path / "g.npz")
    for images in (plain, named):
        np.testing.assert_array_equal(images.pixels([3, 1]), PIXELS[[3, 1]])
    assert plain.labels is None
    assert named.object_ids.tolist() == LONG_IDS
    assert named.class_names[11] == "class 11"


def test_pickled_arrays_are_not_read(tmp_path):
    np.save(tmp_path / "g.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(BadInput, match="not a readable array"):
        open_images(tmp_path / "g.npy")


@pytest.mark.parametrize("name", ["g.h5", "g.npy", "g.npz"])
def test_truncated_files_are_refused_by_name(tmp_path, name):
    write_hdf5(tmp_path / "g.h5", images=PIXELS)
    np.save(tmp_path / "g.npy", PIXELS)
    np.savez(tmp_path / "g.npz", images=PIXELS)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match=f"{name} is not a readable"):
        open_images(tmp_path / name)


def test_objects_in_an_npz_are_not_read(tmp_path):
    np.savez(tmp_path / "g.npz", images=np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(BadInput, match="g.npz is not a readable array"):
        open_images(tmp_path / "g.npz")


@pytest.mark.parametrize("key", ["images", "ans", "id"])
def test_a_group_in_the_place_of_a_dataset_is_refused(tmp_path, key):
    path = tmp_path / "g.h5"
    with h5py.File(path, "w") as file:
        file.create_group(key)
        if key != "images":
            file["images"] = PIXELS
    with pytest.raises(BadInput, match=f"'{key}' of .*g.h5 is a group"):
        open_images(path)


def test_class_names_that_are_not_utf8_are_refused(tmp_path):
    names = np.array([b"Smooth", b"Sch\xf6n"])
    path = write_hdf5(tmp_path / "g.h5", images=PIXELS, ans=np.arange(12) % 2)
    with h5py.File(path, "a") as file:
        file.attrs["class_names"] = names
    with pytest.raises(BadInput, match="g.h5 is not a readable HDF5 file .*utf-8"):
        open_images(path)


@pytest.mark.parametrize("name", ["nothing.h5", "text.h5"])
def test_what_is_not_there_or_not_images_is_refused(tmp_path, name):
    (tmp_path / "text.h5").write_text("not HDF5")
    with pytest.raises(BadInput, match=name):
        open_images(tmp_path / name)


def test_a_folder_of_pictures_keeps_ids_order_and_bytes(tmp_path):
    for row, name in enumerate(["galaxy_10.png", "galaxy_2.png", "587722952767439450.jpg"]):
        Image.fromarray(PIXELS[row]).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("not a cutout")
    images = open_images(tmp_path)
    assert images.object_ids.tolist() == ["587722952767439450", "galaxy_2", "galaxy_10"]
    np.testing.assert_array_equal(images.pixels([1, 2]), PIXELS[[1, 0]])
    assert images.encoded(0) == ((tmp_path / "587722952767439450.jpg").read_bytes(), "image/jpeg")
    assert images.encoded(1)[1] == "image/png"


@pytest.mark.parametrize("kind", ["WEBP", "GIF"])
def test_a_picture_is_what_its_bytes_say_and_not_its_name(tmp_path, kind):
    Image.fromarray(PIXELS[0]).save(tmp_path / "a.jpg", format=kind)
    Image.fromarray(PIXELS[1]).save(tmp_path / "b.jpg", format="PNG")
    images = open_images(tmp_path)
    assert images.pixels([0]).shape == (1, *PIXELS[0].shape)
    assert images.encoded(0) is None
    assert images.encoded(1)[1] == "image/png"


def test_one_id_in_two_formats_is_refused(tmp_path):
    for name in ("a.png", "a.jpg"):
        Image.fromarray(PIXELS[0]).save(tmp_path / name)
    with pytest.raises(BadInput, match="more than once"):
        open_images(tmp_path)


@pytest.mark.parametrize("name", ["bad.png", "bad.fits"])
def test_an_unreadable_cutout_is_named(tmp_path, name):
    Image.fromarray(PIXELS[0]).save(tmp_path / "a.png")
    (tmp_path / name).write_bytes(b"SIMPLE  = nothing")
    with pytest.raises(BadInput, match=name):
        open_images(tmp_path).pixels([0, 1])


def test_cutouts_of_two_sizes_are_refused(tmp_path):
    Image.fromarray(PIXELS[0]).save(tmp_path / "a.png")
    Image.fromarray(PIXELS[1][:5]).save(tmp_path / "b.png")
    with pytest.raises(BadInput, match=r"b\.png is 10 x 5 pixels"):
        open_images(tmp_path).pixels([0, 1])


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no cutouts"):
        open_images(tmp_path)


def test_fits_cutouts_show_sky_dark_and_source_bright(tmp_path, rng):
    flux = 100 + rng.normal(size=(20, 20))
    flux[3, 15] = 1e4  # row 3 from the bottom
    fits.writeto(tmp_path / "one.fits", flux.astype(np.float32))
    images = open_images(tmp_path)
    picture = images.pixels([0])[0]
    assert picture[16, 15].tolist() == [255, 255, 255]
    assert np.median(picture) < 60
    assert images.encoded(0) is None


def test_fits_planes_are_given_as_they_were_measured(tmp_path, rng):
    flux = rng.normal(size=(3, 20, 20)).astype(np.float32)
    fits.writeto(tmp_path / "a.fits", flux)
    Image.fromarray(PIXELS[0]).resize((20, 20)).save(tmp_path / "b.png")
    images = open_images(tmp_path)
    assert images.has_planes
    np.testing.assert_array_equal(images.planes(0).pixels, flux)
    assert images.planes(1) is None


def test_a_folder_of_pictures_has_no_planes(tmp_path):
    Image.fromarray(PIXELS[0]).save(tmp_path / "a.png")
    images = open_images(tmp_path)
    assert not images.has_planes and images.planes(0) is None
