"""A secret that a task leaks in every way is afterwards nowhere but where secrets are kept."""

from __future__ import annotations

import base64
import json
import re
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
import zstandard

from acceptance.cli_command import Tasktrail

SECRET = "cAnary/+7 é'\"s3cr3t\\x"
KEY = "-----BEGIN KEY-----\nq8Zx+v/canaryline\nLm3Pcanaryend==\n-----END KEY-----\n"

RUNBOOK = """
inputs: {token: {type: secret}, key: {type: secret}}
env: {LOGIN: "me:{{ inputs.token }}@host"}
jobs:
  print:
    steps:
      - name: Every form
        run: python3 forms.py
      - name: Traced
        run: set -x; true "$INPUT_TOKEN" "$LOGIN"; echo "$INPUT_KEY" >&2
      - name: Wrapped
        run: printf '%s and a text that is long enough to be wrapped' "$INPUT_KEY" | base64
      - name: Wrong directory
        run: pwd
        working_directory: "{{ inputs.token }}"
        allow_failure: true
  fail:
    steps:
      - name: Outputs
        allow_failure: true
        run: printf 'url=https://%s\\n' "$INPUT_TOKEN" >> "$TASKTRAIL_OUTPUT"
      - name: Warn
        python: leaky:warn
        arguments: {token: "{{ inputs.token }}"}
      - name: Raise
        python: leaky:leak
        arguments: {token: "{{ inputs.token }}"}
        allow_failure: true
  spawn:
    steps:
      - {name: Hand on, spawn: child.yml, inputs: {url: "https://{{ inputs.token }}@host"}}
"""

CHILD = """
inputs: {url: {type: secret}}
jobs:
  main:
    steps:
      - 'echo "$INPUT_URL"; printf %s "${INPUT_URL#https://}" | sed s/@host// | base64'
"""

FORMS = """
import base64, json, os, sys, time, urllib.parse
token = os.environ["INPUT_TOKEN"]
data = token.encode()
forms = [token, repr(token), ascii(token), json.dumps(token), json.dumps(token, ensure_ascii=False),
         json.dumps(token).replace("/", "\\\\/"), urllib.parse.quote(token),
         urllib.parse.quote(token, safe=""), urllib.parse.quote_plus(token),
         data.hex(), data.hex().upper()]
for before in (b"", b"x", b"xy"):
    forms.append(base64.b64encode(before + data).decode())
    forms.append(base64.urlsafe_b64encode(before + data).decode())
for form in forms:
    print("form", form, flush=True)
for byte in ("slowly " + token + "\\n").encode():
    os.write(2, bytes([byte]))
os.write(1, ("at the end " + token).encode())
"""

LEAKY = """
import sys
from tasktrail import Context, UserError

def warn(context: Context, token: str):
    context.warn(f"beware of {token}")
    context.log(token)

def leak(token: str):
    try:
        raise KeyError(token)
    except KeyError as error:
        raise ValueError(f"cannot use {token}") from error
"""


def forms() -> set[bytes]:
    """What must be found nowhere: the secrets as they may be written."""
    texts = {
        SECRET,
        json.dumps(SECRET)[1:-1],
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        "canaryline",
        "canaryend",
    }
    data = SECRET.encode()
    found = {text.encode() for text in texts} | {data.hex().encode(), data.hex().upper().encode()}
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data)
        # Without the characters that hold bits of what stands around.
        begin, end = -(-8 * before // 6), 8 * (before + len(data)) // 6
        found |= {encoded[begin:end], encoded[begin:end].translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def leaked(content: bytes) -> set[bytes]:
    """The forms that `content` holds, also in what is JSON in it."""
    unescaped = content.replace(b"\\\\", b"\\").replace(b'\\"', b'"')
    return {form for form in forms() if form in content or form in unescaped}


def decompressed(content: bytes) -> bytes:
    """A log with what is compressed in it made readable."""
    readable = content
    for frame in re.finditer(re.escape(zstandard.FRAME_HEADER), content):
        reader = zstandard.ZstdDecompressor().decompressobj()
        try:
            readable += reader.decompress(content[frame.start() :])
        except zstandard.ZstdError:
            continue
    return readable


def stored(data: Path) -> Iterator[tuple[str, bytes]]:
    """Everything in the data directory; the database without the rows where secrets are kept."""
    (database,) = data.glob("*.db")
    for path in sorted(data.rglob("*")):
        if path.is_file() and not path.name.startswith(database.name):
            yield path.name, decompressed(path.read_bytes())
    connection = sqlite3.connect(database)
    kept = {value for (value,) in connection.execute("SELECT value FROM task_secrets")}
    assert {SECRET, KEY.rstrip(), f"https://{SECRET}@host"} <= kept
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("DELETE FROM task_secrets")
    connection.commit()
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    for path in sorted(data.glob(f"{database.name}*")):
        yield path.name, path.read_bytes()


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    (tmp_path / "leaky.py").write_text(LEAKY)
    (tmp_path / "forms.py").write_text(FORMS)
    (tmp_path / "token").write_text(SECRET)
    (tmp_path / "key").write_text(KEY)
    tasktrail = Tasktrail(tmp_path)
    tasktrail.runbook("child", CHILD)
    runbook = RUNBOOK.replace("python3 forms.py", f"python3 {tmp_path}/forms.py")
    tasktrail.runbook("leak", runbook)
    return tasktrail


def test_a_leaky_task_leaves_its_secrets_nowhere(tasktrail: Tasktrail, tmp_path: Path) -> None:
    with tasktrail.up():
        run = tasktrail("run", "leak.yml", "-i", "token=@token", "-i", "key=@key", "-o", "json")
        shown = [
            run.out + run.err,
            *(
                tasktrail(*command, *form).out
                for command in (
                    ("task", "show", "1"),
                    ("task", "history", "1"),
                    ("task", "logs", "1"),
                    ("task", "show", "2"),
                    ("task", "logs", "2"),
                    ("task", "list"),
                    ("definition", "show", "leak.yml"),
                )
                for form in ((), ("-o", "json"))
            ),
        ]
        answers = asked(tasktrail.data)

    assert all(shown), shown
    for text in (*shown, answers):
        assert not leaked(text.encode())
    logs = tasktrail_logs(shown)
    assert logs.count("form ********") + logs.count("form '********'") >= 10
    assert "slowly ********" in logs
    assert "at the end ********" in logs
    for message in ("cannot use ********", "beware of ********", "a secret cannot be handed on"):
        assert message in shown[0] + answers
    for name, content in stored(tasktrail.data):
        assert not leaked(content), name


def tasktrail_logs(shown: list[str]) -> str:
    """The log of the first task, among what was shown."""
    return shown[5]


def asked(data: Path) -> str:
    """What the engine says over its socket about both tasks, as it comes."""
    said = ""
    for number, (kind, operation, more) in enumerate(
        (kind, operation, {"id": task, "system": True, **more})
        for task in (1, 2)
        for kind, operation, more in (
            ("call", "task", {}),
            ("call", "history", {}),
            ("stream", "logs", {}),
            ("stream", "watch", {"logs": True}),
        )
    ):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            (path,) = data.glob("*.sock*")
            connection.connect(str(path))
            lines = connection.makefile("rw", encoding="utf-8")
            hello = json.loads(lines.readline())
            print(json.dumps(hello), file=lines, flush=True)
            request = {"type": kind, "id": number + 1, "operation": operation, "arguments": more}
            print(json.dumps(request), file=lines, flush=True)
            for line in lines:
                said += json.dumps(json.loads(line), ensure_ascii=False)
                if json.loads(line)["type"] in ("answer", "end", "failed"):
                    assert json.loads(line)["type"] != "failed", line
                    break
    return said
