"""Download Galaxy10 DECaLS: `python -m data.galaxy10 --out FOLDER`.

17,736 images of 256 x 256 pixels in ten classes, 2.54 GB, from its Zenodo record. A download that
was interrupted goes on where it stopped, and the file takes its name when its checksum is right.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import requests
from tqdm import tqdm

from models.errors import BadInput, reported
from models.files import sha256

# Leung & Bovy 2021, https://zenodo.org/records/10845026. The checksum is the one that astroNN
# documents for the file (docs/source/galaxy10.rst) and compares after its own download
# (astroNN/datasets/galaxy10.py).
FILE = "Galaxy10_DECals.h5"
URL = f"https://zenodo.org/records/10845026/files/{FILE}"
SHA256 = "19aefc477c41bb7f77ff07599a6b82a038dc042f889a111b0d4d98bb755c1571"

TIMEOUT_S = 60  # without a byte
BLOCK_BYTES = 1 << 16  # what a broken connection may lose


def download(folder: Path, *, url: str = URL, checksum: str = SHA256) -> Path:
    """Download the file into `folder`, or find it there; return its path.

    Raises BadInput where the server cannot be reached, does not have the file, or sends another.
    """
    path = folder / FILE
    if path.exists() and sha256(path) == checksum.lower():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    # Not hidden, and the same on every attempt: this is what the next one goes on from.
    partial = folder / f"{FILE}.part"
    try:
        _fetch(url, partial)
    except requests.RequestException as error:
        raise BadInput(
            f"{url} cannot be downloaded ({_reason(error)}); what has arrived is kept, give the "
            "same command to go on."
        ) from None
    found = sha256(partial)
    if found != checksum.lower():
        partial.unlink()
        raise BadInput(
            f"The file from {url} has checksum {found[:12]}... where {checksum.lower()[:12]}... "
            "is published; it was removed, download it again or give --sha256."
        )
    partial.replace(path)
    return path


def _fetch(url: str, partial: Path) -> None:
    """Append to `partial` what it lacks of the file at `url`."""
    n_there = partial.stat().st_size if partial.exists() else 0
    # Compressed on the way, a file has no byte ranges of its own.
    headers = {"Accept-Encoding": "identity"}
    if n_there:
        headers["Range"] = f"bytes={n_there}-"
    with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as reply:
        if reply.status_code == requests.codes.requested_range_not_satisfiable:
            return  # all of it is there; the checksum tells whether it is the right one
        reply.raise_for_status()
        is_resumed = _resumes_at(reply, n_there)
        n_before = n_there if is_resumed else 0
        n_left = int(reply.headers.get("Content-Length", 0))
        with (
            open(partial, "ab" if is_resumed else "wb") as file,
            tqdm(
                total=n_before + n_left or None,
                initial=n_before,
                unit="B",
                unit_scale=True,
                desc=FILE,
            ) as bar,
        ):
            for block in reply.iter_content(BLOCK_BYTES):
                file.write(block)
                bar.update(len(block))


def _resumes_at(reply: requests.Response, n_there: int) -> bool:
    """Whether the reply is the rest of the file; a server may send all of it again."""
    sent = reply.headers.get("Content-Range", "")
    is_partial = reply.status_code == requests.codes.partial_content
    return is_partial and sent.startswith(f"bytes {n_there}-")


def _reason(error: requests.RequestException) -> str:
    if error.response is not None:
        return f"the server answers {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout):
        return "the server does not answer"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke"
    if isinstance(error, requests.ConnectionError):
        return "there is no connection"
    return str(error)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m data.galaxy10", description="Download Galaxy10 DECaLS (2.54 GB)."
    )
    parser.add_argument("--out", type=Path, required=True, help="folder that gets the file")
    parser.add_argument("--url", default=URL, help=f"to download from (default: {URL})")
    parser.add_argument("--sha256", default=SHA256, help="of the file that is expected")
    given = parser.parse_args(arguments)
    with reported():
        print(download(given.out, url=given.url, checksum=given.sha256))


if __name__ == "__main__":
    main()
