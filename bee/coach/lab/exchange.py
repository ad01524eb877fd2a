"""Prompts, cases, runs and reviews as JSON lines: out of one installation and into another, or back into the same.

People stand there by their address. What is there already is left alone; what differs from what is there, or names
somebody or something unknown, is refused with its line, and the rest comes in. No verdict of the gate is taken
along: each installation judges by its own terms.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from bee.audit import Actor, record
from bee.coach.lab.case import Case, CaseBody, make_case
from bee.coach.lab.cases import case_versions, store_case
from bee.coach.lab.rubric import parse_rubric, rubric_text
from bee.coach.prompts import prompt_versions
from bee.coach.prompts.template import Parameters, parse_template, prompt_digest
from bee.db import Database, Login, ReadSession, WriteSession
from bee.errors import BeeError, Conflict, Invalid, NotFound

# The order in which one needs the other.
QUERIES: Final = (
    "coach/lab_export_prompts",
    "coach/lab_export_cases",
    "coach/lab_export_runs",
    "coach/lab_export_reviews",
)
MOST_FAULTS: Final = 100
# What a line that is none of ours does to whoever reads it.
NONSENSE: Final = (KeyError, TypeError, ValueError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class _Line:
    line: dict[str, Any]


@dataclass(slots=True)
class Taken:
    """What became of the lines. ``added``, ``known``: by type; ``faults``: the first ones, each with its line."""

    added: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, str]] = field(default_factory=list)
    refused: int = 0

    def refuse(self, number: int, why: str) -> None:
        """Note a line that does not come in."""
        self.refused += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((number, why))


def export_lines(session: ReadSession) -> Iterator[str]:
    """Yield every version of every prompt and case, every run and review that is over; as the owner.

    Without the runs of which a review is open: a file goes from hand to hand, also to who rates.
    """
    for query in QUERIES:
        for row in session.all(_Line, query):
            yield json.dumps(row.line, sort_keys=True, ensure_ascii=False)


def held_back(session: ReadSession) -> int:
    """Return how many runs are over and not told of, for a review of them is open."""
    return int(session.scalar("coach/lab_count_held_back") or 0)


def import_lines(database: Database, lines: Iterable[str], *, vouches: str | None = None) -> Taken:
    """Take lines in, each in a transaction of its own, as the owner.

    ``vouches``: the address of who stands in for people who are not known here.
    """
    taken = Taken()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            _take(database, json.loads(line), vouches, taken)
        except BeeError as error:
            taken.refuse(number, error.message)
        except NONSENSE as error:
            taken.refuse(number, f"It is no line of an export ({type(error).__name__}: {str(error)[:80]}).")
    with database.writing(Login.OWNER) as session:
        record(
            session,
            actor=Actor.operator(),
            action="coach_lab.imported",
            subject_kind="coach_lab",
            after={"added": dict(taken.added), "known": dict(taken.known), "refused": taken.refused},
        )
    return taken


def _take(database: Database, said: Mapping[str, Any], vouches: str | None, taken: Taken) -> None:
    kind = said["type"]
    if kind not in TAKERS:
        raise Invalid("line_type", f"Nobody knows what a {str(kind)[:40]} is.")
    with database.writing(Login.OWNER) as session:
        is_new = TAKERS[kind](session, said, vouches)
    (taken.added if is_new else taken.known)[kind] += 1


def _take_prompt(session: WriteSession, said: Mapping[str, Any], vouches: str | None) -> bool:
    template = parse_template(json.dumps(said["body"]))
    parameters = Parameters.model_validate(said["parameters"])
    sha256 = prompt_digest(template, said["model"], parameters)
    if sha256 != said["sha256"]:
        raise Invalid("prompt_digest", "The prompt is not what its digest says.")
    session.scalar("coach/lock_prompt", prompt=said["prompt"])
    known = {version.sha256: version.number for version in prompt_versions(session, said["prompt"])}
    if sha256 in known:
        return False
    if said["number"] in known.values():
        raise Conflict("version_taken", f"Version {said['number']} says something else here.")
    session.run(
        "coach/add_prompt_version",
        prompt=said["prompt"],
        number=said["number"],
        body=json.dumps(said["body"]),
        model=said["model"],
        parameters=json.dumps(said["parameters"]),
        sha256=sha256,
        author_id=_person(session, said["author"], vouches),
        message=said["message"],
    )
    return True


def _take_case(session: WriteSession, said: Mapping[str, Any], vouches: str | None) -> bool:
    body = make_case({name: said[name] for name in CaseBody.model_fields})
    known = {case.version: case for case in case_versions(session, UUID(said["case_id"]))}
    if said["version"] in known:
        _refuse_another(known[said["version"]], body, is_retired=said["is_retired"])
        return False
    store_case(
        session,
        UUID(said["case_id"]),
        said["version"],
        body,
        said["source"],
        is_retired=said["is_retired"],
        taken_from=said["taken_from"],
        mask_version=said["mask_version"],
        confirmed_by=_person(session, said["confirmed_by"], vouches),
        confirmed_at=said["confirmed_at"],
        author_id=_person(session, said["author"], vouches),
    )
    return True


def _refuse_another(known: Case, body: CaseBody, *, is_retired: bool) -> None:
    if (known.body, known.is_retired) != (body, is_retired):
        raise Conflict("case_differs", f"Version {known.version} of the case says something else here.")


def _take_run(session: WriteSession, said: Mapping[str, Any], vouches: str | None) -> bool:
    versions = {version.sha256: version.id for version in prompt_versions(session, said["prompt"])}
    stored = session.run(
        "coach/lab_import_run",
        **{name: said[name] for name in RUN_FIELDS},
        candidate_id=_version(versions, said["candidate"]),
        baseline_id=None if said["baseline"] is None else _version(versions, said["baseline"]),
        requested_by=_person(session, said["requested_by"], vouches),
    )
    if not stored:
        return False
    cases = {tuple(named): _case(session, named) for named in said["cases"]}
    session.run("coach/lab_forget_run_cases", run_id=said["id"])
    session.run_many(
        "coach/lab_import_run_case",
        [{"run_id": said["id"], "case_id": case_id} for case_id in cases.values()],
    )
    session.run_many(
        "coach/lab_import_output", [_output(said["id"], cases, each) for each in said["outputs"]]
    )
    session.run(
        "coach/lab_import_end",
        run_id=said["id"],
        outcome=said["outcome"],
        said=said["said"],
        ended_by=_person(session, said["ended_by"], vouches),
        ended_at=said["ended_at"],
    )
    return True


def _take_review(session: WriteSession, said: Mapping[str, Any], vouches: str | None) -> bool:
    stored = session.run(
        "coach/lab_import_review",
        **{name: said[name] for name in ("id", "run_id", "raters", "seed", "asked_at")},
        rubric=rubric_text(parse_rubric(json.dumps(said["rubric"]))),
        asked_by=_person(session, said["asked_by"], vouches),
    )
    if not stored:
        return False
    review_id = said["id"]
    for joined in said["raters_joined"]:
        rater_id = _person(session, joined["rater"], vouches)
        session.run("coach/lab_import_rater", review_id=review_id, rater_id=rater_id, since=joined["since"])
    for rating in said["ratings"]:
        rater_id = _person(session, rating["rater"], vouches)
        kept = {name: rating[name] for name in RATING_FIELDS}
        _of_a_pair(session.run("coach/lab_import_rating", review_id=review_id, rater_id=rater_id, **kept))
    for judge in said["judges"]:
        asked_by = _person(session, judge["asked_by"], vouches)
        session.run("coach/lab_import_judge", review_id=review_id, **judge | {"asked_by": asked_by})
    for judgement in said["judgements"]:
        _of_a_pair(session.run("coach/lab_import_judgement", review_id=review_id, **judgement))
    session.run(
        "coach/lab_import_review_end",
        review_id=review_id,
        outcome=said["outcome"],
        ended_by=_person(session, said["ended_by"], vouches),
        ended_at=said["ended_at"],
    )
    return True


def _of_a_pair(stored: int) -> None:
    if not stored:
        raise Invalid("no_pair", "Something was said of an answer that is in no pair of the review.")


def _output(
    run_id: str, cases: Mapping[tuple[object, ...], UUID], said: Mapping[str, Any]
) -> dict[str, object]:
    checks = None if said["checks"] is None else json.dumps(said["checks"])
    kept = {name: said[name] for name in OUTPUT_FIELDS}
    return kept | {"run_id": run_id, "case_id": cases[tuple(said["case"])], "checks": checks}


def _version(versions: Mapping[str, UUID], sha256: str) -> UUID:
    if sha256 not in versions:
        raise NotFound("no_version", f"No version of the prompt has the digest {sha256[:12]}… here.")
    return versions[sha256]


def _case(session: ReadSession, named: Sequence[Any]) -> UUID:
    case_id, version = named
    for case in case_versions(session, UUID(case_id)):
        if case.version == version:
            return case.id
    raise NotFound("no_case", f"Version {version} of the case {case_id} is not here.")


def _person(session: ReadSession, email: str | None, vouches: str | None) -> UUID | None:
    """Return who somebody is here, or who stands in for them. Raises :class:`NotFound`."""
    if email is None:
        return None
    for address in (email, vouches):
        found = None if address is None else session.scalar("coach/lab_staff", email=address.lower())
        if found is not None:
            return UUID(str(found))
    raise NotFound("no_staff", f"Nobody on the staff has the address {email}: name who vouches with --as.")


TAKERS: Final[Mapping[str, Callable[[WriteSession, Mapping[str, Any], str | None], bool]]] = {
    "prompt": _take_prompt,
    "case": _take_case,
    "run": _take_run,
    "review": _take_review,
}
RUN_FIELDS: Final = (
    "id", "prompt", "cases_as_of", "tag", "repeats", "reuses_answers", "most_usd", "seed", "checker",
    "requested_at",
)  # fmt: skip
RATING_FIELDS: Final = (
    "candidate", "candidate_was_left", "chosen", "met_left", "met_right", "comment", "rated_at",
)  # fmt: skip
OUTPUT_FIELDS: Final = (
    "id", "arm", "repeat", "provider", "model", "is_screened", "is_cached", "cache_key", "text", "error",
    "first_token_ms", "total_ms", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens",
    "reasoning_tokens", "is_estimate", "cost_usd", "created_at",
)  # fmt: skip
