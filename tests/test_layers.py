"""The architecture as a test: imports point down only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PAGE = {"dash", "dash_ag_grid", "dash_mantine_components", "plotly", "flask", "flask_caching"}
# folder -> the project folders and watched libraries that it may import
MAY_IMPORT = {
    "models/space": {"models"},
    "models/encoders": {"models", "torch"},
    "data": {"data", "models"},
    "dashboard": {"dashboard", "data", "models", *PAGE},
}
WATCHED = {"app", "benchmarks", "tests", "torch"}.union(*MAY_IMPORT.values())


def imported(path):
    """Names of the modules that a file imports, in full."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module


def files(folder):
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found
    return found


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_imports_point_downward(folder):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files(folder)
        for name in imported(path)
        if name.split(".")[0] in WATCHED - MAY_IMPORT[folder]
    ]
    assert not wrong


def test_the_geometry_knows_nothing_of_encoders():
    for path in files("models/space"):
        assert not any(name.startswith("models.encoders") for name in imported(path)), path


def test_only_the_build_and_an_upload_reach_the_encoders():
    reaching = {
        path.relative_to(ROOT).as_posix()
        for folder in ("data", "dashboard")
        for path in files(folder)
        if any(name.startswith("models.encoders") for name in imported(path))
    }
    assert reaching <= {"data/build.py", "data/encode.py", "data/uploaded.py"}


def test_figures_know_nothing_of_dash():
    assert not any(name.split(".")[0] == "dash" for name in imported(ROOT / "dashboard/figures.py"))


def test_panels_do_not_import_each_other():
    shared = {f"dashboard.panels.{name}" for name in ("parts", "first_shown", "checkpoints")}
    # These are controls that stand in another panel: the map's bar, and the header.
    shared |= {f"dashboard.panels.{name}" for name in ("selecting", "links", "tour", "compare")}
    for path in files("dashboard/panels"):
        others = {name for name in imported(path) if name.startswith("dashboard.panels.")}
        own = "dashboard.panels." + path.stem.split("_")[0]  # a panel's parts carry its name
        others = {name for name in others if name != own and not name.startswith(own + "_")}
        if path.name != "__init__.py":
            assert others <= shared, path


def test_only_settings_read_the_environment():
    for folder in ("dashboard", "data", "models"):
        for path in files(folder):
            if path.name != "settings.py":
                assert "os.environ" not in path.read_text(), path


def test_the_page_starts_without_torch():
    code = "import sys, app; sys.exit(any(n in sys.modules for n in ('torch', 'umap', 'astropy')))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_nothing_is_pickled():
    for folder in ("dashboard", "data", "models"):
        for path in files(folder):
            assert not {"pickle", "joblib", "dill", "shelve"} & set(imported(path)), path
            assert "allow_pickle=True" not in path.read_text(), path
            assert "shell=True" not in path.read_text(), path
