"""Cutouts: encoded images of galaxies, one per row, in a memory-mapped Arrow file.

The file is Arrow IPC without compression, in batches of 8,192 rows, with the columns `object_id`
(string) and `image` (large_binary: the bytes of a JPEG or PNG file). A cutout is found by its
row, so nothing but its own bytes is read.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image

from models.cutout_files import media_type
from models.errors import BadCollection, BadInput
from models.files import write_whole

BATCH_ROWS = 8192
SCHEMA = pa.schema([("object_id", pa.string()), ("image", pa.large_binary())])


class Cutouts:
    """The cutouts of a collection, random access by row."""

    def __init__(self, path: Path) -> None:
        try:
            reader = pa.ipc.open_file(pa.memory_map(str(path)))
            # No copy is made: a batch is a view into the mapped file. Reading all of them here
            # leaves nothing that threads could share and change later.
            self._batches = [reader.get_batch(i) for i in range(reader.num_record_batches)]
        except (pa.ArrowInvalid, OSError) as error:
            raise BadCollection(f"{path.name} is damaged ({error}); build it again.") from None
        if reader.schema.names != SCHEMA.names:
            raise BadCollection(f"{path.name} has columns {reader.schema.names}; build it again.")
        self._starts = np.cumsum([0] + [batch.num_rows for batch in self._batches])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, row: int) -> bytes:
        """Encoded image of a row."""
        batch = int(np.searchsorted(self._starts, row, side="right")) - 1
        return self._batches[batch]["image"][int(row - self._starts[batch])].as_py()

    def object_ids(self) -> np.ndarray:
        """(n,) identifiers, in the order of the rows."""
        ids = [batch["object_id"].to_pylist() for batch in self._batches]
        return np.array([object_id for batch in ids for object_id in batch], dtype=str)

    def pixels(self, rows: Iterable[int]) -> list[np.ndarray]:
        """Decoded images, each (height, width, 3) uint8; their sizes may differ."""
        return [decode_cutout(self[row]) for row in rows]


def write_cutouts(path: Path, object_ids: Iterable[str], images: Iterable[bytes]) -> None:
    """Write encoded images row by row; no more than one batch is held in memory."""
    with write_whole(path) as temporary, open(temporary, "wb") as file:
        with pa.ipc.new_file(file, SCHEMA) as writer:
            for ids, encoded in _batched(zip(object_ids, images, strict=True)):
                writer.write_batch(pa.record_batch([pa.array(ids, pa.string()), encoded], SCHEMA))


def encode_cutout(pixels: np.ndarray, *, size: int | None = None, quality: int = 90) -> bytes:
    """(height, width, 3) uint8 as JPEG, or as lossless PNG where `quality` is 100.

    `size` is the wanted number of pixels along the longer side; smaller images are left alone.
    """
    image = Image.fromarray(pixels)
    if size is not None and max(image.size) > size:
        scale = size / max(image.size)
        image = image.resize([max(1, round(n * scale)) for n in image.size], Image.LANCZOS)
    encoded = BytesIO()
    if quality >= 100:
        image.save(encoded, "PNG", optimize=True)
    else:
        # Full chroma resolution: half of it blurs the blue knots of a spiral arm.
        image.save(encoded, "JPEG", quality=quality, subsampling=0, optimize=True)
    return encoded.getvalue()


def decode_cutout(encoded: bytes) -> np.ndarray:
    """(height, width, 3) uint8 of a JPEG or PNG file's bytes."""
    try:
        return np.array(Image.open(BytesIO(encoded)).convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise BadInput(f"A cutout cannot be decoded: {error}.") from None


def mimetype(encoded: bytes) -> str:
    """Media type of an encoded image, told by its first bytes."""
    kind = media_type(encoded)
    if kind is None:
        raise BadInput(f"A cutout is neither JPEG nor PNG: it starts with {encoded[:8]!r}.")
    return kind


def _batched(pairs: Iterable[tuple[str, bytes]]) -> Iterator[tuple[list[str], pa.Array]]:
    ids, images = [], []
    for object_id, image in pairs:
        ids.append(str(object_id))
        images.append(image)
        if len(ids) == BATCH_ROWS:
            yield ids, pa.array(images, pa.large_binary())
            ids, images = [], []
    if ids:
        yield ids, pa.array(images, pa.large_binary())
