"""BLAS on the thread that calls it, where its own threads would wait for each other.

Threads of BLAS wait busily: on cores that others use too, the many small products of a fit take ten
times and more as long with them than without.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import OpenBLASController, ThreadpoolController

_lock = threading.Lock()
_holders = 0
_limits = None


@contextmanager
def blas_on_one_thread() -> Iterator[None]:
    """Keep the BLAS of numpy and scipy to the thread that calls it, in the whole process.

    Several may ask for it at once: the first sets the limit, and the last takes it back.
    """
    global _holders, _limits
    with _lock:
        if not _holders:
            _take_control()
            # Their limit is one for the process; a limit by OpenMP would be this thread's own.
            _limits = ThreadpoolController().select(threading_layer="pthreads").limit(limits=1)
        _holders += 1
    try:
        yield
    finally:
        with _lock:
            _holders -= 1
            if not _holders:
                _take_control()
                _limits.restore_original_limits()


def _take_control() -> None:
    """Let this thread set limits: threadpoolctl heeds but one thread while that is alive."""
    OpenBLASController.clear_controlling_thread(force=True)
