"""Messages in which somebody may be in danger, by the road that members take."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID, uuid4

from pydantic import SecretStr

from bee.coach.engine import Coach, Question
from bee.db import Database
from bee.settings import Settings


def plead(database: Database, member_id: UUID, message: str, *, now: datetime) -> None:
    """Have a member say something to the coach."""
    claims = json.dumps({"sub": str(member_id), "role": "authenticated"})
    coach = Coach(database, Settings(login_secret=SecretStr("s" * 40)))
    question = Question(member_id, message, claims, uuid4(), now)
    # In a thread of its own: where a browser is driven, this one has a loop that runs.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(coach.answer(question))).result()
