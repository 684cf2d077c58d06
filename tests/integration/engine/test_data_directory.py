"""Whose the data directory is, and what is refused as one."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tasktrail.bootstrap import open_world
from tasktrail.config import read_config
from tasktrail.data_directory import own_data_directory
from tasktrail.engine.recovery import remove_workspaces
from tasktrail.errors import DataDirectoryError, DataDirectoryInUseError, InvalidInputError


def test_a_directory_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    thesis = tmp_path / "workspaces" / "my-thesis"
    thesis.mkdir(parents=True)
    with pytest.raises(DataDirectoryError, match="no data directory of Tasktrail: it holds work"):
        own_data_directory(tmp_path)
    assert thesis.is_dir()
    assert not (tmp_path / "identity").exists()


def test_settings_and_definitions_may_lie_there_before_the_first_use(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('robot = "Wodbot"\n')
    (tmp_path / "definitions").mkdir()
    own_data_directory(tmp_path).release()
    own_data_directory(tmp_path).release()


def test_a_directory_that_others_can_write_to_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o777)
    with pytest.raises(DataDirectoryError, match="others can write to the data directory"):
        own_data_directory(data)


def test_only_the_owner_reads_records_logs_and_workspaces(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    directory = own_data_directory(data)
    private = (directory.database, directory.logs, directory.workspaces, directory.caches)
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in private)
    directory.release()


def test_a_second_owner_is_refused(tmp_path: Path) -> None:
    directory = own_data_directory(tmp_path / "data")
    with pytest.raises(DataDirectoryInUseError, match="in use by process"):
        own_data_directory(tmp_path / "data")
    directory.release()


def test_only_workspaces_are_removed(tmp_path: Path) -> None:
    """Of a live task its outputs are removed, too: the attempt that wrote them has gone."""
    kept = ["10-notes", "8-2", "9", "notes"]
    for name in ("7-1", "7-1.outputs-4-1", "8-2.outputs-5-1", *kept):
        (tmp_path / name).mkdir()
    remove_workspaces(tmp_path, frozenset({8}))
    assert sorted(path.name for path in tmp_path.iterdir()) == kept


@pytest.mark.parametrize(
    "text",
    [
        "timeout = -1",
        "slots = -5",
        "log_cap = 0",
        "grace = nan",
        "colour = 1",
        "a =",
        'trusted_proxies = ["proxy.example.com"]',
        'trusted_proxies = ["10.0.0.5", "10.0.0.300"]',
        'public_url = "tasks.example.com"',
        'public_url = "http://0.0.0.0:8090"',
        'oidc = {issuer = "http://sso.example.com", client_id = "x"}',
        'oidc = {issuer = "http://10.0.0.5:8080/realm", client_id = "x"}',
        'oidc = {issuer = "http://localhost.example.com", client_id = "x"}',
        'oidc = {issuer = "https://[x", client_id = "x"}',
    ],
)
def test_settings_that_make_no_sense_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(DataDirectoryError, match=r"config\.toml cannot be used"):
        read_config(tmp_path)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("slot = 1", "it may set: organization, "),
        ("[oidc]\nissuer = 'https://sso.example.com'\nclient = 'x'", "[oidc] may set: issuer, "),
        ("[retention]\ndays = 1", "[retention] may set: age, size"),
    ],
)
def test_what_is_unknown_is_answered_with_what_may_be_set(
    tmp_path: Path, text: str, hint: str
) -> None:
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(DataDirectoryError, match="unknown field") as refused:
        read_config(tmp_path)
    assert (refused.value.hint or "").startswith(hint)


def test_a_value_of_the_wrong_type_is_told_without_a_list_of_all_settings(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("slots = 'many'")
    with pytest.raises(DataDirectoryError, match=r"\$\.slots") as refused:
        read_config(tmp_path)
    assert refused.value.hint is None


def test_addresses_and_networks_of_proxies_are_taken(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('trusted_proxies = ["10.0.0.5", "fd00::/8", "*"]')
    assert read_config(tmp_path).trusted_proxies == ("10.0.0.5", "fd00::/8", "*")


@pytest.mark.parametrize(
    "issuer",
    [
        "https://sso.example.com",
        "http://127.0.0.1:8080",
        "http://[::1]:80/realm",
        "http://localhost",
    ],
)
def test_a_provider_without_tls_is_taken_on_this_machine_only(tmp_path: Path, issuer: str) -> None:
    (tmp_path / "config.toml").write_text(f'oidc = {{issuer = "{issuer}", client_id = "x"}}')
    assert read_config(tmp_path).oidc is not None


async def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('database = "foo"\n')
    with pytest.raises(InvalidInputError, match="'foo' is no address of a PostgreSQL database"):
        async with open_world(tmp_path, engine=False):
            pass
