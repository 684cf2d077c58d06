"""What a definition says about its tasks beside their work."""

from __future__ import annotations

import pytest

from conformance.behaviour import behaviour
from conformance.site import Site, job_of
from tasktrail.errors import InvalidInputError
from tasktrail.model.status import Status


@behaviour()
async def an_immediate_task_is_born_done_and_a_silent_one_is_not_listed(site: Site) -> None:
    for silent in (False, True):
        await site.record(f"Note {silent}", silent=silent)

    listed = await site.listed()

    assert [(task.title, task.status) for task in listed] == [("Note False", Status.DONE)]
    assert listed[0].immediate
    assert len(await site.listed(silent=True)) == 2


@behaviour()
async def system_jobs_and_steps_run_and_are_left_out_of_what_users_see(site: Site) -> None:
    task = await site.outcome("""
jobs:
  main: {steps: [{name: Shown, run: 'true'}, {name: Hidden, run: 'true', system: true}]}
  behind: {after: main, system: true, steps: [touch HERE/ran]}
""")

    shown = await site.task(task.id, system=False)

    assert task.status is Status.DONE
    assert (site.here / "ran").exists()
    assert [(job.name, [step.name for step in job.steps]) for job in shown.jobs] == [
        ("main", ["Shown"])
    ]
    assert job_of(task, "behind").is_system
    assert {"Shown", "Hidden"} < {step.name for step in job_of(task).steps}


@behaviour()
async def title_links_and_typed_inputs_are_part_of_the_record(site: Site) -> None:
    task = await site.outcome(
        """
title: "Scale {{ inputs.cluster }} to {{ inputs.nodes }}"
inputs: {cluster: integer, nodes: {type: integer, default: 3}, dry_run: boolean}
projects: [MINE-platform]
resources: [{kind: cluster, id: "{{ inputs.cluster }}"}]
jobs: {main: {steps: ['test "$INPUT_CLUSTER $INPUT_NODES $INPUT_DRY_RUN" = "7 3 true"']}}
""",
        inputs={"cluster": "7", "dry_run": "yes"},
    )

    assert task.status is Status.DONE
    assert task.title == "Scale 7 to 3"
    assert task.inputs == {"cluster": 7, "nodes": 3, "dry_run": True}
    assert [project.title for project in task.projects] == [f"{site.mine}-platform"]
    assert [(one.kind, one.id) for one in task.resources] == [("cluster", 7)]


@behaviour()
async def an_input_of_another_type_is_refused_before_anything_is_recorded(site: Site) -> None:
    with pytest.raises(InvalidInputError):
        await site.submit(
            "inputs: {cluster: integer}\njobs: {main: {steps: [touch HERE/ran]}}",
            inputs={"cluster": "seven"},
        )
    assert not (site.here / "ran").exists()
