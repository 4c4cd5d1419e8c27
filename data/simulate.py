"""`python -m data.simulate --n 20000 --seed 0 --out survey.h5`: a survey of simulated galaxies.

The file has the layout of Galaxy10_DECals.h5 (images, ans, ra, dec, redshift, pxscale) with
`id`, the attribute `class_names`, and beside them what only a simulation knows: magnitude,
radius_arcsec, axis_ratio, signal_to_noise and anomaly. Same seed, n and size: same pixels, on
any number of processes.

`python -m data.simulate --representations-only 1000000 --out data/collections/big1m` makes a whole
collection of any size within minutes instead: see data/simulated_big.py.
"""

import argparse
import errno
import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import h5py
import numpy as np
from tqdm import tqdm

from data.simulated.anomalies import KINDS
from data.simulated.catalog import Survey
from data.simulated.cutout import Cutout, draw
from data.simulated.galaxies import CLASS_NAMES
from data.simulated_big import simulate_collection
from models.errors import BadInput, OutOfSpace, reported
from models.files import write_whole

SIZES_PX = (32, 512)
MOST_GALAXIES = 10_000_000  # the row is part of the 18-digit identifier
STOPS = (signal.SIGINT, signal.SIGTERM)
_asked_to_stop: list[int] = []  # status to exit with, once a signal has asked for it
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
    with write_whole(path) as temporary:
        with h5py.File(temporary, "w") as file:
            _lay_out(file, survey)
        _reserve(temporary, path)
        with h5py.File(temporary, "r+") as file, _drawn(survey, n_processes) as cutouts:
            _fill(file, tqdm(cutouts, total=n, desc="galaxies", unit=""))


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
            f"The survey needs {needed / 1e6:,.0f} MB and {path.parent} has {free / 1e6:,.0f} MB "
            "free; free some space, or ask for fewer or smaller cutouts."
        )


@contextmanager
def _drawn(survey: Survey, n_processes: int | None) -> Iterator[Iterable[Cutout]]:
    """The survey's galaxies in the order of their rows, drawn by several processes."""
    n_processes = min(n_processes or os.cpu_count() or 1, -(-survey.n // 16))
    if n_processes == 1:
        yield map(partial(draw, survey), range(survey.n))
        return
    # Spawned, not forked: the same on every system, and safe beside threads. Not a
    # multiprocessing.Pool, which may wait for itself for ever when it is ended early.
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(n_processes, mp_context=context)
    try:
        with _stops_held():
            cutouts = executor.map(partial(draw, survey), range(survey.n), chunksize=16)
        yield cutouts
    finally:
        executor.shutdown(cancel_futures=True)


@contextmanager
def _stops_held() -> Iterator[None]:
    """Let a signal to stop wait until every process is begun.

    Processes begun meanwhile never see Ctrl-C: the parent answers it, by ending the pool.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are not for this thread
        return
    held: list[int] = []
    before = {stop: signal.signal(stop, lambda number, _: held.append(number)) for stop in STOPS}
    # What is blocked here is blocked in what is started here; handlers are not inherited.
    can_block = hasattr(signal, "pthread_sigmask")  # not on Windows
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if can_block else None
    try:
        yield
    finally:
        if can_block:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for stop, handler in before.items():
            signal.signal(stop, handler)
        if held:
            signal.raise_signal(held[0])


def _lay_out(file: h5py.File, survey: Survey) -> None:
    """Every dataset in its final size, without content."""
    at_once = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    at_once.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    at_once.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    shape = (survey.n, survey.size, survey.size, 3)
    chunks = (min(CHUNK_ROWS, survey.n), *shape[1:])
    file.create_dataset("images", shape, np.uint8, chunks=chunks, dcpl=at_once)
    for name, (dtype, _) in _COLUMNS.items():
        file.create_dataset(name, data=np.zeros(survey.n, dtype))
    file.attrs["class_names"] = list(CLASS_NAMES)
    file.attrs["seed"] = survey.seed


def _reserve(temporary: Path, path: Path) -> None:
    """Take the disk space now: HDF5 reports a disk that fills up late, or crashes on it."""
    if not hasattr(os, "posix_fallocate"):  # macOS, Windows
        return
    with open(temporary, "rb+") as file:
        try:
            os.posix_fallocate(file.fileno(), 0, temporary.stat().st_size)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                return  # a file system that cannot reserve
            raise OutOfSpace(f"The disk is too full for {path}; free some space.") from error


def _fill(file: h5py.File, cutouts: Iterable[Cutout]) -> None:
    """Pictures as they come, the columns at the end."""
    columns = {name: file[name][:] for name in _COLUMNS}
    for cutout in cutouts:
        _leave_if_asked()
        file["images"][cutout.facts.row] = cutout.pixels
        for name, (_, value) in _COLUMNS.items():
            columns[name][cutout.facts.row] = value(cutout)
    for name, column in columns.items():
        file[name][:] = column


def _leave_if_asked() -> None:
    """End the program where a signal has asked for it."""
    if _asked_to_stop:
        print("\nstopped", file=sys.stderr)
        sys.exit(_asked_to_stop[0])


def simulate_big(n: int, folder: Path, *, seed: int = 0, overwrite: bool = False) -> None:
    """Make the collection `folder` of `n` galaxies, with a bar that tells how far it is."""
    pace = 0.2 if sys.stderr.isatty() else 30.0  # a log file wants few lines
    shape = "{desc:<24}{percentage:3.0f}% |{bar:30}| {elapsed}"
    with tqdm(total=1.0, desc="making", bar_format=shape, mininterval=pace) as bar:

        def tell(what: str, share: float) -> None:
            _leave_if_asked()
            bar.set_description_str(what, refresh=False)
            bar.update(share - bar.n)

        simulate_collection(n, folder, seed=seed, overwrite=overwrite, tell=tell)
        bar.update(1 - bar.n)
    print(f"made {folder}: {n:,} galaxies\nlook at it: python app.py --collection {folder}")


def _stop(number: int, _: object) -> None:
    """Note Ctrl-C or a polite kill: the next galaxy answers it, and leaves nothing behind.

    An exception from here would be ignored where the signal meets Python at tidying up, and may
    leave a lock of the pool held where it meets Python inside of it.
    """
    _asked_to_stop.append(128 + number)


def main(arguments: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m data.simulate", description=__doc__)
    parser.add_argument("--n", type=int, default=20_000, help="galaxies (%(default)s)")
    parser.add_argument(
        "--representations-only",
        type=int,
        metavar="N",
        help="make a whole collection of N galaxies instead, without training or pictures on disk",
    )
    parser.add_argument("--seed", type=int, default=0, help="another seed, other galaxies")
    parser.add_argument(
        "--out", type=Path, required=True, help="HDF5 file, or collection, to write"
    )
    parser.add_argument("--size", type=int, default=128, help="pixels across (%(default)s)")
    parser.add_argument("--processes", type=int, default=None, help="(all cores)")
    parser.add_argument("--overwrite", action="store_true", help="replace the collection at --out")
    given = parser.parse_args(arguments)
    with reported(stopped="stopped"):
        if given.representations_only is not None:
            n, overwrite = given.representations_only, given.overwrite
            simulate_big(n, given.out, seed=given.seed, overwrite=overwrite)
            return
        simulate(given.n, given.out, seed=given.seed, size=given.size, n_processes=given.processes)


if __name__ == "__main__":
    for stop in STOPS:
        signal.signal(stop, _stop)
    main()
