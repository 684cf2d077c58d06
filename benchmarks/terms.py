"""How a contest is held: what the command line and the environment ask for."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass

from benchmarks.contract import leave_in_order
from benchmarks.entrants import PEERS, Entrant


@dataclass(frozen=True, slots=True)
class Terms:
    """`tasks` is what each entrant has to do in each of the `rounds`."""

    rounds: int
    tasks: int
    peers: tuple[Entrant, ...] = PEERS


def read_terms(*, tasks: int) -> Terms:
    """The terms asked for by options, or by the variables ROUNDS, TASKS and PEERS."""
    leave_in_order()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=from_environment("ROUNDS", 5))
    parser.add_argument("--tasks", type=int, default=from_environment("TASKS", tasks))
    parser.add_argument(
        "--peers", default=os.environ.get("PEERS", "all"), help="names with commas, all, or none"
    )
    asked = parser.parse_args()
    return Terms(asked.rounds, asked.tasks, _peers(asked.peers))


def from_environment(name: str, default: int) -> int:
    """A number that may be set."""
    return int(os.environ.get(name) or default)


def _peers(names: str) -> tuple[Entrant, ...]:
    wanted = {name.strip().lower() for name in names.split(",")}
    return tuple(peer for peer in PEERS if wanted & {"all", "", peer.name.lower()})
