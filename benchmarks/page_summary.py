"""What the times of a page come to: medians and percentiles, and the targets they are held to."""

from dataclasses import asdict, dataclass

import numpy as np

SMALL, LARGE, LARGEST = 300_000, 1_000_000, 10_000_000
CURVE_MS, ACTION_MS, LARGEST_MS = 300.0, 150.0, 400.0
GROWTH, SPEEDUP, USS = 1.3, 20.0, 1e9
LASSO = "lasso to curve"


@dataclass(frozen=True)
class Target:
    """Something that was wanted, and what was measured."""

    name: str
    wanted: str
    measured: str
    is_reached: bool

    @property
    def line(self) -> str:
        """One line for the terminal."""
        verdict = "reached" if self.is_reached else "MISSED"
        return f"{self.name:58s} {self.wanted:>12s} {self.measured:>12s}  {verdict}"

    def to_dict(self) -> dict:
        """Every field, for JSON."""
        return asdict(self)


def summarized(rows: list[dict]) -> dict[str, dict[str, float]]:
    """Median, 95th percentile and number of every quantity of the repeats of one action."""
    names = dict.fromkeys(name for row in rows for name in row)
    found = {}
    for name in names:
        values = np.array([row[name] for row in rows if name in row], float)
        p50, p95 = np.percentile(values, [50, 95])
        found[name] = {"p50": float(p50), "p95": float(p95), "n": len(values)}
    return found


def targets_of(sizes: dict[int, dict], plain: dict[int, dict]) -> list[Target]:
    """The targets that these measurements can tell of.

    sizes : number of galaxies -> what `benchmarks.page` measured of our page
    plain : number of galaxies -> what it measured of the plain page
    """
    found = []
    if LARGE in sizes:
        found += _server_targets(sizes[LARGE], LARGE, ACTION_MS, CURVE_MS)
    if LARGEST in sizes:
        found += _server_targets(sizes[LARGEST], LARGEST, LARGEST_MS, LARGEST_MS)
    if LARGE in sizes and SMALL in sizes:
        found += _growth_targets(sizes[SMALL], sizes[LARGE])
    if LARGE in sizes and SMALL in plain:
        ours = sizes[LARGE]["actions"][LASSO]["release_ms"]["p50"]
        ratio = float(np.median(plain[SMALL]["release_ms"])) / ours
        name = f"lasso release at {LARGE:,} against a plain page at {SMALL:,}"
        found.append(Target(name, f">= {SPEEDUP:g}x", f"{ratio:.0f}x", ratio >= SPEEDUP))
    if LARGE in sizes:
        uss = sizes[LARGE]["server_uss_bytes"]
        name = f"private memory of the server at {LARGE:,}"
        found.append(Target(name, f"< {USS / 1e9:g} GB", f"{uss / 1e9:.2f} GB", uss < USS))
    return found


def _server_targets(size: dict, n: int, action_ms: float, curve_ms: float) -> list[Target]:
    found = []
    for name, measured in size["actions"].items():
        if "server_ms" not in measured:
            continue
        limit, p95 = curve_ms if name == LASSO else action_ms, measured["server_ms"]["p95"]
        title = f"{name} at {n:,}: server, 95th percentile"
        found.append(Target(title, f"< {limit:g} ms", f"{p95:.0f} ms", p95 < limit))
    return found


def _growth_targets(small: dict, large: dict) -> list[Target]:
    """Bytes of every action and the browser's heap, large against small."""
    pairs = {"browser heap": (small["heap_bytes"], large["heap_bytes"])}
    for name in small["actions"]:
        of = (size["actions"][name]["bytes"]["p50"] for size in (small, large))
        pairs[f"bytes of {name}"] = tuple(of)
    found = []
    for name, (before, after) in pairs.items():
        ratio = after / before if before else (1.0 if not after else float("inf"))
        title = f"{name}, {LARGE:,} against {SMALL:,}"
        found.append(Target(title, f"<= {GROWTH:g}x", f"{ratio:.2f}x", ratio <= GROWTH))
    return found


COLUMNS = ("galaxies", "action", "client p50", "p95", "server p50", "p95", "kB down", "also")


def as_table(sizes: dict[int, dict]) -> str:
    """Times in milliseconds as a Markdown table, one line for each action at each size."""
    lines = [COLUMNS]
    for n, size in sizes.items():
        for name, measured in size["actions"].items():
            lines.append((f"{n:,}", name, *_cells(measured)))
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    cells = [[c.ljust(w) for c, w in zip(line, widths, strict=True)] for line in lines]
    cells.insert(1, ["-" * width for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _cells(measured: dict[str, dict[str, float]]) -> tuple[str, ...]:
    known = ("client_ms", "server_ms", "bytes")
    also = [
        f"{name.removesuffix('_ms')} {of['p50']:.0f}"
        for name, of in measured.items()
        if name not in known
    ]
    times = [f"{measured[n][p]:.0f}" for n in ("client_ms", "server_ms") for p in ("p50", "p95")]
    return (*times, f"{measured['bytes']['p50'] / 1e3:.0f}", ", ".join(also))
