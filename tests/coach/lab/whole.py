"""A run that is through, made up in rows, for tests of what rests on one."""

from uuid import UUID, uuid4

from bee.db import WriteSession
from tests.factories import execute, make_staff


def make_run(session: WriteSession, prompt: str, number: int, model: str = "offline") -> UUID:
    """Add a run of a version in which a model answered every case safely, and return its id; as the owner."""
    run_id = uuid4()
    execute(
        session,
        """
        insert into coach_cases (case_id, version, title, kind, message, source)
        select gen_random_uuid(), 1, 'Walk', 'ordinary', 'I walked.', 'program'
        where not exists (select from coach_cases)
        """,
    )
    execute(
        session,
        """
        insert into coach_runs (id, prompt, candidate_id, repeats, most_usd, seed, checker, requested_by)
        select :run_id, prompt, id, 1, 1, 1, '1', :coach
        from coach_prompt_versions
        where prompt = :prompt and number = :number
        """,
        run_id=run_id,
        coach=make_staff(session, roles=("coach",)),
        prompt=prompt,
        number=number,
    )
    execute(
        session,
        """
        insert into coach_run_outputs
            (run_id, case_id, arm, repeat, provider, model, is_screened, is_cached, cache_key, text, checks)
        select run_id, case_id, 'candidate', 1, split_part(:model, '/', 1), regexp_replace(:model, '^[a-z]+/', ''),
            false, false, repeat('0', 64), 'Well done!',
            '{"results": {"danger": {"kind": "safety", "passed": true}}}'
        from coach_run_cases
        where run_id = :run_id
        """,
        run_id=run_id,
        model=model,
    )
    return run_id
