"""Pictures of numbered colors as PNG: a byte a pixel, packed quickly rather than small."""

import struct
import zlib

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BITS, _NUMBERED = 8, 3  # of a pixel; how it is colored
# Equal neighbors alone are packed: on maps it takes less time than zlib's search for equal
# strings, and leaves less.
_LEVEL, _WINDOW, _MEMORY = 1, 15, 9


def encode_png(image: np.ndarray, palette: np.ndarray) -> bytes:
    """The bytes of a picture.

    image : (height, width) uint8, numbers of colors, row 0 on top
    palette : (n_colors, 4) uint8, red, green, blue and opacity of each
    """
    height, width = image.shape
    lines = np.zeros((height, width + 1), np.uint8)  # each line begins with its filter: none
    lines[:, 1:] = image
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_RLE)
    packed = packer.compress(lines.data) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, _BITS, _NUMBERED, 0, 0, 0)
    parts = (
        (b"IHDR", head),
        (b"PLTE", palette[:, :3].tobytes()),
        (b"tRNS", palette[:, 3].tobytes()),
        (b"IDAT", packed),
        (b"IEND", b""),
    )
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
