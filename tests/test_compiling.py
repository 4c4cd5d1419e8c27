"""Compiled kernels: shared by threads, and never of another version of the sources."""

import subprocess
import sys
from pathlib import Path

import numba

from models.space import compiling

ROOT = Path(__file__).parents[1]


def test_kernels_are_kept_by_all_sources(monkeypatch, tmp_path):
    (tmp_path / "one.py").write_text("import numba")
    monkeypatch.setattr(compiling, "_FOLDER", tmp_path)
    kept = []
    for text in ("b", "c", "b"):
        (tmp_path / "other.py").write_text(f"import numba; {text}")
        (tmp_path / "plain.py").write_text(f"text = {len(kept)}")
        monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "mine"))
        compiling.set_up()
        kept.append(Path(numba.config.CACHE_DIR))
    assert kept[0] == kept[2] != kept[1]
    assert all(folder.parent == tmp_path / "mine" for folder in kept)


def test_the_threading_layer_is_one_that_threads_may_share():
    # In a process of its own: the layer is chosen for good at the first parallel call.
    code = (
        "import numba; from models.space import pairs; pairs.warm();"
        "assert numba.threading_layer() == 'omp', numba.threading_layer()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
