"""Where a benchmark ran: a time without it says nothing."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

CPU_FILE = Path("/proc/cpuinfo")
BUSY = 0.5  # load per core from which others are at work


def describe_machine() -> dict:
    """Processor, cores that may be used, and how busy it was when asked."""
    return {
        "cpu": cpu_model(),
        "cores": n_cores(),
        "load": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def cpu_model() -> str:
    """Name that the processor gives itself."""
    if CPU_FILE.exists():
        for line in CPU_FILE.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def n_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def is_busy() -> bool:
    """Whether others are at work, so that times are upper bounds and ratios uncertain."""
    return os.getloadavg()[0] > BUSY * n_cores()


def versions(packages: tuple[str, ...]) -> dict[str, str | None]:
    """Version of each package, None where it is not installed."""
    found: dict[str, str | None] = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found
