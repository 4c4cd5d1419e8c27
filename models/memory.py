"""Freed memory goes back to the system: a server's own memory is what it holds, not what it held.

glibc keeps freed arrays for later, in a heap for each thread, and Arrow in one of its own; with
arrays of megabytes that come and go in many threads this is several times what is in use.
"""

import ctypes

import pyarrow as pa

# malloc.h of glibc
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_LARGE_BYTES = 2**19  # from here on an array is mapped by itself, and given back when it is freed
_N_HEAPS = 2


def give_back_freed() -> bool:
    """Set this process up so, best before it holds anything; whether it could be."""
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another system's library: it does as it does
        return False
    wanted = {
        _M_MMAP_THRESHOLD: _LARGE_BYTES,
        _M_TRIM_THRESHOLD: _LARGE_BYTES,
        _M_ARENA_MAX: _N_HEAPS,
    }
    return all(mallopt(option, value) == 1 for option, value in wanted.items())
