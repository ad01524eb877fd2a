-- A row a prompt and environment in which a version is live: which model answers with it, and whether that passed the gate.
-- Index: coach_gate_verdicts_version.
select prompt, environment, number, model, own_model, passed
from public.bee_live_prompts(cast(:here as text), cast(:assumed as text))
order by prompt, environment
