"""A contest: rounds in which every entrant has its turn, each time in a fresh process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import Progress

from benchmarks.entrants import OURS, Entrant
from benchmarks.measure import number, spread, table
from benchmarks.terms import Terms
from benchmarks.turn import EntrantFailedError, Turn, scratch, turn

Reading = Callable[[Turn], float]
"""Makes one number of what an entrant printed."""

Limits = Mapping[str, Callable[[Path], float]]
"""What the machine can do, by name; measured in an empty directory."""


@dataclass(slots=True)
class Standings:
    """The figure of each entrant and limit, round by round, and why some have none."""

    figures: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    missing: dict[str, str] = field(default_factory=dict[str, str])

    def note(self, name: str, figure: float) -> None:
        """Keep the figure of one round."""
        self.figures.setdefault(name, []).append(figure)

    def drop(self, name: str, reason: str) -> None:
        """Keep no figure of an entrant."""
        self.figures.pop(name, None)
        self.missing[name] = reason

    def median(self, name: str) -> float:
        """The median of the rounds."""
        return median(self.figures[name])

    def ratio(self, name: str, *, lower_is_better: bool = False) -> float:
        """How many times better ours is than `name`."""
        ours, other = self.median(OURS.name), self.median(name)
        return other / ours if lower_is_better else ours / other

    def best_peer(self, terms: Terms, *, lower_is_better: bool = False) -> str | None:
        """The peer that comes closest to ours or is ahead of it."""
        present = [peer.name for peer in terms.peers if peer.name in self.figures]
        best = min if lower_is_better else max
        return best(present, key=self.median) if present else None


def compete(
    terms: Terms,
    arguments: Sequence[str],
    read: Reading,
    *,
    ours: Sequence[Entrant] = (OURS,),
    limits: Limits | None = None,
) -> Standings:
    """Hold all rounds of one figure, which `arguments` name.

    A peer that fails once is out, and the reason is kept.

    Raises:
        SystemExit: one of ours failed, so that there is nothing to compare.
    """
    standings = Standings()
    entrants = [*ours, *terms.peers]
    measures = limits or {}
    with progress(terms.rounds * (len(entrants) + len(measures))) as begin:
        for _ in range(terms.rounds):
            for entrant in entrants:
                begin(entrant.name)
                _take_turn(standings, entrant, arguments, read)
            for name, measure in measures.items():
                begin(name)
                with scratch() as directory:
                    standings.note(name, measure(directory))
    return standings


def standings_table(
    standings: Standings,
    entrants: Sequence[Entrant],
    limits: Limits,
    unit: str,
    *,
    lower_is_better: bool = False,
) -> str:
    """The medians of everybody, and how many times better ours is."""

    def line(name: str, remark: str) -> list[str]:
        if name in standings.missing:
            return [name, "-", "-", "-", standings.missing[name]]
        figures = standings.figures[name]
        ratio = standings.ratio(name, lower_is_better=lower_is_better)
        return [name, number(standings.median(name)), spread(figures), f"{ratio:.2f}", remark]

    rows = [line(entrant.name, entrant.durability) for entrant in entrants]
    rows += [line(name, "limit of the machine") for name in limits]
    return table(["", f"median {unit}", "rounds", "ours is x times", ""], rows)


@contextmanager
def progress(steps: int) -> Generator[Callable[[str], None]]:
    """Shows on a terminal how far a long run has come; give it the name of each step begun."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as shown:
        bar = shown.add_task("", total=steps)
        begun = 0

        def begin(name: str) -> None:
            nonlocal begun
            shown.update(bar, description=name, completed=begun)
            begun += 1

        yield begin


def _take_turn(
    standings: Standings, entrant: Entrant, arguments: Sequence[str], read: Reading
) -> None:
    if entrant.name in standings.missing:
        return
    try:
        with turn(entrant, *arguments) as taken:
            standings.note(entrant.name, read(taken))
    except EntrantFailedError as reason:
        if not entrant.peer:
            sys.exit(f"{reason.log}\n{entrant.name} {reason}")
        standings.drop(entrant.name, str(reason))
