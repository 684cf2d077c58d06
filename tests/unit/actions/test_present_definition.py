from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tasktrail.actions.present_definition import present_definition
from tasktrail.definitions.definition_file import read_definition_file


def presented(directory: Path, text: str) -> list[dict[str, object]]:
    file = directory / "deploy.yml"
    file.write_text(dedent(text))
    return present_definition(read_definition_file(file))["jobs"]


@pytest.mark.parametrize("required", ["true", "false"])
@pytest.mark.parametrize(
    "need", ["locks: ['{{ inputs.env }}']", "projects: ['{{ inputs.env }}']", "title: Deploy"]
)
def test_jobs_are_told_though_nobody_has_said_what_the_task_is_named_by(
    tmp_path: Path, required: str, need: str
) -> None:
    jobs = presented(
        tmp_path,
        f"""
        name: deploy
        {need}
        inputs: {{env: {{type: string, required: {required}}}}}
        jobs: {{build: {{title: 'Build {{{{ inputs.env }}}}', steps: [{{run: 'true'}}]}}}}
        """,
    )
    assert [job["title"] for job in jobs] == ["Build \u2039env\u203a"]


def test_a_pool_that_an_input_names_is_called_like_the_input(tmp_path: Path) -> None:
    jobs = presented(
        tmp_path,
        """
        name: deploy
        inputs: {region: {type: string, required: true}}
        jobs: {build: {pool: '{{ inputs.region }}', steps: [{run: 'true'}]}}
        """,
    )
    assert [job["pool"] for job in jobs] == ["region"]
