"""Carries out the jobs of a pool, on whatever machine: it needs nothing but to reach the API, and
Temporal, which gives it jobs. It never sees the database.

    temporal/pool_worker ── job_slots   takes jobs from Temporal, as many as there is room for
      └── job_activity ── lease         one of them: signs of life, and what follows without them
            └── job_run                 one job: claimed, carried out, reported, stopped
                  ├── claim_patience    for how long it is asked for
                  ├── work_api          what is asked of the API
                  ├── shipped_log       what its steps write, first on this disk, then there
                  └── remote_spawns     tasks that its steps submit
    api_watch                           whether the API answers: else no jobs are taken
    last_life                           what an earlier life of the same worker left behind
"""
