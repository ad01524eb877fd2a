"""Versions of the coach's prompt for tests, and letting them go live."""

from bee.coach.prompts.registry import COACH, deploy, shipped_prompt
from bee.coach.prompts.template import Parameters, parameters_text, prompt_digest, template_text
from bee.db import Database, Login
from bee.settings import Environment


def add_version(database: Database, number: int) -> None:
    """Add a version that differs in its model and parameters."""
    template, parameters = shipped_prompt(), Parameters(max_tokens=100 + number)
    with database.writing(Login.OWNER) as session:
        session.run(
            "coach/add_prompt_version",
            prompt=COACH,
            number=number,
            body=template_text(template),
            model="openai/fine",
            parameters=parameters_text(parameters),
            sha256=prompt_digest(template, "openai/fine", parameters),
            author_id=None,
            message="shorter",
        )


def go_live(database: Database, number: int, environment: Environment = Environment.LOCAL) -> None:
    """Let a version go live as a release does."""
    with database.writing(Login.OWNER) as session:
        deploy(session, COACH, environment, number, reason="better")
