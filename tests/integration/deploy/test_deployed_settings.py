"""What the examples in deploy/ set is what the programs take."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from msgspec.structs import replace

from tasktrail.cli.main import app
from tasktrail.config import TemporalServer, check_engine, read_config
from tasktrail.server_url import checked_url

DEPLOY = Path(__file__).parents[3] / "deploy"


def compose_services() -> Iterator[tuple[str, Mapping[str, str]]]:
    """What each service of Tasktrail is started as, and its variables."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for service in services.values():
        if service["image"] == "tasktrail":
            yield service.get("command", ["up"])[0], service["environment"]


def kubernetes_containers() -> Iterator[tuple[str, Mapping[str, str]]]:
    """The same of the containers of the manifests; what is no text comes from a secret."""
    for manifest in ("control.yaml", "worker.yaml"):
        for part in yaml.safe_load_all((DEPLOY / "kubernetes" / manifest).read_text()):
            pod: dict[str, Any] = part.get("spec", {}).get("template", {}).get("spec", {})
            for container in pod.get("containers", ()):
                variables = {one["name"]: one.get("value", "") for one in container.get("env", ())}
                yield container.get("args", ["up"])[0], variables


STARTED = [*compose_services(), *kubernetes_containers()]


def test_there_are_a_control_process_and_a_worker_in_each() -> None:
    assert [command for command, _ in STARTED] == ["up", "worker", "up", "worker"]


@pytest.mark.parametrize(("command", "variables"), STARTED)
def test_every_variable_is_one_that_the_command_reads(
    command: str, variables: Mapping[str, str]
) -> None:
    commands = typer.main.get_group(app).commands
    known = {name for option in commands[command].params for name in _variables(option)}
    known |= {"TASKTRAIL_WORKER_KEY"}  # no option: it would be seen on the command line
    assert {name for name in variables if name.startswith("TASKTRAIL_")} <= known


@pytest.mark.parametrize("variables", [one for command, one in STARTED if command == "worker"])
def test_a_worker_takes_the_address_of_its_server(variables: Mapping[str, str]) -> None:
    trusted = variables.get("TASKTRAIL_TRUSTED_NETWORK") == "true"
    assert checked_url(variables["TASKTRAIL_URL"], trusted_network=trusted)


@pytest.mark.parametrize("file", ["config.toml", "kubernetes/config.toml"])
def test_a_control_process_takes_its_settings(file: str, tmp_path: Path) -> None:
    shutil.copy(DEPLOY / file, tmp_path / "config.toml")
    config = read_config(tmp_path)
    temporal = config.temporal or TemporalServer(address="temporal:7233")
    # The rest is in variables.
    check_engine(replace(config, database="postgresql://db/tasktrail", temporal=temporal))


def _variables(option: Any) -> list[str]:
    found: str | list[str] | None = option.envvar
    return [found] if isinstance(found, str) else found or []
