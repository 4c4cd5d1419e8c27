"""`python -m data.simulate --n 20000 --seed 0 --out survey.h5`: a survey of simulated galaxies.

The file has the layout of Galaxy10_DECals.h5 (images, ans, ra, dec, redshift, pxscale) with
`id`, the attribute `class_names`, and beside them what only a simulation knows: magnitude,
radius_arcsec, axis_ratio, signal_to_noise and anomaly. Same seed, n and size: same pixels, on
any number of processes.
"""

import argparse
import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import h5py
import numpy as np
from tqdm import tqdm

from data.simulated_anomalies import KINDS
from data.simulated_catalog import Survey
from data.simulated_cutout import Cutout, draw
from data.simulated_galaxies import CLASS_NAMES
from models.errors import BadInput, OutOfSpace, reported
from models.files import write_whole

SIZES_PX = (32, 512)
MOST_GALAXIES = 10_000_000  # the row is part of the 18-digit identifier
CHUNK_ROWS = 4  # a few rows, so that reading one galaxy reads little

# Dataset: type, and where it is in a Cutout.
_COLUMNS = {
    "ans": (np.uint8, lambda cutout: cutout.facts.label),
    "ra": (np.float64, lambda cutout: cutout.facts.ra),
    "dec": (np.float64, lambda cutout: cutout.facts.dec),
    "redshift": (np.float64, lambda cutout: cutout.facts.redshift),
    "pxscale": (np.float64, lambda cutout: cutout.pxscale),
    "id": ("S18", lambda cutout: cutout.facts.object_id),
    "magnitude": (np.float64, lambda cutout: cutout.facts.magnitude),
    "radius_arcsec": (np.float64, lambda cutout: cutout.radius_arcsec),
    "axis_ratio": (np.float64, lambda cutout: cutout.axis_ratio),
    "signal_to_noise": (np.float64, lambda cutout: cutout.signal_to_noise),
    "anomaly": (f"S{max(map(len, KINDS))}", lambda cutout: cutout.facts.anomaly),
}


def simulate(
    n: int, path: Path, *, seed: int = 0, size: int = 128, n_processes: int | None = None
) -> None:
    """Draw a survey of `n` galaxies and write it to `path`, whole or not at all."""
    _check(n, path, seed, size)
    if n_processes is not None and n_processes < 1:
        raise BadInput(f"--processes is {n_processes}; it must be 1 or more.")
    survey = Survey(n, seed, size)
    with write_whole(path) as temporary, _drawn(survey, n_processes) as cutouts:
        try:
            with h5py.File(temporary, "w") as file:
                _write(file, survey, tqdm(cutouts, total=n, desc="galaxies", unit=""))
        except (OSError, RuntimeError) as error:
            # HDF5 names the full disk in its text only.
            if "No space left" in str(error):
                raise OutOfSpace(f"The disk is full while writing {path}; free some.") from error
            raise


def _check(n: int, path: Path, seed: int, size: int) -> None:
    """Refuse what cannot be drawn or written before any time is spent."""
    if not 1 <= n <= MOST_GALAXIES:
        raise BadInput(f"--n is {n}; a survey has between 1 and {MOST_GALAXIES:,} galaxies.")
    if seed < 0:
        raise BadInput(f"--seed is {seed}; it must be 0 or more.")
    if not SIZES_PX[0] <= size <= SIZES_PX[1]:
        raise BadInput(f"--size is {size}; cutouts are {SIZES_PX[0]} to {SIZES_PX[1]} pixels wide.")
    if path.is_dir():
        raise BadInput(f"--out {path} is a folder; name the file to write.")
    if not path.parent.is_dir():
        raise BadInput(f"The folder {path.parent} does not exist; make it first.")
    if not os.access(path.parent, os.W_OK):
        raise BadInput(f"The folder {path.parent} is not writable; choose another for --out.")
    needed, free = n * size * size * 3, shutil.disk_usage(path.parent).free
    if needed > free:
        raise BadInput(
            f"The survey needs {needed / 1e9:.1f} GB and {path.parent} has {free / 1e9:.1f} GB "
            "free; free some space, or ask for fewer or smaller cutouts."
        )


@contextmanager
def _drawn(survey: Survey, n_processes: int | None) -> Iterator[Iterable[Cutout]]:
    """The survey's galaxies in the order of their rows, drawn by several processes."""
    n_processes = min(n_processes or os.cpu_count() or 1, -(-survey.n // 16))
    if n_processes == 1:
        yield map(partial(draw, survey), range(survey.n))
        return
    # Spawned, not forked: the same on every system, and safe beside threads.
    with multiprocessing.get_context("spawn").Pool(n_processes, _ignore_interrupt) as pool:
        yield pool.imap(partial(draw, survey), range(survey.n), chunksize=16)


def _ignore_interrupt() -> None:
    """Leave Ctrl-C to the parent, which ends the pool."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write(file: h5py.File, survey: Survey, cutouts: Iterable[Cutout]) -> None:
    """Fill an open file; pictures as they come, the columns at the end."""
    shape = (survey.n, survey.size, survey.size, 3)
    chunks = (min(CHUNK_ROWS, survey.n), *shape[1:])
    images = file.create_dataset("images", shape, np.uint8, chunks=chunks)
    columns = {name: np.empty(survey.n, dtype) for name, (dtype, _) in _COLUMNS.items()}
    for cutout in cutouts:
        images[cutout.facts.row] = cutout.pixels
        for name, (_, value) in _COLUMNS.items():
            columns[name][cutout.facts.row] = value(cutout)
    for name, column in columns.items():
        file.create_dataset(name, data=column)
    file.attrs["class_names"] = list(CLASS_NAMES)
    file.attrs["seed"] = survey.seed


def main(arguments: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m data.simulate", description=__doc__)
    parser.add_argument("--n", type=int, default=20_000, help="galaxies (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other galaxies")
    parser.add_argument("--out", type=Path, required=True, help="HDF5 file to write")
    parser.add_argument("--size", type=int, default=128, help="pixels across (%(default)s)")
    parser.add_argument("--processes", type=int, default=None, help="(all cores)")
    given = parser.parse_args(arguments)
    with reported():
        simulate(given.n, given.out, seed=given.seed, size=given.size, n_processes=given.processes)


if __name__ == "__main__":
    # A polite kill leaves nothing behind, as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
