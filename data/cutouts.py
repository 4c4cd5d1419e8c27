"""Cutouts: encoded images of galaxies, one per row, in a memory-mapped Arrow file.

The file is Arrow IPC without compression, in batches of at most 8,192 rows, with the columns
`object_id` (string) and `image` (large_binary: the bytes of a JPEG or PNG file, or of a FITS file
in the file of original planes). A cutout is found by its row, so nothing but its own bytes is
read.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image

from models.cutout_files import decode_picture, media_type
from models.errors import BadCollection, BadInput
from models.files import write_whole

BATCH_ROWS = 8192
BATCH_BYTES = 2**26  # a batch is held in memory while it is written
ORIGINAL_PX = b"original_px"  # in the schema's metadata: longer side before it was made smaller
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
        metadata = reader.schema.metadata or {}
        self.original_px = int(metadata[ORIGINAL_PX]) if ORIGINAL_PX in metadata else None

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, row: int) -> bytes:
        """Encoded image of a row. BadInput where the file is damaged at its place."""
        encoded = self.get(row)
        if encoded is None:
            raise BadInput("A cutout is missing in its file.")
        return encoded

    def get(self, row: int) -> bytes | None:
        """Encoded image of a row, None where it has none."""
        batch = int(np.searchsorted(self._starts, row, side="right")) - 1
        images = self._batches[batch]["image"]
        place = int(row - self._starts[batch])
        # Arrow trusts the places in a file: damaged ones would read beyond its end.
        _, places, content = images.buffers()
        start, end = np.frombuffer(places, "<i8", 2, 8 * (images.offset + place))
        if not 0 <= start <= end <= (0 if content is None else content.size):
            raise BadInput("The place of a cutout in its file is damaged.")
        return images[place].as_py()

    def object_ids(self) -> np.ndarray:
        """(n,) identifiers, in the order of the rows."""
        ids = [batch["object_id"].to_pylist() for batch in self._batches]
        return np.array([object_id for batch in ids for object_id in batch], dtype=str)

    def pixels(self, rows: Iterable[int]) -> list[np.ndarray]:
        """Decoded images, each (height, width, 3) uint8; their sizes may differ."""
        return [decode_cutout(self[row]) for row in rows]


def write_cutouts(
    path: Path,
    object_ids: Iterable[str],
    images: Iterable[bytes | None],
    *,
    original_px: int | None = None,
) -> None:
    """Write encoded images row by row; no more than one batch is held in memory.

    original_px : longer side of the images before they were made smaller, None where they were not
    """
    schema = SCHEMA
    if original_px is not None:
        schema = SCHEMA.with_metadata({ORIGINAL_PX: str(original_px)})
    with write_whole(path) as temporary, open(temporary, "wb") as file:
        with pa.ipc.new_file(file, schema) as writer:
            for ids, encoded in _batched(zip(object_ids, images, strict=True)):
                writer.write_batch(pa.record_batch([pa.array(ids, pa.string()), encoded], schema))


def encode_cutout(pixels: np.ndarray, *, size: int | None = None, quality: int = 90) -> bytes:
    """(height, width, 3) uint8 as JPEG, or as lossless PNG where `quality` is 100.

    `size` is the wanted number of pixels along the longer side; smaller images are left alone.
    """
    image = Image.fromarray(pixels)
    if size is not None:
        image = made_smaller(image, size)
    encoded = BytesIO()
    if quality >= 100:
        image.save(encoded, "PNG", optimize=True)
    else:
        # Full chroma resolution: half of it blurs the blue knots of a spiral arm.
        image.save(encoded, "JPEG", quality=quality, subsampling=0, optimize=True)
    return encoded.getvalue()


def made_smaller(image: Image.Image, size: int) -> Image.Image:
    """An image whose longer side is `size` pixels; itself where it is no larger."""
    if max(image.size) <= size:
        return image
    scale = size / max(image.size)
    return image.resize([max(1, round(n * scale)) for n in image.size], Image.LANCZOS)


def decode_cutout(encoded: bytes) -> np.ndarray:
    """(height, width, 3) uint8 of a JPEG or PNG file's bytes."""
    return np.array(decode_picture(encoded).convert("RGB"))


def mimetype(encoded: bytes) -> str:
    """Media type of an encoded image, told by its first bytes."""
    kind = media_type(encoded)
    if kind is None:
        raise BadInput(f"A cutout is neither JPEG nor PNG: it starts with {encoded[:8]!r}.")
    return kind


def _batched(
    pairs: Iterable[tuple[str, bytes | None]],
) -> Iterator[tuple[list[str], pa.Array]]:
    ids, images, n_bytes = [], [], 0
    for object_id, image in pairs:
        ids.append(str(object_id))
        images.append(image)
        n_bytes += len(image or b"")
        if len(ids) == BATCH_ROWS or n_bytes >= BATCH_BYTES:
            yield ids, pa.array(images, pa.large_binary())
            ids, images, n_bytes = [], [], 0
    if ids:
        yield ids, pa.array(images, pa.large_binary())
