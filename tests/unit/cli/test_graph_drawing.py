from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasktrail.cli.graph_drawing import draw_graph, legend
from tasktrail.cli.graph_order import layers_of
from tasktrail.model.status import Status
from unit.cli.picture_reading import read_dependencies
from unit.cli.task_shapes import START, graph, job, task


def drawn(needs: Mapping[str, tuple[str, ...]], width: int = 80) -> str:
    return "\n" + draw_graph(graph(needs), width, START).plain


def test_a_chain_runs_from_left_to_right() -> None:
    assert (
        drawn({"a": (), "b": ("a",), "c": ("b",)})
        == """
✓ a 2.0s ──▶ ✓ b 2.0s ──▶ ✓ c 2.0s"""
    )


DIAMOND = {"clone": (), "build": ("clone",), "test": ("clone",), "install": ("build", "test")}


def test_parallel_jobs_stand_below_each_other() -> None:
    assert (
        drawn(DIAMOND)
        == """
✓ clone 2.0s ─┬─▶ ✓ build 2.0s ─┬─▶ ✓ install 2.0s
              └─▶ ✓ test 2.0s ──┘"""
    )


def test_what_is_too_wide_runs_downwards() -> None:
    assert (
        drawn(DIAMOND, 40)
        == """
       ✓ clone 2.0s
      ┌──────┴──────┐
      ▼             ▼
✓ build 2.0s   ✓ test 2.0s
      └──────┬──────┘
             ▼
      ✓ install 2.0s"""
    )


def test_a_fan_of_ten_is_ten_rows() -> None:
    parts = {f"part{number}": ("start",) for number in range(10)}
    lines = drawn({"start": (), **parts, "join": tuple(parts)}).strip("\n").split("\n")
    assert len(lines) == 10
    assert lines[0].strip() == "┌─▶ ✓ part0 2.0s ─┐"
    assert sum("join" in line and "start" in line for line in lines) == 1
    assert lines[9].strip() == "└─▶ ✓ part9 2.0s ─┘"


def test_two_components_stand_apart() -> None:
    assert (
        drawn({"a": (), "b": ("a",), "x": (), "y": ("x",)})
        == """
✓ a 2.0s ──▶ ✓ b 2.0s
✓ x 2.0s ──▶ ✓ y 2.0s"""
    )


def test_edges_that_would_cross_are_uncrossed() -> None:
    assert (
        drawn({"a": (), "b": (), "c": ("b",), "d": ("a",)})
        == """
✓ a 2.0s ──▶ ✓ d 2.0s
✓ b 2.0s ──▶ ✓ c 2.0s"""
    )


def test_an_edge_passes_by_the_layers_that_it_skips() -> None:
    assert (
        drawn({"a": (), "b": ("a",), "c": ("b",), "lint": ("a",), "z": ("c", "lint")})
        == """
✓ a 2.0s ─┬─▶ ✓ b 2.0s ─────▶ ✓ c 2.0s ─┬─▶ ✓ z 2.0s
          └─▶ ✓ lint 2.0s ──────────────┘"""
    )


def test_an_edge_that_says_nothing_new_is_left_out() -> None:
    chain = {"a": (), "b": ("a",), "c": ("b",)}
    assert drawn({**chain, "c": ("a", "b")}) == drawn(chain)


def test_a_graph_that_lines_cannot_show_truthfully_is_listed() -> None:
    tangled = {"a": (), "b": (), "c": (), "x": ("a", "b"), "y": ("b", "c"), "z": ("a", "c")}
    assert (
        drawn(tangled)
        == """
✓ a 2.0s
✓ b 2.0s
✓ c 2.0s
  ✓ x 2.0s  after a, b
  ✓ y 2.0s  after b, c
  ✓ z 2.0s  after a, c"""
    )


def test_a_list_in_a_narrow_terminal_is_cut_visibly() -> None:
    parts = {f"a-rather-long-name-{number}": ("start",) for number in range(9)}
    lines = drawn({"start": (), **parts}, 24).strip("\n").split("\n")
    assert max(map(len, lines)) == 24
    assert lines[1].endswith("…")


def test_a_status_is_shown_by_a_symbol_not_by_colour_alone() -> None:
    jobs = [job(status.value, status=status, seconds=None) for status in Status]
    lines = draw_graph(task(*jobs), 80, START).plain.split("\n")
    assert len({line[0] for line in lines}) == len(Status)


def test_the_legend_names_the_symbols_that_occur() -> None:
    shown = task(job("a"), job("b", status=Status.FAILED), job("c"))
    assert legend(shown).plain == "✓ done   ✗ failed"


def test_no_jobs_and_unknown_needs_and_cycles_are_drawn_as_far_as_they_go() -> None:
    assert drawn({}) == "\nno jobs"
    assert drawn({"a": ("gone",)}) == "\n✓ a 2.0s"
    assert "✓ a" in drawn({"a": ("b",), "b": ("a",)})


def test_a_picture_that_is_drawn_again_keeps_its_place_while_time_goes_on() -> None:
    def after(seconds: float) -> str:
        jobs = (job("a", seconds=seconds), job("b", "a", status=Status.PENDING, seconds=None))
        return draw_graph(task(*jobs), 80, START, ticking=True).plain

    assert after(0.1).index("b") == after(3).index("b") == after(4000).index("b")


def test_an_escape_sequence_in_a_name_does_not_reach_the_terminal() -> None:
    assert "\x1b" not in drawn({"a\x1b[2J[red]": ()})
    assert "a[red]" in drawn({"a\x1b[2J[red]": ()})


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    names = [f"j{number:02}" for number in range(draw(st.integers(1, 9)))]
    return {
        name: tuple(draw(st.sets(st.sampled_from(names[:index]), max_size=3))) if index else ()
        for index, name in enumerate(names)
    }


@settings(max_examples=300, deadline=None)
@given(graphs(), st.sampled_from([60, 100, 200]))
def test_whoever_follows_the_lines_finds_exactly_the_dependencies(
    needs: dict[str, tuple[str, ...]], width: int
) -> None:
    picture = draw_graph(graph(needs), width, START).plain
    assert max(map(len, picture.split("\n"))) <= width
    for name in needs:
        assert picture.count(f"✓ {name} ") == 1
    if "after" not in picture:
        assert read_dependencies(picture) == _essential(needs)


@pytest.mark.parametrize("count", [81, 500])
def test_very_many_jobs_are_listed_quickly(count: int) -> None:
    needs = {f"j{n}": (f"j{n - 1}",) if n else () for n in range(count)}
    assert len(drawn(needs).strip().split("\n")) == count


def _essential(needs: Mapping[str, tuple[str, ...]]) -> set[tuple[str, str]]:
    """The links of the layers, with the passing lines taken out again."""
    layers = layers_of(needs)
    return {
        (start.name, end.name) for links in layers.links for start, end in links if not end.passing
    }
