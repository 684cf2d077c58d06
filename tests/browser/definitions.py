"""Runbooks of the tasks that the pages show: what runs well, fails, waits, warns and goes on."""

from __future__ import annotations

RUNBOOKS: dict[str, str] = {
    "deploy": r"""
name: deploy
title: Deploy shop {{ inputs.version }} to {{ inputs.target }}
description: Builds the shop and brings it to the servers
projects: [shop]
rerunnable: always
inputs:
  version: {type: string, required: true, pattern: '\d+\.\d+\.\d+', description: "Such as 1.4.2"}
  target: {type: choice, choices: [staging, production], default: staging, description: Where to}
  replicas: {type: integer, default: 2, description: How many servers}
  token: {type: secret, required: false, description: For the registry}
jobs:
  build:
    title: Build
    steps:
      - {name: Fetch sources, run: 'for i in $(seq 40); do echo "file $i"; done'}
      - name: Compile
        run: |
          printf '\033[1mcompiling\033[0m shop\n'
          for i in $(seq 60); do printf '\033[32mok\033[0m    module-%02d\n' $i; done
          printf '\033[33mwarning:\033[0m 2 deprecated calls\n' >&2
  test:
    title: Test
    after: [build]
    steps:
      - {name: Unit tests, run: 'echo 214 passed'}
      - {name: Browser tests, run: 'echo 18 passed'}
  scan:
    title: Scan for secrets
    after: [build]
    steps:
      - {name: Scan, run: 'echo nothing found'}
  rollout:
    title: Roll out
    after: [test, scan]
    steps:
      - {name: Replace servers, run: 'echo 2 of 2 replaced'}
      - {name: Smoke test, run: 'echo 200 OK'}
""",
    "migrate": """
name: migrate
title: Migrate the database of shop
description: Brings the schema to the newest version
projects: [shop]
rerunnable: always
jobs:
  backup:
    title: Back up
    steps: [{name: Dump, run: 'echo 4.2 GB written'}]
  migrate:
    title: Migrate
    after: [backup]
    steps:
      - name: Apply migrations
        run: |
          for i in $(seq 30); do echo "0$i applied"; done
          echo 'ERROR: column "price" of relation "orders" contains null values' >&2
          exit 3
  reindex:
    title: Reindex
    after: [migrate]
    steps: [{name: Reindex, run: 'echo done'}]
""",
    "restart": """
name: restart
title: Restart the workers
support: true
projects: [shop]
locks: ["cluster:7"]
jobs:
  main:
    title: Restart
    steps:
      - name: Drain
        run: 'i=0; while sleep 0.05; do i=$((i+1)); echo "waiting for $i connections to end"; done'
        grace: 2s
""",
    "stubborn": """
name: stubborn
title: Stop what will not stop
jobs:
  main:
    steps:
      - name: Hold on
        grace: 60s
        run: 'trap "" TERM; echo holding; while true; do sleep 0.1; done'
""",
    "flaky": """
name: flaky
title: Ask a service that is seldom there
jobs:
  main:
    title: Ask
    steps:
      - name: Ask
        retry: {attempts: 3, backoff: 100ms, on: [user]}
        run: 'echo "asking"; echo "connection refused" >&2; exit 7'
""",
    "certificates": """
name: certificates
title: Renew the certificates
jobs:
  main:
    title: Renew
    steps:
      - {name: Renew, run: 'echo renewed 4 of 5; exit 1', allow_failure: true}
      - {name: Reload, run: 'echo reloaded'}
""",
    "check": """
name: check
title: Look at the queues
support: true
jobs:
  main:
    title: Look
    steps: [{name: Look, run: 'echo 12 jobs in the queue'}]
""",
    "broken": """
name: broken
title: Prepare a server
jobs:
  prepare:
    title: Prepare
    system: true
    steps: [{name: Ask the cloud, run: 'echo quota exceeded >&2; exit 9'}]
  install:
    title: Install
    after: [prepare]
    steps: [{name: Install, run: 'echo installed'}]
""",
    "long": """
name: long
title: Write a long log
jobs:
  main:
    title: Write
    steps: [{name: Write, run: 'seq -f "line %.0f of a long log" 5000000'}]
""",
    "counting": """
name: counting
title: Write {{ inputs.lines }} lines
inputs:
  lines: {type: integer, default: 1000}
jobs:
  main:
    title: Write
    steps:
      - name: Count
        env: {LINES: "{{ inputs.lines }}"}
        run: 'seq -f "line %.0f of many, to be read by whoever wants to" "$LINES"'
""",
}
