-- Rows: the verdict added. Index: coach_gate_verdicts_pkey.
insert into coach_gate_verdicts (run_id, prompt, sha256, model, passed, reasons, decided_at, expires_at)
values (:run_id, :prompt, :sha256, :model, :passed, cast(:reasons as jsonb), :decided_at, :expires_at)
