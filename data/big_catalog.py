"""The catalog of a made-up collection of any size, written block by block.

Among its columns is one of each kind that is awkward: texts of 18 digits, a class column with
thousands of values ("field"), one that holds nothing ("stellar_mass"), one that is the same
everywhere ("pxscale"), and missing values among classes and numbers.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.arrays import chunks
from data.big_scene import BLOCK_ROWS, FACTS, FILAMENT, N_CLUSTERS, SCENE, SPLIT, Block, Scene
from data.simulated.galaxies import CLASS_NAMES
from models.files import write_whole

PXSCALE = 0.262  # arcsec, of the Legacy Surveys' pictures
ACROSS, UP = 125, 40  # fields of the survey
DEC = (-8.0, 34.0)
NO_LABEL, NO_REDSHIFT, OTHER_CLASS, HELD_OUT = 0.06, 0.05, 0.12, 0.2
SCHEMA = pa.schema(
    [
        ("object_id", pa.string()),
        ("ra", pa.float64()),
        ("dec", pa.float64()),
        ("redshift", pa.float64()),
        ("label", pa.string()),
        ("split", pa.string()),
        ("magnitude", pa.float64()),
        ("field", pa.string()),
        ("pxscale", pa.float64()),
        ("stellar_mass", pa.float64()),
    ]
)


def write_catalog(path: Path, scene: Scene, n: int, tell: Callable[[float], None]) -> np.ndarray:
    """Write the catalog of `n` galaxies; (n,) int8 number of each one's class, -1 for none."""
    codes = np.empty(n, np.int8)
    with write_whole(path) as temporary, pq.ParquetWriter(temporary, SCHEMA) as writer:
        for number, rows in enumerate(chunks(n, BLOCK_ROWS)):
            block = scene.block(number, rows.stop - rows.start)
            columns, codes[rows] = _columns(scene, number, block)
            writer.write_table(pa.table(columns, SCHEMA))
            tell(rows.stop / n)
    return codes


def _columns(scene: Scene, number: int, block: Block) -> tuple[list[pa.Array], np.ndarray]:
    """Columns of a block in the order of the schema, and the numbers of its classes."""
    rng, n = scene.rng(FACTS, number), len(block.kind)
    ra, dec = _positions(scene, rng, n)
    codes = _classes(scene, rng, block)
    redshift = 0.008 + rng.gamma(3.0, 0.028, n)
    magnitude = 15.2 + 5 * np.log10(redshift / 0.05) + 0.7 * rng.standard_normal(n)
    magnitude = np.clip(magnitude, 11, 22) + 0.05 * codes
    shown = np.where(rng.random(n) < NO_LABEL, -1, codes).astype(np.int8)
    is_held_out = scene.rng(SPLIT, number).random(n) < HELD_OUT
    lost = rng.random(n) < NO_REDSHIFT
    columns = [
        _object_ids(rng, number, n),
        pa.array(ra),
        pa.array(dec),
        pa.array(np.where(lost, np.nan, redshift), mask=lost),
        _named(shown, CLASS_NAMES),
        _named(is_held_out.astype(np.int8), ("train", "held-out")),
        pa.array(magnitude),
        _named(field_numbers(ra, dec), tuple(f"field_{i:04d}" for i in range(ACROSS * UP))),
        pa.array(np.full(n, PXSCALE)),
        pa.nulls(n, pa.float64()),
    ]
    return columns, shown


def _positions(scene: Scene, rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """RA and Dec in a band of the sky, half of the galaxies in knots of it."""
    ra = rng.uniform(0, 360, n)
    low, high = np.sin(np.radians(DEC))
    dec = np.degrees(np.arcsin(rng.uniform(low, high, n)))
    knots = scene.rng(SCENE, 5).uniform((0, DEC[0]), (360, DEC[1]), (64, 2))
    knot = rng.integers(len(knots), size=n)
    spread = rng.standard_t(3, (n, 2))
    is_in_knot = rng.random(n) < 0.5
    ra = np.where(is_in_knot, (knots[knot, 0] + spread[:, 0]) % 360, ra)
    in_knot = knots[knot, 1] + spread[:, 1]
    is_inside = (in_knot > DEC[0]) & (in_knot < DEC[1])
    return ra, np.where(is_in_knot & is_inside, in_knot, dec)


def _classes(scene: Scene, rng: np.random.Generator, block: Block) -> np.ndarray:
    """Number of each galaxy's class: mostly the one of its cluster."""
    of_cluster = scene.rng(SCENE, 4).permutation(np.arange(N_CLUSTERS) % len(CLASS_NAMES))
    codes = of_cluster[block.cluster]
    is_other = (rng.random(len(codes)) < OTHER_CLASS) | (block.kind > FILAMENT)
    return np.where(is_other, rng.integers(len(CLASS_NAMES), size=len(codes)), codes)


def _object_ids(rng: np.random.Generator, number: int, n: int) -> pa.Array:
    """18 digits like those of SDSS; the row inside keeps them apart."""
    rows = number * BLOCK_ROWS + np.arange(n, dtype=np.int64)
    digits = 5877 * 10**14 + rng.integers(10**6, size=n) * 10**8 + rows
    return pa.array(digits).cast(pa.string())


def field_numbers(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """Number of the survey's field that a position lies in."""
    column = np.minimum((ra / 360 * ACROSS).astype(int), ACROSS - 1)
    height = (dec - DEC[0]) / (DEC[1] - DEC[0])
    return column * UP + np.clip((height * UP).astype(int), 0, UP - 1)


def _named(codes: np.ndarray, names: tuple[str, ...]) -> pa.Array:
    """Texts by their numbers; a number below 0 is missing."""
    numbers = pa.array(codes, pa.int32(), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(numbers, pa.array(names)).cast(pa.string())
