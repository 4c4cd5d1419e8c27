"""The server of a benchmark: app.py in a process of its own, its memory and how busy it is."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
START_S, STOP_S, CALM_S = 300.0, 10.0, 900.0  # longest waits
CALM = 0.1  # cores in use below which a server has done what it does behind the page
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A page that is served, and by which process."""

    address: str
    pid: int

    def uss_bytes(self) -> int:
        """Memory that would be free if the process ended: its private pages (Linux)."""
        return private_bytes(Path(f"/proc/{self.pid}/smaps_rollup").read_text())

    def cpu_seconds(self) -> float:
        """Time of all cores that the process has used."""
        return cpu_seconds(Path(f"/proc/{self.pid}/stat").read_text())

    def wait_until_calm(self, limit_s: float = CALM_S) -> bool:
        """Wait until what is prepared behind the page is done; whether it was within the limit."""
        end, used = time.monotonic() + limit_s, self.cpu_seconds()
        while time.monotonic() < end:
            time.sleep(1.0)
            before, used = used, self.cpu_seconds()
            if used - before < CALM:
                return True
        return False


@contextmanager
def served(collection: Path, folder: Path) -> Iterator[Server]:
    """Serve a collection on loopback; what the server keeps goes into `folder`."""
    port = free_port()
    command = [sys.executable, "app.py", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--collection", str(collection), "--cache", "memory", "--kept", str(folder)]
    log = folder / f"server-{collection.name}.log"
    with open(log, "w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_up(f"{address}/health", process, log)
            yield Server(address, process.pid)
        finally:
            _end(process)


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def private_bytes(rollup: str) -> int:
    """Private pages in the text of a process's smaps_rollup."""
    kilobytes = dict(line.split()[:2] for line in rollup.splitlines()[1:])
    return 1024 * (int(kilobytes["Private_Clean:"]) + int(kilobytes["Private_Dirty:"]))


def cpu_seconds(stat: str) -> float:
    """User and system time in the text of a process's stat, whatever its name has in it."""
    after_name = stat.rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS


def _wait_until_up(address: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended at once:\n{log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"The server did not answer within {START_S:.0f} s.")


def _end(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
