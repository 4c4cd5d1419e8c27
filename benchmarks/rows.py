"""One line of the benchmark: ours against something else, as a ratio of times."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """Ours and another's time for the same result.

    case : number of points, dimension and range
    against : what is compared with
    seconds, our_seconds : medians over the rounds; `seconds` is scaled up from what `timed` says
    threads, our_threads : used by each
    timed : the part of the work that was timed, and how that was scaled
    pairs : compared one by one in the bins; 0 where there is no count to compare
    n_elsewhere : sum over the bins of the differences of the counts
    difference : what explains a difference
    target : wanted of `value`; None where nothing was
    is_limit : the target bounds our time in units of the other's, not the other's in ours
    is_judged : false for sizes that say nothing about the target
    """

    case: str
    against: str
    seconds: float
    our_seconds: float
    threads: int
    our_threads: int
    timed: str = "all"
    pairs: int = 0
    n_elsewhere: int = 0
    difference: str = ""
    target: float | None = None
    is_limit: bool = False
    is_judged: bool = True

    @property
    def value(self) -> float:
        """The other's time in units of ours, or ours in the other's for a limit."""
        if self.is_limit:
            return self.our_seconds / self.seconds
        return self.seconds / self.our_seconds

    @property
    def value_per_core(self) -> float:
        """The same of times multiplied by the threads that each used."""
        threads = self.threads / self.our_threads
        return self.value / threads if self.is_limit else self.value * threads

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None where there is none, or it is not judged."""
        if self.target is None or not self.is_judged:
            return None
        return self.value <= self.target if self.is_limit else self.value >= self.target

    def to_dict(self) -> dict:
        """Every field, and what follows from them, for JSON."""
        names = ("value", "value_per_core", "is_met")
        return asdict(self) | {name: getattr(self, name) for name in names}


COLUMNS = (
    "case",
    "against",
    "its time / s",
    "threads",
    "ours / s",
    "threads",
    "ratio",
    "per core",
    "target",
    "met",
    "counts",
    "timed",
)


def as_table(rows: list[Row]) -> str:
    """Rows as a Markdown table with even columns."""
    lines = [COLUMNS, *(_cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    cells = [[c.ljust(w) for c, w in zip(line, widths, strict=True)] for line in lines]
    cells.insert(1, ["-" * width for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _cells(row: Row) -> tuple[str, ...]:
    verdict = {True: "yes", False: "NO", None: "" if row.target is None else "not judged"}
    sign = "<=" if row.is_limit else ">="
    return (
        row.case,
        row.against,
        f"{row.seconds:.3g}",
        str(row.threads),
        f"{row.our_seconds:.3g}",
        str(row.our_threads),
        f"{row.value:.3g}x",
        f"{row.value_per_core:.3g}x",
        "" if row.target is None else f"{sign} {row.target:g}x",
        verdict[row.is_met],
        _counts(row),
        row.timed,
    )


def _counts(row: Row) -> str:
    if not row.pairs:
        return row.difference
    if not row.n_elsewhere:
        return f"equal ({row.pairs:,} pairs)"
    share = row.n_elsewhere / row.pairs
    return f"{row.n_elsewhere:,} elsewhere of {row.pairs:,} ({share:.1e}; {row.difference})"
