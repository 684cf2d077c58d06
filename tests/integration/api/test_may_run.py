"""`mayRun` of definitions: what it promises is what the submission then says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from integration.api.api_bench import ROLES, ApiBench

pytestmark = pytest.mark.asyncio(loop_scope="module")

JOB = "jobs: {main: {steps: [{name: Say, run: 'true'}]}}"
RUNBOOKS = {
    "anywhere": JOB,
    "supported": f"support: true\n{JOB}",
    "of-the-shop": f"projects: [shop]\n{JOB}",
    "of-a-new-project": f"projects: [shop, not-there-yet]\n{JOB}",
    "of-a-project-to-say": ("projects: ['{{ inputs.at }}']\ninputs: {at: {default: shop}}\n" + JOB),
}
WRITES_NOWHERE = dict.fromkeys(RUNBOOKS, "no")
EXPECTED = {
    "member": {
        "anywhere": "with_project",
        "supported": "with_project",
        "of-the-shop": "yes",
        "of-a-new-project": "no",
        "of-a-project-to-say": "yes",
    },
    "reader": WRITES_NOWHERE,
    "outsider": WRITES_NOWHERE,
    "support": WRITES_NOWHERE | {"supported": "yes"},
}


@pytest.mark.parametrize("who", [who for who in ROLES if who != "foreign"])
async def test_what_is_promised_is_what_the_submission_says(shared: ApiBench, who: str) -> None:
    for name, text in RUNBOOKS.items():
        shared.runbook(name, text)
    listed = (await shared.get("/v1/definitions", who))["items"]
    promised = {one["name"]: one["mayRun"] for one in listed}
    assert promised == EXPECTED.get(who, dict.fromkeys(RUNBOOKS, "yes"))
    # Whoever is never refused would make the project that others must not make.
    for name in sorted(RUNBOOKS) if who in EXPECTED else ():
        assert (await shared.get(f"/v1/definitions/{name}", who))["mayRun"] == promised[name]
        wish = {"definition": name}
        alone = await shared.ask("POST", "/v1/tasks", who, json=wish)
        assert alone.status_code == (201 if promised[name] == "yes" else 403), alone.text
        if promised[name] != "yes" and who == "member":
            with_project = wish | {"projectIds": [shared.project_id]}
            answer = await shared.ask("POST", "/v1/tasks", who, json=with_project)
            expected = 201 if promised[name] == "with_project" else 403
            assert answer.status_code == expected, answer.text


async def test_a_grant_of_support_counts_while_it_is_open(shared: ApiBench) -> None:
    shared.runbook("anywhere", JOB)
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    wish = {"definitions": ["anywhere"], "reason": "it is slow", "expiresAt": until}
    path = "/v1/definitions/anywhere"
    assert (await shared.get(path, "support"))["mayRun"] == "no"
    opened = await shared.post("/v1/support-grants", wish)
    assert (await shared.get(path, "support"))["mayRun"] == "yes"
    closed = await shared.ask("DELETE", f"/v1/support-grants/{opened['id']}")
    assert closed.status_code == 200
    assert (await shared.get(path, "support"))["mayRun"] == "no"


async def test_the_organization_of_the_installation_is_not_renamable(shared: ApiBench) -> None:
    path = f"/v1/organizations/{shared.organization_id}"
    assert (await shared.get(path))["renamable"] is False
    refused = await shared.ask("PATCH", path, json={"name": "another"})
    assert refused.status_code == 409
    other = f"/v1/organizations/{shared.foreign_organization_id}"
    assert (await shared.get(other, "foreign"))["renamable"] is True
