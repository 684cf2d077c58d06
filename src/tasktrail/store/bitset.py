"""Sets of positions as whole numbers: bit n is set when n is in the set.

Python joins, cuts and counts sets of a million members in some microseconds each.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

_CHUNK = 512
"""Bytes that are counted at once when members are looked for."""

_SPARSE, _DENSE = b"s", b"d"


def bitset(positions: Iterable[int]) -> int:
    """The set of these positions."""
    found = list(positions)
    if not found:
        return 0
    data = bytearray(max(found) // 8 + 1)
    for position in found:
        data[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(data, "little")


def full(count: int) -> int:
    """The set of the positions from 0 to `count` - 1."""
    return (1 << count) - 1


def members(bits: int) -> list[int]:
    """All members, ascending."""
    return members_from_highest(bits, 0, bits.bit_count())[::-1]


def members_from_highest(bits: int, skip: int, count: int) -> list[int]:
    """At most `count` members from the highest downwards, without the `skip` highest of all."""
    data = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    found: list[int] = []
    end = len(data)
    while end > 0 and len(found) < count:
        start = max(0, end - _CHUNK)
        chunk = int.from_bytes(data[start:end], "little")
        inside = chunk.bit_count()
        if skip >= inside:
            skip -= inside
        else:
            width = 8 * (end - start)
            ones = [at for at, digit in enumerate(f"{chunk:0{width}b}") if digit == "1"]
            last = 8 * start + width - 1
            found += [last - at for at in ones[skip : skip + count - len(found)]]
            skip = 0
        end = start
    return found


def pack(bits: int) -> bytes:
    """A set of positions below 65,536 as bytes: few as numbers, many as bits."""
    dense = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    if 2 * bits.bit_count() >= len(dense):
        return _DENSE + dense
    members = array("H", members_from_highest(bits, 0, bits.bit_count()))
    return _SPARSE + members.tobytes()


def unpack(data: bytes) -> int:
    """The set that `pack` has packed."""
    if data[:1] == _DENSE:
        return int.from_bytes(data[1:], "little")
    members = array("H")
    members.frombytes(data[1:])
    return bitset(members)
