import json
import shutil
import socket
import subprocess
import sys

import pytest

import app as app_module
from app import check_port, create_app
from dashboard.settings import Settings
from models.errors import BadCollection, BadInput, NotFound
from tests.test_layers import ROOT


def settings_for(folder, **changes):
    known = {"collection": folder.name, "collections": str(folder.parent), "cache": "memory"}
    return Settings(**(known | changes))


def refused(*arguments):
    """What `python app.py` says on its way out."""
    ended = subprocess.run(
        [sys.executable, "app.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_the_page_and_its_assets_are_served(app):
    client = app.server.test_client()
    assert "Morphospace" in client.get("/").text
    for asset in ("assets/page.css", "assets/map.js"):
        with client.get(asset) as reply:
            assert reply.status_code == 200


@pytest.mark.parametrize(
    "address", ["/nothing", "/collections", "/assets/../app.py", "/%2e%2e/app.py"]
)
def test_an_address_that_is_none_is_not_found(app, address):
    assert app.server.test_client().get(address).status_code == 404


def test_nothing_on_the_page_comes_from_elsewhere(app):
    page = app.server.test_client().get("/").text
    assert "http://" not in page and "https://" not in page


def test_two_pages_do_not_share_callbacks(collection_folder):
    first, second = (create_app(settings_for(collection_folder)) for _ in range(2))
    counts = [
        len(page.server.test_client().get("/_dash-dependencies").json) for page in (first, second)
    ]
    assert counts[0] == counts[1] > 5


def test_a_collection_that_does_not_exist_is_named(collection_folder):
    with pytest.raises(NotFound, match="nowhere"):
        create_app(settings_for(collection_folder, collection="nowhere"))


def test_a_newer_collection_is_refused(collection_folder, tmp_path):
    newer = tmp_path / "newer"
    shutil.copytree(collection_folder, newer)
    info = json.loads((newer / "collection.json").read_text())
    (newer / "collection.json").write_text(json.dumps(info | {"format_version": 99}))
    with pytest.raises(BadCollection, match="99"):
        create_app(settings_for(newer))


def test_a_port_in_use_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"Port {port} .* --port"):
            check_port("127.0.0.1", port)


def test_the_command_line_refuses_in_one_sentence(collection_folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused("--port", str(taken.getsockname()[1]))
    assert said.startswith("error: Port")
    assert "nowhere" in refused("--collection", "nowhere")
    assert "many" in refused("--port", "many")


def test_help_names_every_setting():
    ended = subprocess.run(
        [sys.executable, "app.py", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0
    for name in Settings.__dataclass_fields__:
        assert "--" + name.replace("_", "-") in ended.stdout


def test_no_browser_is_opened_without_a_display(monkeypatch):
    opened = []
    monkeypatch.setattr(app_module.webbrowser, "open", opened.append)
    monkeypatch.setattr(app_module.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    app_module.open_browser("http://127.0.0.1:1")
    assert opened == []
    monkeypatch.setenv("DISPLAY", ":0")
    app_module.open_browser("http://127.0.0.1:1")
    assert opened == ["http://127.0.0.1:1"]
