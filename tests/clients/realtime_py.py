"""What an app in Python hears through Supabase's client, unchanged; run in the client's own environment."""

import asyncio
import os
from collections.abc import Awaitable
from typing import Any
from uuid import uuid4

import httpx
from realtime import AsyncRealtimeClient, RealtimeSubscribeStates
from supabase import AsyncClient, acreate_client

URL, ANON = os.environ["SUPABASE_URL"], os.environ["SUPABASE_ANON_KEY"]
TABLE = {"schema": "public", "table": "daily_engagement_scores"}
WITHIN_S = 20


async def member() -> tuple[AsyncClient, str]:
    """Return the client of somebody who has just signed up, and the token."""
    app = await acreate_client(URL, ANON)
    answer = await app.auth.sign_up({"email": f"{uuid4()}@example.org", "password": "a long enough one"})
    assert answer.session is not None
    await app.realtime.set_auth(answer.session.access_token)
    return app, answer.session.access_token


async def act(token: str) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{URL}/v1/events",
            json={"id": str(uuid4()), "event_type": "journal_entry"},
            headers={"Authorization": f"Bearer {token}"},
        )
    assert answer.status_code == 200


async def joined(channel: Any) -> None:
    states: asyncio.Queue[RealtimeSubscribeStates] = asyncio.Queue()
    await channel.subscribe(lambda state, _error: states.put_nowait(state))
    assert await within(states.get()) is RealtimeSubscribeStates.SUBSCRIBED


async def within(heard: Awaitable[Any]) -> Any:
    return await asyncio.wait_for(heard, WITHIN_S)


def test_a_member_hears_of_the_own_score() -> None:
    async def hear() -> None:
        app, token = await member()
        changes: asyncio.Queue[Any] = asyncio.Queue()
        channel = app.channel("scores").on_postgres_changes("*", changes.put_nowait, **TABLE)
        await joined(channel)
        await act(token)
        data = (await within(changes.get()))["data"]
        assert (data["type"], data["record"]["final_score"]) == ("INSERT", 10)
        await act(token)
        data = (await within(changes.get()))["data"]
        assert (data["type"], data["record"]["final_score"]) == ("UPDATE", 20)
        await app.realtime.close()

    asyncio.run(hear())


def test_two_devices_of_a_member_talk() -> None:
    async def talk() -> None:
        app, token = await member()
        tablet = AsyncRealtimeClient(f"{URL}/realtime/v1", ANON)
        await tablet.set_auth(token)
        messages: asyncio.Queue[Any] = asyncio.Queue()
        there = tablet.channel("coach_stream").on_broadcast("typing", messages.put_nowait)
        await joined(there)
        here = app.channel("coach_stream")
        await joined(here)
        await here.send_broadcast("typing", {"n": 1})
        assert (await within(messages.get()))["payload"] == {"n": 1}
        await tablet.close()
        await app.realtime.close()

    asyncio.run(talk())
