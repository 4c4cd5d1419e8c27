"""One line of the validity benchmark: a number, its error, and between what it should lie."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Claim:
    """A claim put to the test.

    claim, case : what is claimed, and of what
    value, error : what came out, and its 1-sigma error; NaN where there is none
    lowest, highest : wanted limits of `value`, inclusive; None where it is only reported
    n : number of `what` that the value is of
    """

    claim: str
    case: str
    value: float
    error: float
    lowest: float | None = None
    highest: float | None = None
    n: int = 0
    what: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the value is as wanted; None where nothing was."""
        if self.lowest is None and self.highest is None:
            return None
        is_high_enough = self.lowest is None or self.value >= self.lowest
        is_low_enough = self.highest is None or self.value <= self.highest
        return is_high_enough and is_low_enough

    @property
    def wanted(self) -> str:
        """The limits in words."""
        if self.is_met is None:
            return ""
        if self.lowest is None:
            return f"<= {self.highest:g}"
        if self.highest is None:
            return f">= {self.lowest:g}"
        return f"{self.lowest:g} to {self.highest:g}"

    def to_dict(self) -> dict:
        """Every field, and whether it is met, for JSON."""
        return asdict(self) | {"is_met": self.is_met}


COLUMNS = ("claim", "case", "value", "wanted", "met", "of")


def as_table(claims: list[Claim]) -> str:
    """Claims as a Markdown table with even columns."""
    lines = [COLUMNS, *(_cells(claim) for claim in claims)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    padded = [" | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in lines]
    rule = "|".join("-" * (width + 2) for width in widths)
    return "\n".join([f"| {padded[0]} |", f"|{rule}|", *(f"| {line} |" for line in padded[1:])])


def _cells(claim: Claim) -> tuple[str, ...]:
    error = "" if claim.error != claim.error else f" +- {claim.error:.2g}"
    return (
        claim.claim,
        claim.case,
        f"{claim.value:.5g}{error}",
        claim.wanted,
        {True: "yes", False: "NO", None: ""}[claim.is_met],
        f"{claim.n:,} {claim.what}" if claim.n else "",
    )
