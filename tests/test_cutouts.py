from io import BytesIO

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from data.cutouts import (
    BATCH_ROWS,
    Cutouts,
    decode_cutout,
    encode_cutout,
    mimetype,
    write_cutouts,
)
from models.errors import BadCollection, BadInput


def picture(rng, height=24, width=24):
    return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_every_row_gives_back_its_own_bytes(tmp_path):
    n = 2 * BATCH_ROWS + 10
    ids = [f"58772295276{row:07d}" for row in range(n)]
    write_cutouts(tmp_path / "c.arrow", ids, (f"image {row}".encode() for row in range(n)))
    cutouts = Cutouts(tmp_path / "c.arrow")
    assert len(cutouts) == n
    for row in (0, 1, BATCH_ROWS - 1, BATCH_ROWS, 2 * BATCH_ROWS, n - 1):
        assert cutouts[row] == f"image {row}".encode()
    assert cutouts.object_ids().tolist() == ids


def test_any_tool_can_read_the_file(tmp_path):
    write_cutouts(tmp_path / "c.arrow", ["a", "b"], [b"1", b"2"])
    with pa.memory_map(str(tmp_path / "c.arrow")) as file:
        table = pa.ipc.open_file(file).read_all()
    assert table.schema.field("image").type == pa.large_binary()
    assert table.to_pydict() == {"object_id": ["a", "b"], "image": [b"1", b"2"]}


def test_png_is_lossless_and_jpeg_nearly(rng):
    pixels = picture(rng)
    lossless = encode_cutout(pixels, quality=100)
    assert mimetype(lossless) == "image/png"
    np.testing.assert_array_equal(decode_cutout(lossless), pixels)
    smooth = np.full((24, 24, 3), [200, 120, 40], np.uint8)
    lossy = encode_cutout(smooth, quality=90)
    assert mimetype(lossy) == "image/jpeg"
    assert np.abs(decode_cutout(lossy).astype(int) - smooth).max() <= 3


def test_only_large_cutouts_are_made_smaller(rng):
    assert decode_cutout(encode_cutout(picture(rng, 60, 40), size=30)).shape == (30, 20, 3)
    assert decode_cutout(encode_cutout(picture(rng, 20, 20), size=30)).shape == (20, 20, 3)


def test_grey_files_decode_to_three_bands(rng):
    encoded = BytesIO()
    Image.fromarray(picture(rng)[..., 0]).save(encoded, "PNG")
    pixels = decode_cutout(encoded.getvalue())
    assert pixels.shape == (24, 24, 3) and (pixels[..., 0] == pixels[..., 2]).all()


def test_what_is_no_picture_is_refused():
    with pytest.raises(BadInput, match="cannot be decoded"):
        decode_cutout(b"GIF?")
    with pytest.raises(BadInput, match="neither JPEG nor PNG"):
        mimetype(b"<svg onload=...>")


def test_a_damaged_file_is_refused_by_name(tmp_path):
    write_cutouts(tmp_path / "c.arrow", ["a"], [b"1"])
    content = (tmp_path / "c.arrow").read_bytes()
    (tmp_path / "c.arrow").write_bytes(content[:-30])
    with pytest.raises(BadCollection, match="c.arrow is damaged"):
        Cutouts(tmp_path / "c.arrow")


def test_a_row_without_a_cutout_is_none(tmp_path):
    write_cutouts(tmp_path / "c.arrow", ["a", "b", "c"], [b"1", None, b"3"])
    cutouts = Cutouts(tmp_path / "c.arrow")
    assert [cutouts.get(row) for row in range(3)] == [b"1", None, b"3"]
    with pytest.raises(BadInput, match="missing"):
        cutouts[1]


def test_large_cutouts_are_written_in_small_batches(tmp_path, monkeypatch):
    monkeypatch.setattr("data.cutouts.BATCH_BYTES", 25)
    images = [bytes([row]) * 10 for row in range(8)]
    write_cutouts(tmp_path / "c.arrow", "abcdefgh", images)
    cutouts = Cutouts(tmp_path / "c.arrow")
    assert len(cutouts._batches) == 3
    assert [cutouts[row] for row in range(8)] == images


def test_the_original_size_of_what_was_made_smaller_is_told(tmp_path):
    write_cutouts(tmp_path / "a.arrow", ["a"], [b"1"])
    write_cutouts(tmp_path / "b.arrow", ["a"], [b"1"], original_px=256)
    assert Cutouts(tmp_path / "a.arrow").original_px is None
    assert Cutouts(tmp_path / "b.arrow").original_px == 256


def test_places_beyond_the_end_of_the_file_are_not_read(tmp_path):
    images = [b"first", b"second", b"third"]
    write_cutouts(tmp_path / "c.arrow", ["a", "b", "c"], images)
    content = bytearray((tmp_path / "c.arrow").read_bytes())
    places = np.array([0, 5, 11, 16], "<i8").tobytes()
    where = content.index(places)
    content[where + 16 : where + 24] = np.array([2**40], "<i8").tobytes()
    (tmp_path / "c.arrow").write_bytes(content)
    cutouts = Cutouts(tmp_path / "c.arrow")
    assert cutouts[0] == b"first"
    for row in (1, 2):
        with pytest.raises(BadInput, match="damaged"):
            cutouts[row]


@pytest.mark.parametrize("kind", [90, 100])
def test_a_truncated_picture_is_refused_with_the_reason(rng, kind):
    encoded = encode_cutout(picture(rng, 40, 40), quality=kind)
    for length in (10, len(encoded) // 2, len(encoded) - 60):
        with pytest.raises(BadInput, match="A cutout cannot be decoded: .+"):
            decode_cutout(encoded[:length])


def test_a_failed_write_leaves_nothing(tmp_path):
    def images():
        yield b"1"
        raise BadInput("unreadable")

    with pytest.raises(BadInput):
        write_cutouts(tmp_path / "c.arrow", ["a", "b"], images())
    assert list(tmp_path.iterdir()) == []


def test_the_cutout_of_a_row_is_of_that_galaxy(collection):
    ids = Cutouts(collection.folder / "cutouts.arrow").object_ids()
    assert ids.tolist() == collection.catalog["object_id"].tolist()
    encoded, media_type = collection.cutout(5)
    assert media_type == "image/jpeg" and decode_cutout(encoded).shape == (48, 48, 3)
