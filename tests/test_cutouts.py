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
