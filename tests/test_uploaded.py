import gzip
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from data.store import Collection
from data.uploaded import MAX_BYTES, encode_upload, read_upload
from models.errors import BadInput


def saved(pixels, form, **options):
    file = BytesIO()
    (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).save(
        file, form, **options
    )
    return file.getvalue()


def fits_of(*images):
    file = BytesIO()
    units = [fits.PrimaryHDU()] + [fits.ImageHDU(data, name=name) for name, data in images]
    fits.HDUList(units).writeto(file)
    return file.getvalue()


@pytest.fixture
def galaxy(rng):
    return rng.integers(0, 256, (40, 50, 3), np.uint8)


@pytest.fixture(scope="module")
def demo():
    return Collection.open("data/collections/demo")


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_pictures_come_as_they_are_whatever_their_name(galaxy, form):
    found = read_upload("a.txt", saved(galaxy, form, lossless=True))
    assert np.array_equal(found.pixels, galaxy) and found.notes == ()


def test_a_jpeg_is_decoded_as_cutouts_are(demo):
    encoded, kind = demo.cutout(7)
    from data.cutouts import decode_cutout

    assert kind == "image/jpeg"
    assert np.array_equal(read_upload("7.jpg", encoded).pixels, decode_cutout(encoded))


@pytest.mark.parametrize("checkpoint, row", [("epoch_016", 7), ("epoch_000", 1234)])
def test_a_stored_cutout_lands_on_itself(demo, checkpoint, row):
    uploaded = read_upload("mine.jpg", demo.cutout(row)[0])
    found = encode_upload(demo, checkpoint, uploaded)
    points = np.asarray(demo.representations(checkpoint), np.float32)
    distances = np.linalg.norm(points - found, axis=1)
    assert distances.argmin() == row and distances[row] < np.sort(distances)[1] / 50


def test_a_checkpoint_without_weights_names_those_that_have_some(demo, galaxy):
    with pytest.raises(BadInput, match="'epoch_003' are not in this.*epoch_000, epoch_006"):
        encode_upload(demo, "epoch_003", read_upload("a.png", saved(galaxy, "PNG")))


def test_a_collection_without_any_weights_says_so(collection, galaxy):
    with pytest.raises(BadInput, match="no checkpoint of it has any"):
        encode_upload(
            collection, collection.checkpoints[0], read_upload("a.png", saved(galaxy, "PNG"))
        )


def test_one_channel_stands_for_three(galaxy):
    found = read_upload("grey.png", saved(galaxy[..., 0], "PNG"))
    assert found.pixels.shape == (40, 50, 3) and "one channel" in found.notes[0]
    assert np.array_equal(found.pixels[..., 1], galaxy[..., 0])


def test_sixteen_bits_are_stretched(rng):
    away = np.hypot(*np.mgrid[-20:20, -20:20])
    deep = (40_000 * np.exp(-away / 4) + rng.normal(500, 50, (40, 40))).astype(np.uint16)
    found = read_upload("deep.png", saved(deep, "PNG"))
    assert found.pixels.dtype == np.uint8 and "stretched" in " ".join(found.notes)
    assert found.pixels[20, 20].min() > 150 > 60 > np.median(found.pixels)


def test_what_is_transparent_is_black(galaxy):
    clear = Image.fromarray(galaxy).convert("RGBA")
    clear.putalpha(0)
    found = read_upload("clear.png", saved(clear, "PNG"))
    assert not found.pixels.any() and "transparent" in found.notes[0]


def test_fits_with_nan_and_with_three_images(rng):
    plane = rng.normal(size=(32, 32)).astype(np.float32)
    plane[:4] = np.nan
    one = read_upload("one.fits", fits_of(("R", plane)))
    assert one.pixels.shape == (32, 32, 3) and "12 % of its pixels" in one.notes[1]
    three = read_upload("three.fits", fits_of(("G", plane), ("R", plane + 1), ("Z", plane * 2)))
    assert "bands" in three.notes[0] and three.pixels.shape == (32, 32, 3)
    packed = read_upload("one.fits.gz", gzip.compress(fits_of(("R", plane))))
    assert np.array_equal(packed.pixels, one.pixels)


def png_that_claims(width, height):
    """A PNG of a few bytes whose header names a size."""

    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"")), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "is empty"),
        (b"x" * (MAX_BYTES + 1), "20 MB are read"),
        (b"this is a text, renamed", "is no picture"),
        (png_that_claims(30_000, 30_000), "pixels"),
        (png_that_claims(6000, 100), "6,000 x 100 pixels"),
        (png_that_claims(4, 4), "4 x 4 pixels"),
        (b"SIMPLE  =                    T", "no FITS picture"),
        (b"\x1f\x8bnonsense", "no FITS picture"),
        (b"GIF89a" + bytes(100), "is no picture"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(content, said):
    with pytest.raises(BadInput, match=said) as refused:
        read_upload("folder/mine.png", content)
    text = str(refused.value)
    assert text.count("\n") == 0 and "0x" not in text and "folder" not in text


def test_a_picture_that_is_cut_short_is_refused(galaxy):
    whole = saved(galaxy, "PNG")
    with pytest.raises(BadInput, match="damaged or cut short"):
        read_upload("mine.png", whole[: len(whole) // 2])


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(monkeypatch):
    monkeypatch.setattr("data.uploaded.MAX_UNPACKED", 1_000_000)
    with pytest.raises(BadInput, match="more than 1 MB, unpacked"):
        read_upload("bomb.fits.gz", gzip.compress(bytes(3_000_000)))


def test_fits_that_is_too_wide_is_refused_before_it_is_read():
    wide = fits.CompImageHDU(np.zeros((16, 5000), np.int16), name="R")
    file = BytesIO()
    fits.HDUList([fits.PrimaryHDU(), wide]).writeto(file)
    with pytest.raises(BadInput, match="5,000 x 16 pixels"):
        read_upload("wide.fits", file.getvalue())


def test_fits_without_a_value_or_an_image_is_refused():
    empty = np.full((32, 32), np.nan, np.float32)
    with pytest.raises(BadInput, match="No pixel of 'none.fits'"):
        read_upload("none.fits", fits_of(("R", empty)))
    with pytest.raises(BadInput, match="no image in the file"):
        read_upload("table.fits", fits_of())
