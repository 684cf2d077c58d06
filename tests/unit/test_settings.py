from __future__ import annotations

from pathlib import Path

import pytest

from tasktrail.config import EngineKind, TemporalServer
from tasktrail.errors import InvalidInputError
from tasktrail.settings import GivenCluster, GivenSettings, read_settings

FILE = """
database = "postgresql:///of_the_file"
log_store = "/of-the-file"
[temporal]
address = "file:7233"
namespace = "of_the_file"
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(FILE)
    return tmp_path


def test_what_was_given_comes_before_the_environment_and_that_before_the_file(data: Path) -> None:
    given = GivenSettings(database="postgresql:///given")
    around = {"TASKTRAIL_DATABASE": "postgresql:///around", "TASKTRAIL_LOG_STORE": "/around"}
    assert read_settings(data, environment={}).database == "postgresql:///of_the_file"
    assert read_settings(data, environment=around).database == "postgresql:///around"
    found = read_settings(data, given, around)
    assert (found.database, found.log_store) == ("postgresql:///given", "/around")


def test_each_part_of_a_cluster_comes_from_where_it_is_said(data: Path) -> None:
    found = read_settings(
        data,
        GivenSettings(temporal=GivenCluster(tls_ca="given.pem")),
        {"TASKTRAIL_TEMPORAL": "around:7233", "TASKTRAIL_TEMPORAL_TLS": "yes"},
    )
    assert found.temporal == TemporalServer(
        address="around:7233", namespace="of_the_file", tls=True, tls_ca="given.pem"
    )


def test_an_empty_variable_says_nothing(data: Path) -> None:
    empty = {"TASKTRAIL_DATABASE": "", "TASKTRAIL_ENGINE": "", "TASKTRAIL_TEMPORAL_TLS": ""}
    assert read_settings(data, environment=empty) == read_settings(data, environment={})


def test_the_environment_may_choose_the_engine_and_take_tls_away(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[temporal]\naddress = "h:1"\ntls = true\n')
    around = {"TASKTRAIL_ENGINE": "temporal", "TASKTRAIL_TEMPORAL_TLS": "0"}
    found = read_settings(tmp_path, environment=around)
    assert found.engine is EngineKind.TEMPORAL
    assert found.temporal == TemporalServer(address="h:1", tls=False)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"TASKTRAIL_ENGINE": "steam"}, r"TASKTRAIL_ENGINE is 'steam'(?s:.)*embedded, temporal"),
        ({"TASKTRAIL_TEMPORAL_TLS": "maybe"}, "TASKTRAIL_TEMPORAL_TLS is 'maybe'"),
        ({"TASKTRAIL_TEMPORAL": "10.0.0.1"}, r"'10.0.0.1' is no address of a(?s:.)*localhost:7233"),
        ({"TASKTRAIL_TEMPORAL_TLS_CA": "x"}, "not where it is"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_do(
    tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    with pytest.raises(InvalidInputError, match=said):
        read_settings(tmp_path, environment=environment)
