"""Pairs from products of matrices: |x - y|^2 = |x|^2 + |y|^2 - 2 x.y, for many dimensions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numba
import numpy as np

from models.space.one_thread import blas_on_one_thread
from models.space.pair_bins import Bins, product_error
from models.space.pair_blocks import (
    FAST,
    Source,
    collect,
    count_block,
    count_rows,
    make_scratch,
)
from models.space.pair_tiles import Tiles, edges_between, n_points_of

SIZE = 512  # points of a tile: the products of two tiles, 1 MiB, stay in the second cache
FEW_EDGES = 1  # to compare with: here many squares are near to an edge, and searched one by one
_ROWS = 8  # of a tile at a time: their squares with another tile stay in the first cache
_one_at_a_time = threading.Lock()


class Products(NamedTuple):
    """Points of tiles about their mean, for products.

    centered : (n_points, n_dim) float32, scaled, in the order of the tiles
    norms : (n_points,) float32, |x|^2
    error : of a square, for each unit of its two norms
    """

    centered: np.ndarray
    norms: np.ndarray
    error: float


def make_products(tiles: Tiles, mean: np.ndarray, scale: float) -> Products:
    """Points less their mean, in float64 and then rounded, times `scale`."""
    centered = np.empty(tiles.points.shape, np.float32)
    norms = np.empty(len(centered), np.float32)
    for first in range(0, len(centered), SIZE):  # in portions, which bounds the memory
        rows = slice(first, first + SIZE)
        centered[rows] = (tiles.points[rows] - mean) * scale
        norms[rows] = (centered[rows].astype(np.float64) ** 2).sum(axis=1)
    return Products(centered, norms, product_error(centered.shape[1]))


def usual_error(*products: Products) -> float:
    """Error of a square of two points that are not far out: nearly all are within it.

    The limits of the bins are made for it; squares of points further out are searched one by
    one, each with its own error.
    """
    return max(3 * float(np.percentile(some.norms, 99)) * some.error for some in products)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """One count at a time, with BLAS kept to one thread: the kernels call it on every core."""
    with _one_at_a_time, blas_on_one_thread():
        yield


@numba.njit(parallel=True, cache=True, nogil=True)
def count_totals(
    tiles: Tiles,
    others: Tiles,
    products: Products,
    of_others: Products,
    turns: np.ndarray,
    bins: Bins,
    is_self: bool,
) -> np.ndarray:
    """As `pair_direct.count_totals`."""
    totals = np.zeros((len(turns), len(bins.below) + 1), np.int64)
    for task in numba.prange(len(turns)):
        tile = np.int64(turns[task])
        scratch, product = make_scratch(_ROWS * SIZE, 1, bins), np.empty(SIZE * SIZE, np.float32)
        apart = np.zeros(totals.shape[1], np.int64)
        height = n_points_of(tiles, tile)
        for other in range(tile if is_self else 0, len(others.low)):
            counts = apart if is_self and other != tile else totals[task]
            width = n_points_of(others, other)
            crossing = edges_between(tiles, tile, others, other, bins)
            if crossing[0] == crossing[1]:
                counts[crossing[0]] += height * width
                continue
            _multiply(products, tile, height, of_others, other, width, product)
            for row in range(0, height, _ROWS):
                stop = min(row + _ROWS, height)
                place = (tile * SIZE + row, other * SIZE, stop - row, width)
                norms = (products.norms, of_others.norms, products.error)
                source = Source(tiles.points, others.points, *place, *norms)
                _to_squares(product, row, source, scratch.squares)
                count_block(scratch, crossing, source, bins, counts)
        totals[task] += 2 * apart
    return totals.sum(axis=0)


@numba.njit(parallel=True, cache=True, nogil=True)
def count_each(
    tiles: Tiles,
    others: Tiles,
    products: Products,
    of_others: Products,
    span: tuple[int, int],
    bins: Bins,
) -> np.ndarray:
    """As `pair_direct.count_each`."""
    counts = np.zeros(((span[1] - span[0]) * SIZE, len(bins.below) + 1), np.int64)
    for task in numba.prange(span[1] - span[0]):
        tile = np.int64(span[0] + task)
        scratch, product = (
            make_scratch(_ROWS * SIZE, _ROWS, bins),
            np.empty(SIZE * SIZE, np.float32),
        )
        height = n_points_of(tiles, tile)
        lines = counts[task * SIZE : task * SIZE + height]
        for other in range(len(others.low)):
            width = n_points_of(others, other)
            crossing = edges_between(tiles, tile, others, other, bins)
            if crossing[0] == crossing[1]:
                lines[:, crossing[0]] += width
                continue
            _multiply(products, tile, height, of_others, other, width, product)
            for row in range(0, height, _ROWS):
                stop = min(row + _ROWS, height)
                place = (tile * SIZE + row, other * SIZE, stop - row, width)
                norms = (products.norms, of_others.norms, products.error)
                source = Source(tiles.points, others.points, *place, *norms)
                _to_squares(product, row, source, scratch.squares)
                count_rows(scratch, crossing, source, bins, lines[row:stop])
                for i in range(stop - row):
                    collect(scratch, i, lines[row + i])
    return counts


@numba.njit(cache=True, nogil=True)
def _multiply(
    a: Products, tile: int, height: int, b: Products, other: int, width: int, product: np.ndarray
) -> None:
    """Products of all points of two tiles, row after row."""
    rows = a.centered[tile * SIZE : tile * SIZE + height]
    columns = b.centered[other * SIZE : other * SIZE + width]
    np.dot(rows, columns.T, product[: height * width].reshape(height, width))


@numba.njit(cache=True, nogil=True, fastmath=FAST)
def _to_squares(product: np.ndarray, row: int, source: Source, squares: np.ndarray) -> None:
    """Fill `squares` from some rows of products, `row` the first of them."""
    width, first_other = np.uint64(source.width), np.uint64(source.first_other)
    for i in range(np.uint64(source.n_rows)):
        norm, at = source.norms[np.uint64(source.first_row) + i], i * width
        start = np.uint64(row) * width + at
        for j in range(width):
            square = norm + source.other_norms[first_other + j] - np.float32(2) * product[start + j]
            squares[at + j] = square if square > 0 else np.float32(0)
