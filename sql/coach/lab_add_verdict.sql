-- Store what the gate says of a run. Rows: one. Index: coach_gate_verdicts_pkey.
insert into coach_gate_verdicts (run_id, prompt, sha256, passed, reasons, decided_at, expires_at)
values
    (cast(:run_id as uuid), :prompt, :sha256, :passed, cast(:reasons as jsonb), cast(:decided_at as timestamptz),
        cast(:expires_at as timestamptz))
