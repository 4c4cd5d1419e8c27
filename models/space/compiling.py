"""How numba compiles the kernels, and where it keeps them: set before there are any.

Kernels may be entered by several threads at once. numba's default layer aborts the process
then, so OpenMP is chosen here. (OpenMP in turn forbids to fork a process that has counted
already; start processes first, or spawn them.)

numba keeps a compiled function until its own file changes, and does not see that another file
did, from which it took functions in. So what is kept is kept by the sources of all of them:
after an update no kernel of the version before is used.
"""

from hashlib import sha256
from pathlib import Path

import numba

_FOLDER = Path(__file__).parent


def set_up() -> None:
    """Choose the layer of the threads, and the folder of the compiled kernels."""
    numba.config.THREADING_LAYER = "omp"
    sources = [source.read_bytes() for source in sorted(_FOLDER.glob("*.py"))]
    digest = sha256(b"".join(source for source in sources if b"numba" in source))
    folder = Path(numba.config.CACHE_DIR or _FOLDER / "__pycache__")
    numba.config.CACHE_DIR = str(folder / f"kernels-{digest.hexdigest()[:12]}")
