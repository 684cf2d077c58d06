"""What an act has come to."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.table import Table

from faults.verdict import Verdict


@dataclass
class Score:
    """Counts of one act. Everything behind `refused` has to be 0.

    `unclear` are answers that are neither an id nor a clear refusal, and ends that nothing
    explains.
    """

    act: str
    injected: int = 0
    accepted: int = 0
    refused: int = 0
    lost: int = 0
    doubled: int = 0
    left_over: int = 0
    broken: int = 0
    unclear: int = 0
    seconds: float = 0.0
    told: list[str] = field(default_factory=list[str])

    def judge(self, verdict: Verdict) -> None:
        """Take in what was found afterwards."""
        self.lost += len(verdict.lost)
        self.doubled += len(verdict.doubled)
        self.left_over += len(verdict.left)
        self.broken += len(verdict.broken)
        self.told += verdict.wrong

    def complain(self, sentence: str) -> None:
        """Note something unclear."""
        self.unclear += 1
        self.told.append(sentence)

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.left_over or self.broken or self.unclear)


_COLUMNS = (
    "injected",
    "accepted",
    "refused",
    "lost",
    "doubled",
    "left_over",
    "broken",
    "unclear",
)


def table_of(scores: list[Score]) -> Table:
    """The table that is printed at the end."""
    table = Table("act", *(column.replace("_", " ") for column in _COLUMNS), "seconds")
    for column in table.columns[1:]:
        column.justify = "right"
    for score in scores:
        counts = (str(getattr(score, column)) for column in _COLUMNS)
        table.add_row(score.act, *counts, f"{score.seconds:.0f}")
    return table


def figures(scores: list[Score]) -> dict[str, object]:
    """The same for a program."""
    totals: dict[str, object] = {
        column: sum(getattr(score, column) for score in scores) for column in _COLUMNS
    }
    return {**totals, "seconds": round(sum(score.seconds for score in scores), 1)}
