"""P4, P5 and P7: capturing, reading, following and searching step logs."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import logs_capture, logs_followers, logs_ranges, logs_search
from benchmarks.contest import progress
from benchmarks.contract import leave_in_order
from benchmarks.logs_text import MIB, secrets, write_text
from benchmarks.measure import json_line, machine, number, percentile, spread, table
from benchmarks.terms import from_environment
from benchmarks.turn import scratch

_FOLLOWERS = (1, 100, 1000)
_CAPTURED = 256 * MIB
_SEARCHED = 1000 * MIB

Begin = Callable[[str], None]
Figures = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Terms:
    """`size` is that of the large log, in bytes of text; other logs are at most as large. `parts`
    are what is measured."""

    size: int
    rounds: int
    parts: Sequence[str]


def main() -> None:
    """Print the tables and the JSON line."""
    terms = _read_terms()
    figures: Figures = {}
    steps = len(secrets()) * terms.rounds + len(_FOLLOWERS) + 6
    with progress(steps) as begin:
        for name in terms.parts:
            print(_PARTS[name](terms, begin, figures), end="\n\n", flush=True)
    print(json_line("P4 P5 P7", size=terms.size, rounds=terms.rounds, **figures))


def _capture(terms: _Terms, begin: Begin, figures: Figures) -> str:
    ours: dict[str, list[float]] = {}
    bare: dict[str, list[float]] = {}
    peaks: dict[str, float] = {}
    size = min(_CAPTURED, terms.size)
    for name, secret in secrets().items():
        with scratch() as directory:
            text = directory / "text"
            write_text(text, size, secret)
            for _ in range(terms.rounds):
                begin(f"capture, {name}")
                seconds, peak = _turns(text, secret)
                bare.setdefault(name, []).append(size / MIB / seconds[0])
                ours.setdefault(name, []).append(size / MIB / seconds[1])
                peaks[name] = max(peak, peaks.get(name, 0))
    ratios = {name: median(ours[name]) / median(bare[name]) for name in ours}
    figures["ratio_limit"] = round(min(ratios.values()), 3)
    figures["capture_ratios"] = _rounded(ratios)
    figures["capture_mebibytes_per_second"] = _rounded({n: median(v) for n, v in ours.items()})
    figures["capture_memory_mebibytes"] = _rounded(peaks)
    rows = [
        [name, number(median(ours[name])), spread(ours[name]), number(median(bare[name])),
         f"{ratios[name]:.2f}", number(peaks[name])]
        for name in ours
    ]  # fmt: skip
    head = ["", "ours, MiB/s", "rounds", "limit, MiB/s", "ratio", "memory, MiB"]
    title = f"P4  {size // MIB:,} MiB captured of one step; {machine()}"
    return f"{title}\nLimit: {logs_capture.compressor()}\n{table(head, rows)}"


def _turns(text: Path, secret: str) -> tuple[tuple[float, float], float]:
    with scratch() as directory:
        limit = logs_capture.compress(text, directory)
    with scratch() as directory:
        ours = logs_capture.capture(text, secret, directory)
    return (limit, ours["seconds"]), ours["peak_mib"]


def _ranges(terms: _Terms, begin: Begin, figures: Figures) -> str:
    with scratch() as directory:
        taken, mebibytes = logs_ranges.measure(directory, terms.size, begin)
    figures["range_milliseconds"] = _percentiles(taken)
    figures["range_memory_mebibytes"] = round(mebibytes, 1)
    title = f"P5  any {logs_ranges.COUNT} lines of a log of {terms.size // MIB:,} MiB"
    rows = _percentile_rows(taken, "ms")
    return (
        f"{title}\n{table(_PERCENTILE_HEAD, rows)}\nMemory of the reader: {number(mebibytes)} MiB"
    )


def _follow(_: _Terms, begin: Begin, figures: Figures) -> str:
    taken: dict[str, list[float]] = {}
    for followers in _FOLLOWERS:
        begin(f"{followers} followers")
        with scratch() as directory:
            taken[f"followers: {followers:,}"] = logs_followers.delays(directory, followers)
    figures["follow_milliseconds"] = _percentiles(taken)
    title = "P7  from the writing of a line until a follower has it"
    return f"{title}\n{table(_PERCENTILE_HEAD, _percentile_rows(taken, 'ms'))}"


def _search(terms: _Terms, begin: Begin, figures: Figures) -> str:
    size = min(_SEARCHED, terms.size)
    with scratch() as directory:
        taken, mebibytes = logs_search.measure(directory, size, terms.rounds, begin)
    medians = {f"{kind}, {place}": median(times) for (kind, place), times in taken.items()}
    figures["first_hit_seconds"] = _rounded(medians)
    figures["search_memory_mebibytes"] = round(mebibytes, 1)
    rows: list[list[str]] = []
    for kind in logs_search.KINDS:
        times = [median(taken[kind, place]) for place in logs_search.PLACES]
        rate = size / MIB / times[-1]
        rows.append([kind, *(f"{time:.3f}" for time in times), f"{rate:,.0f} MiB/s"])
    head = ["looked for", *(f"{place}, s" for place in logs_search.PLACES), "in all of it"]
    title = f"First hit in a log of {size // MIB:,} MiB"
    return f"{title}\n{table(head, rows)}\nMemory of the search: {number(mebibytes)} MiB"


_PARTS = {"capture": _capture, "ranges": _ranges, "follow": _follow, "search": _search}
_PERCENTILE_HEAD = ["", "p50", "p99", "longest", ""]


def _percentile_rows(taken: Mapping[str, Sequence[float]], unit: str) -> list[list[str]]:
    return [
        [name, *(number(one) for one in (median(v), percentile(v, 99), max(v))), unit]
        for name, v in taken.items()
    ]


def _percentiles(taken: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    return {
        name: _rounded({"p50": median(values), "p99": percentile(values, 99)})
        for name, values in taken.items()
    }


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}


def _read_terms() -> _Terms:
    leave_in_order()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=from_environment("ROUNDS", 5))
    parser.add_argument(
        "--size", type=int, default=from_environment("SIZE", 5000), help="of the large log, in MiB"
    )
    parser.add_argument(
        "--parts",
        default=os.environ.get("PARTS") or ",".join(_PARTS),
        help=f"of {', '.join(_PARTS)}, with commas",
    )
    asked = parser.parse_args()
    return _Terms(asked.size * MIB, asked.rounds, asked.parts.split(","))


if __name__ == "__main__":
    main()
