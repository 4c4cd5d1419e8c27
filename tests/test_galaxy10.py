import hashlib
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data import galaxy10
from data.galaxy10 import FILE, SHA256, download, main
from models.errors import BadInput

CONTENT = bytes(range(256)) * 4000
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()


@contextmanager
def serving(*, breaks_at=None, knows_ranges=True, status=None, content=CONTENT):
    """A server on loopback; gives its address and the `Range` headers that it was sent."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers.get("Range"))
            if status is not None:
                self.send_error(status)
                return
            wanted = re.fullmatch(r"bytes=(\d+)-", asked[-1] or "")
            start = int(wanted[1]) if wanted and knows_ranges else 0
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            if start:
                end = len(content)
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{end}")
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            self.wfile.write(content[start : breaks_at if len(asked) == 1 else None])

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{FILE}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_file_is_downloaded_whole_and_once(tmp_path):
    with serving() as (url, asked):
        path = download(tmp_path / "new", url=url, checksum=CHECKSUM.upper())
        assert path.read_bytes() == CONTENT and path.name == FILE
        assert download(tmp_path / "new", url=url, checksum=CHECKSUM) == path
    assert asked == [None]
    assert list(path.parent.iterdir()) == [path]


def test_an_interrupted_download_goes_on(tmp_path):
    with serving(breaks_at=300_000) as (url, asked):
        with pytest.raises(BadInput, match="the connection broke.*same command to go on"):
            download(tmp_path, url=url, checksum=CHECKSUM)
        assert not (tmp_path / FILE).exists()
        n_there = (tmp_path / f"{FILE}.part").stat().st_size
        assert 0 < n_there <= 300_000
        assert download(tmp_path, url=url, checksum=CHECKSUM).read_bytes() == CONTENT
    assert asked == [None, f"bytes={n_there}-"]


def test_a_server_without_ranges_sends_all_again(tmp_path):
    (tmp_path / f"{FILE}.part").write_bytes(b"from another file")
    with serving(knows_ranges=False) as (url, _):
        assert download(tmp_path, url=url, checksum=CHECKSUM).read_bytes() == CONTENT


def test_a_complete_part_is_not_downloaded_again(tmp_path):
    (tmp_path / f"{FILE}.part").write_bytes(CONTENT)
    with serving() as (url, _):
        assert download(tmp_path, url=url, checksum=CHECKSUM).read_bytes() == CONTENT


def test_another_file_is_removed_and_said(tmp_path):
    with serving(content=b"an error page") as (url, _):
        with pytest.raises(BadInput, match=f"checksum .* where {CHECKSUM[:12]}.*removed"):
            download(tmp_path, url=url, checksum=CHECKSUM)
    assert list(tmp_path.iterdir()) == []


def test_the_reason_of_a_failure_is_said(tmp_path, capsys):
    with serving(status=404) as (url, _):
        with pytest.raises(BadInput, match=f"{FILE} cannot be downloaded .*404 Not Found"):
            download(tmp_path, url=url)
    # The server is gone, and nothing listens at its address any more.
    with pytest.raises(SystemExit) as ended:
        main(["--out", str(tmp_path), "--url", url])
    assert ended.value.code == 2
    assert "there is no connection" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said(tmp_path, capsys, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device", str(tmp_path / FILE))

    monkeypatch.setattr(galaxy10, "_fetch", full)
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path)])
    assert "The disk is full" in capsys.readouterr().err


def test_the_published_checksum_is_one():
    assert re.fullmatch("[0-9a-f]{64}", SHA256)
