from __future__ import annotations

import resource

from tasktrail.runners.marker_tag import directory_tag, tag_of


def test_the_tag_of_a_directory_is_the_start_of_all_its_tags() -> None:
    assert tag_of("dir:1:7") >> 32 == directory_tag("dir:") == tag_of("dir:2:8") >> 32


def test_other_attempts_and_directories_have_other_tags() -> None:
    markers = [f"{place}:{life}:{n}" for place in "ab" for life in "12" for n in range(500)]
    assert len({tag_of(marker) for marker in markers}) == len(markers)
    assert directory_tag("a:") != directory_tag("b:")


def test_a_tag_is_an_unreachable_limit_that_fits() -> None:
    years = tag_of("dir:1:1") / 1e6 / 86400 / 365
    assert years > 10_000
    assert tag_of("dir:1:1") < 2**63
    assert tag_of("dir:1:1") != resource.RLIM_INFINITY
