-- One row a verdict of the gate on a version of a prompt. Newest first. Index: coach_gate_verdicts_version.
select run_id, prompt, sha256, model, passed, cast(reasons as text) as reasons, decided_at, expires_at
from coach_gate_verdicts
where prompt = :prompt and (cast(:sha256 as text) is null or sha256 = :sha256)
order by decided_at desc, run_id
