"""Every mistake in a runbook is told with its line and, where there is one, a hint."""

from __future__ import annotations

import time

import pytest
from definition_text import problems

HEAD = "name: deploy\n"
JOBS = "jobs:\n  build:\n    steps: [make]\n"
STEP = HEAD + "jobs:\n  build:\n    steps:\n      - run: make\n        "
INPUTS = HEAD + JOBS + "inputs:\n  size: "


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        # the task
        (JOBS, 1, "`name` is missing", "name: deploy-shop"),
        ("name: Deploy Shop\n" + JOBS, 1, "`name` must consist of lower-case", None),
        (f"name: {'a' * 101}\n" + JOBS, 1, "must have at most 100 characters, and has 101", None),
        ("name: [a]\n" + JOBS, 1, "`name` must be a single value", None),
        (HEAD, 1, "`jobs` is missing", "jobs: {"),
        (HEAD + "jobs: {}\n", 2, "`jobs` is empty", None),
        (HEAD + "jobs: [a]\n", 2, "`jobs` must be a mapping", None),
        (HEAD + JOBS + "timeuot: 5m\n", 5, "unknown key `timeuot`", "did you mean `timeout`?"),
        (HEAD + JOBS + "silent: true\n", 5, "unknown key `silent`", "tasktrail record"),
        (HEAD + JOBS + "immediate: true\n", 5, "unknown key `immediate`", "tasktrail record"),
        (HEAD + JOBS + "steps: [a]\n", 5, "unknown key `steps`", "belong to a job"),
        (HEAD + JOBS + "zzz: 1\n", 5, "unknown key `zzz`", "known here"),
        (HEAD + JOBS + "timeout: 0\n", 5, "`timeout` must be more than zero", None),
        (HEAD + JOBS + "timeout: soon\n", 5, "`timeout` is not a duration", "1h30m"),
        (HEAD + JOBS + "timeout: 400d\n", 5, "longer than 366 days", None),
        (HEAD + JOBS + "grace: -1\n", 5, "`grace` is not a duration", None),
        (HEAD + JOBS + "rerunnable: sometimes\n", 5, "must be one of failed, always, never", None),
        (HEAD + JOBS + "fail_fast: yes\n", 5, "`fail_fast` must be true or false", None),
        (HEAD + JOBS + "support: 1\n", 5, "`support` must be true or false", None),
        (HEAD + JOBS + "locks: {a: b}\n", 5, "`locks` must be a list", None),
        (HEAD + JOBS + "locks: [[a]]\n", 5, "`locks` must be a list of single values", None),
        (HEAD + JOBS + "locks: ['']\n", 5, "`locks` has an empty text", None),
        (HEAD + JOBS + "projects: ['{{ inputs.p }}']\n", 5, "an input that does not exist", None),
        (HEAD + JOBS + "resources: [7]\n", 5, "a resource must be a mapping", "kind: cluster"),
        (HEAD + JOBS + "resources: [{kind: a}]\n", 5, "a resource needs `id`", None),
        (HEAD + JOBS + "resources: [{id: 7}]\n", 5, "a resource needs `kind`", None),
        (HEAD + JOBS + "env: {1A: x}\n", 5, "`1A`: must consist of letters", None),
        (HEAD + JOBS + "env: {TASKTRAIL_A: x}\n", 5, "Tasktrail's own", None),
        (HEAD + JOBS + "env: {A: [x]}\n", 5, "`A` must be a single value", None),
        (HEAD + JOBS + "env: {A: '{{ steps.x.outputs.y }}'}\n", 5, "no earlier step", None),
        # inputs
        (INPUTS + "[a]\n", 6, "`size` must be a mapping or a type", None),
        (INPUTS + "strng\n", 6, "`type` must be one of", "did you mean `string`?"),
        (INPUTS + "{typ: string}\n", 6, "unknown key `typ`", "did you mean `type`?"),
        (INPUTS + "{type: integer, default: x}\n", 6, "`default` must be an integer", None),
        (INPUTS + "{type: boolean, default: maybe}\n", 6, "`default` must be true", None),
        (INPUTS + "{type: number, default: .nan}\n", 6, "`default` must be a finite", None),
        (INPUTS + "{type: choice}\n", 6, "needs `choices`", None),
        (INPUTS + "{type: choice, choices: []}\n", 6, "needs `choices`", None),
        (INPUTS + "{choices: [a, a]}\n", 6, "`a` is a choice already", None),
        (INPUTS + "{choices: [small], default: smal}\n", 6, "must be one of small", "`small`"),
        (INPUTS + "{type: integer, choices: [1]}\n", 6, "for the type choice", None),
        (INPUTS + "{type: integer, pattern: a}\n", 6, "for the types string and secret", None),
        (INPUTS + "{pattern: '['}\n", 6, "is not a regular expression", None),
        (INPUTS + "{pattern: '(a+)+'}\n", 6, "repeats a group of repeats", None),
        (INPUTS + "{pattern: 'a{99999999999}'}\n", 6, "is not a regular expression", None),
        (INPUTS + "{pattern: '[[a]]'}\n", 6, "is not a regular expression", None),
        (INPUTS + "{pattern: v1, default: v2}\n", 6, "must match the pattern v1", None),
        (INPUTS + "{type: secret, default: x}\n", 6, "a secret has no default", "required: false"),
        (INPUTS + "{default: x, required: true}\n", 6, "with a default is not required", None),
        (INPUTS + "string\n  SIZE: string\n", 7, "differ only in case", "INPUT_SIZE"),
        (INPUTS + "string\n  a-b: string\n", 7, "the input `a-b` must consist of", None),
        (INPUTS + f"string\n  {'a' * 71}: string\n", 7, "at most 64 characters, and has 71", None),
        # jobs
        (HEAD + f"jobs: {{{'j' * 171}: {{steps: [x]}}}}\n", 2, "at most 100 characters, and", None),
        (HEAD + "jobs:\n  build:\n", 3, "the job `build` must be a mapping", None),
        (HEAD + "jobs:\n  a b: {steps: [x]}\n", 3, "the job name `a b` must consist of", None),
        (HEAD + "jobs:\n  build: {}\n", 3, "a job needs steps", None),
        (HEAD + "jobs:\n  build: {steps: []}\n", 3, "a job needs steps", None),
        (
            HEAD + "jobs:\n  a:\n    steps:\n      - run: undo\n        when: on_failure\n",
            6,
            "the first step of a job cannot be `when: on_failure`",
            "let the job say `when: on_failure`",
        ),
        (HEAD + "jobs:\n  build: {steps: make}\n", 3, "`steps` must be a list", None),
        (
            HEAD + "jobs:\n  a-b: {steps: [x]}\n  a_b: {steps: [x]}\n",
            4,
            "the job name `a_b` is too near to `a-b`",
            "both are called `a_b`",
        ),
        (HEAD + "jobs:\n  a: {steps: [x], needs: b}\n", 3, "unknown key `needs`", "`after`"),
        (
            HEAD + "jobs:\n  build: {steps: [x]}\n  test: {after: biuld, steps: [x]}\n",
            4,
            "the job `test` needs `biuld`, which does not exist",
            "did you mean `build`?",
        ),
        (HEAD + "jobs:\n  a: {steps: [x], after: a}\n", 3, "in a circle: a -> a", None),
        (HEAD + "jobs:\n  a: {steps: [x], pool: A b}\n", 3, "the pool `A b` must consist of", None),
        (HEAD + "jobs:\n  a: {steps: [x], when: never}\n", 3, "`when` must be one of", None),
        (HEAD + "jobs:\n  a: {steps: [x], timeout: 0s}\n", 3, "must be more than zero", None),
        # steps
        (HEAD + "jobs:\n  a:\n    steps:\n      - [x]\n", 5, "a mapping or a command", None),
        (HEAD + "jobs:\n  a:\n    steps:\n      -\n", 5, "a mapping or a command", None),
        (HEAD + "jobs:\n  a:\n    steps:\n      - name: x\n", 5, "exactly one of", None),
        (STEP + "python: a:b\n", 5, "here `run` and `python`", None),
        (STEP + "timout: 5\n", 6, "unknown key `timout`", "did you mean `timeout`?"),
        (STEP + "if: always\n", 6, "unknown key `if`", "use `when:"),
        (STEP + "when: allways\n", 6, "`when` must be one of", "did you mean `always`?"),
        (STEP + "timeout: 0\n", 6, "`timeout` must be more than zero", None),
        (STEP + "stop_signal: SIGTRM\n", 6, "`SIGTRM` is not a signal", "`SIGTERM`"),
        (STEP + "stop_signal: 9\n", 6, "`9` is not a signal", "SIGINT"),
        (STEP + "retry: 0\n", 6, "`retry` must be from 1 to 100", None),
        (STEP + "retry: many\n", 6, "`retry` must be a number", None),
        (STEP + "retry: 1.5\n", 6, "`retry` must be a whole number", None),
        (STEP + "retry: {backoff: 2s}\n", 6, "`retry` needs `attempts`", None),
        (STEP + "retry: {attempts: 1000}\n", 6, "`attempts` must be from 1 to 100", None),
        (STEP + "retry: {attempts: 2, factor: 0}\n", 6, "`factor` must be from 1", None),
        (STEP + "retry: {attempts: 2, on: [sytem]}\n", 6, "must be one of", "`system`"),
        (STEP + "retry: {attempts: 2, dealy: 1}\n", 6, "unknown key `dealy`", "known here"),
        (STEP + "limits: 5\n", 6, "`limits` must be a mapping", None),
        (STEP + "limits: {}\n", 6, "`limits` needs one of memory, processes, cpu", None),
        (STEP + "limits: {memory: 512}\n", 6, "is not a size with a unit", "write 512MB"),
        (STEP + "limits: {memory: 1kB}\n", 6, "must be at least 4MB", "write 512MB"),
        (STEP + "limits: {memory: -1GB}\n", 6, "is not a size with a unit", "write 512MB"),
        (STEP + "limits: {memory: 9999TB}\n", 6, "must be at most 1000TB", None),
        (STEP + "limits: {processes: 0}\n", 6, "`processes` must be from 1 to", None),
        (STEP + "limits: {processes: 1.5}\n", 6, "`processes` must be a whole number", None),
        (STEP + "limits: {processes: true}\n", 6, "`processes` must be a number", None),
        (STEP + "limits: {cpu: 0}\n", 6, "`cpu` must be from 0.01 to", None),
        (STEP + "limits: {cpu: .nan}\n", 6, "`cpu` must be", None),
        (STEP + "limits: {cpus: 2}\n", 6, "unknown key `cpus`", "did you mean `cpu`?"),
        (STEP + "memory: 1GB\n", 6, "unknown key `memory`", "belongs below `limits`"),
        (
            HEAD + "jobs:\n  a:\n    steps:\n      - {spawn: x, limits: {cpu: 1}}\n",
            5,
            "a step with `spawn` cannot have `limits`",
            "put `limits` there",
        ),
        (
            HEAD + "jobs:\n  a:\n    steps:\n      - {spawn: x, retry: 3}\n",
            5,
            "a step with `spawn` cannot have `retry`",
            "a spawned task is tried again by its own steps; put `retry` there",
        ),
        (STEP + "allow_failure: maybe\n", 6, "must be true or false", None),
        (STEP + "arguments: {a: 1}\n", 6, "`arguments` is for `python` steps", None),
        (STEP + "wait: false\n", 6, "`wait` is for `spawn` steps", None),
        (STEP + "shell: ' '\n", 6, "`shell` is empty", None),
        (STEP + f"name: {'s' * 101}\n", 6, "must have at most 100 characters, and has 101", None),
        (STEP + "name: 'a/b'\n", 6, "the step name `a/b` must consist of", None),
        (STEP + "name: Remove workspace\n", 6, "is the system's own", None),
        (STEP + "name: prepare-workspace\n", 6, "is the system's own", None),
        (STEP + "working_directory: ''\n", 6, "`working_directory` is empty", None),
        (HEAD + "jobs:\n  a:\n    steps:\n      - run: ' '\n", 5, "`run` is empty", None),
        (HEAD + "jobs:\n  a:\n    steps:\n      - run: {a: b}\n", 5, "a single value", None),
        (HEAD + "jobs:\n  a:\n    steps:\n      - python: a.b\n", 5, "module:function", None),
        (HEAD + "jobs:\n  a:\n    steps:\n      - {spawn: x, inputs: [1]}\n", 5, "a mapping", None),
        (HEAD + "jobs:\n  a:\n    steps:\n      - {spawn: '{{ task.id }}'}\n", 5, "template", None),
        (
            HEAD
            + "jobs:\n  a:\n    steps:\n      - {name: Go, run: x}\n      - {name: go, run: x}\n",
            6,
            "the step name `go` is taken, on line 5",
            "both are called `go`",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(
    text: str, line: int, message: str, hint: str | None
) -> None:
    told = [problem for problem in problems(text) if message in problem.message]
    assert told, problems(text)
    assert told[0].line == line
    assert told[0].file == "deploy.yml"
    assert hint is None or hint in (told[0].hint or "")


def test_a_cycle_is_named_and_the_others_too() -> None:
    text = (
        HEAD
        + "jobs:\n"
        + "".join(
            f"  {name}: {{steps: [x], after: {needs}}}\n"
            for name, needs in [
                ("a", "[c]"),
                ("b", "[a]"),
                ("c", "[b]"),
                ("d", "[e]"),
                ("e", "[d]"),
            ]
        )
    )
    told = [problem.message for problem in problems(text)]
    assert told == [
        "jobs need each other in a circle: a -> c -> b -> a",
        "jobs need each other in a circle: d -> e -> d",
    ]


def test_all_mistakes_come_at_once_in_the_order_of_the_file() -> None:
    text = (
        "name: Bad Name\n"
        "titel: x\n"
        "timeout: 0\n"
        "inputs: {a: strng}\n"
        "jobs:\n"
        "  a: {after: b, steps: []}\n"
        "  c: {steps: [{run: x, python: 'y:z'}]}\n"
    )
    assert [problem.line for problem in problems(text)] == [1, 2, 3, 4, 6, 6, 7]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("title", "title: 'to {{ inputs.token }}'"),
        ("locks", "locks: ['{{ inputs.token }}']"),
        ("projects", "projects: '{{ inputs.token }}'"),
        ("id", "resources: [{kind: a, id: '{{ inputs.token }}'}]"),
    ],
)
def test_a_secret_must_not_be_shown(place: str, text: str) -> None:
    (problem,) = problems(f"{HEAD}{JOBS}inputs: {{token: secret}}\n{text}\n")
    assert "is secret" in problem.message
    assert (problem.field or "").endswith(place)


def test_what_is_not_known_at_submission_cannot_be_in_a_title() -> None:
    (problem,) = problems(HEAD + JOBS + "title: 'task {{ task.id }}'\n")
    assert "not known yet" in problem.message


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("inputs.versoin", "an input that does not exist", "did you mean `version`?"),
        ("version", "is not a reference", "inputs.NAME"),
        ("steps.first.outputs.x.y", "is not a reference", "inputs.NAME"),
        ("steps.First step.outputs.x", "is not a reference", "{{ steps.first_step.outputs.x }}"),
        ("steps.last.outputs.x", "names no earlier step", "first_step"),
        ("steps.this.outputs.x", "names no earlier step", "first_step"),
        ("jobs.later.outputs.x", "no job that has to end before", "build"),
        ("jobs.test.outputs.x", "no job that has to end before", "build"),
        ("1 + 1", "is not a reference", "inputs.NAME"),
        ("inputs.version | upper", "is not a reference", "inputs.NAME"),
    ],
)
def test_a_reference_must_have_a_value_when_it_is_reached(
    reference: str, message: str, hint: str
) -> None:
    (problem,) = problems(_with_reference(reference))
    assert message in problem.message
    assert hint in (problem.hint or "")
    assert problem.line == 9


@pytest.mark.parametrize(
    "reference",
    [
        "inputs.version",
        "inputs.token",
        "steps.first_step.outputs.x",
        "jobs.build.outputs.x",
        "jobs.pre_build.outputs.x",
        "task.id",
    ],
)
def test_a_reference_to_what_has_a_value_is_fine(reference: str) -> None:
    assert problems(_with_reference(reference)) == ()


@pytest.mark.parametrize("text", ["{{ inputs.version", "inputs.version }} {{", "{{ {{ x }}", "{{{"])
def test_half_a_reference_is_a_mistake(text: str) -> None:
    assert any("without a reference" in problem.message for problem in problems(_with_env(text)))


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("deploy {{ inputs.version }}", '"$INPUT_VERSION"'),
        ("deploy ${{ inputs.version }}", '"$INPUT_VERSION"'),
        ("deploy {{inputs.version}}", '"$INPUT_VERSION"'),
        ("deploy {{ jobs.build.outputs.wheel }}", "set a variable in `env`"),
        ("deploy {{ env.HOME }}", "set a variable in `env`"),
    ],
)
def test_a_command_is_no_template(command: str, hint: str) -> None:
    (problem,) = problems(HEAD + f"jobs:\n  a:\n    steps:\n      - run: '{command}'\n")
    assert "is not replaced in a command" in problem.message
    assert hint in (problem.hint or "")


@pytest.mark.parametrize(
    "command", ["docker ps --format '{{.Names}}'", "x '{{json .State}}'", "echo {{a,b},c}"]
)
def test_other_braces_in_a_command_are_left_alone(command: str) -> None:
    text = HEAD + f'jobs:\n  a:\n    steps:\n      - run: "{command}"\n'
    assert problems(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "title: '{{" + " " * 900_000 + "'\n",
        "env: {A: '" + "{{ " * 300_000 + "'}\n",
        "".join(f"timeou{number}: 1\n" for number in range(5_000)),
        "inputs:\n" + "".join(f"  a{number}: x\n" for number in range(5_000)),
    ],
    ids=["space", "braces", "keys", "inputs"],
)
def test_a_large_file_full_of_mistakes_is_told_quickly(text: str) -> None:
    start = time.perf_counter()
    told = problems(HEAD + JOBS + text)
    assert 1 <= len(told) <= 201
    assert time.perf_counter() - start < 10


def test_many_steps_and_jobs_are_read_quickly() -> None:
    chain = "".join(
        f"  j{number}: {{after: [j{number - 1}], steps: [x, x], env: {{A: '{{{{ {name} }}}}'}}}}\n"
        for number, name in ((number, "jobs.j0.outputs.x") for number in range(1, 1000))
    )
    start = time.perf_counter()
    assert problems(HEAD + "jobs:\n  j0: {steps: [" + "x, " * 20_000 + "]}\n" + chain) == ()
    assert time.perf_counter() - start < 10


def _with_reference(reference: str) -> str:
    return _with_env(f"{{{{ {reference} }}}}")


def _with_env(text: str) -> str:
    return (
        "name: a\n"
        "inputs: {version: string, token: secret}\n"
        "jobs:\n"
        "  pre-build: {steps: [x]}\n"
        "  build: {after: pre-build, steps: [x]}\n"
        "  test:\n"
        "    after: build\n"
        "    steps: [{name: First step, run: x}, {name: this, run: x, env: {\n"
        f"      X: '{text}'\n"
        "    }}, {name: last, run: x}]\n"
        "  later: {after: test, steps: [x]}\n"
    )
