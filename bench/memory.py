"""What a message calls up among many memories: how long it takes, and how much the index finds of what is nearest.

Half of the memories are one member's, far more than anybody has, so that the index over all of them answers; what
it finds is held against comparing each, where of several equally near any counts. A hundredth are another's, too
small a part for the index, which would pass over everybody else's first; the others are of members with twenty
each. Of these all are compared.
"""

import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

import psycopg

from bee.coach.memory import recall
from bee.coach.memory.keywords import embedded
from bee.coach.memory.scoring import text_of
from bee.db import Database, Login
from bench.ground import Ground
from bench.place import new_database, owner, settle

TITLE = (
    "Memories: what a message calls up (p95), and how many of the nearest 5 the index finds (at least 0.95)"
)
COLUMNS = (
    "memories",
    "20 each, p95 ms",
    "a hundredth of them, p95 ms",
    "recall@5",
    "half of them, p95 ms",
    "recall@5",
    "comparing each of half, p95 ms",
)
EACH: Final = 20
WORDS: Final = 3000
ASKED_A_ROUND: Final = 200
HELD_AGAINST: Final = 40
NEAREST: Final = 5
LEAST_RECALL: Final = 0.95
NOW: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
INDEX: Final = "coach_memory_embeddings_keywords"
NEAR: Final = "select similarity from bee_near_memories(%s, 'local', 'keywords-v1', %s::real[], now(), 5)"
EXACT: Final = """
    select 1 - (embedding::extensions.vector(256) operator(extensions.<=>) %s::real[]::extensions.vector(256))
    from coach_memory_embeddings
    where user_id = %s
    order by (embedding::extensions.vector(256) operator(extensions.<=>) %s::real[]::extensions.vector(256)) + 0
    limit 5
"""


@dataclass(frozen=True, slots=True)
class People:
    """Who is asked for: those with twenty memories each, one with a hundredth of all, one with half."""

    few: Sequence[UUID]
    hundredth: UUID
    half: UUID


def measure(ground: Ground) -> tuple[str, ...]:
    """Ask for what messages call up; fails where the index finds too little."""
    with new_database(ground.server, "bench_memory") as address:
        with owner(address) as connection:
            people = _fill(connection, ground.amounts.memories)
        settle(address)
        asked = ground.rounds * ASKED_A_ROUND
        with Database(address) as database:
            _recalls(database, people.few, 50)
            few = _recalls(database, people.few, asked)
            hundredth = _recalls(database, [people.hundredth], asked)
            half = _recalls(database, [people.half], asked)
        with owner(address) as connection:
            found_few, _ = _held_against(connection, people.hundredth)
            found, exact_s = _held_against(connection, people.half)
    assert min(found_few, found) >= LEAST_RECALL, f"{found_few:.3f} and {found:.3f} of the nearest {NEAREST}"
    return (
        f"{ground.amounts.memories:,}",
        _ms(few),
        _ms(hundredth),
        f"{found_few:.3f}",
        _ms(half),
        f"{found:.3f}",
        _ms(exact_s),
    )


def _fill(connection: psycopg.Connection, memories: int) -> People:
    people = People([uuid4() for _ in range(max(1, memories // 2 // EACH))], uuid4(), uuid4())
    owners = [_owner(people, number) for number in range(memories)]
    with connection.cursor().copy("copy members (id, external_id, time_zone, joined_on) from stdin") as copy:
        for member_id in (*people.few, people.hundredth, people.half):
            copy.write_row((member_id, str(member_id), "UTC", NOW.date()))
    index = connection.execute("select pg_get_indexdef(%s::regclass)", [INDEX]).fetchone()
    assert index is not None, "without pgvector there is no index to be measured"
    connection.execute(f"drop index {INDEX}".encode())
    texts = _texts(seed=1)
    rows = [(uuid4(), member_id, f"note:{number}", next(texts)) for number, member_id in enumerate(owners)]
    columns = "id, user_id, trait_key, trait_value, source, valid_from"
    with connection.cursor().copy(f"copy coach_memory ({columns}) from stdin".encode()) as copy:
        for row in rows:
            copy.write_row((*row, "demo", NOW))
    columns = "memory_id, user_id, provider, model, dimension, compares, embedding"
    with connection.cursor().copy(f"copy coach_memory_embeddings ({columns}) from stdin".encode()) as copy:
        for memory_id, member_id, key, text in rows:
            values = "{" + ",".join(f"{value:.6g}" for value in embedded(text_of(key, text))) + "}"
            copy.write_row((memory_id, member_id, "local", "keywords-v1", 256, "keywords", values))
    # As much as all have their place in; with less the index is built on disk, many times slower.
    connection.execute(f"set maintenance_work_mem = '{max(256, memories * 3 // 1000)}MB'".encode())
    connection.execute(index[0].encode())
    connection.execute("analyze")
    return people


def _owner(people: People, number: int) -> UUID:
    if number % 2:
        return people.half
    if number % 100 == 0:
        return people.hundredth
    # One further each time round: otherwise the same ones would lose all of theirs to the one above.
    others = len(people.few)
    return people.few[(number // 2 + number // (2 * others)) % others]


def _texts(*, seed: int) -> Iterator[str]:
    """Yield some words at a time, common ones more often; the words are the same for every seed."""
    chance = random.Random(7)  # noqa: S311  # the same texts each time
    words = ["".join(chance.choices("bdfgklmnprst", k=1) + chance.choices("aeiou", k=1)) for _ in range(60)]
    vocabulary = ["".join(chance.choices(words, k=3)) for _ in range(WORDS)]
    weights = [1 / (place + 5) for place in range(WORDS)]
    chance = random.Random(seed)  # noqa: S311
    while True:
        yield " ".join(chance.choices(vocabulary, weights, k=chance.randint(3, 8)))


def _recalls(database: Database, members: Sequence[UUID], number: int) -> list[float]:
    """Return the seconds that each of so many messages took."""
    texts, chance = _texts(seed=2), random.Random(3)  # noqa: S311
    taken = []
    for _ in range(number):
        member_id, message = chance.choice(members), next(texts)
        claims = {"request.jwt.claims": json.dumps({"sub": str(member_id), "role": "authenticated"})}
        began = time.perf_counter()
        with database.reading(Login.API, role="authenticated", settings=claims) as session:
            found = recall(session, member_id, message, limit=12, at=NOW)
        taken.append(time.perf_counter() - began)
        assert found.recalled, "everybody has memories"
    return taken


def _held_against(connection: psycopg.Connection, member_id: UUID) -> tuple[float, list[float]]:
    """Return the share of the nearest that the index finds, and the seconds that comparing each takes."""
    texts = _texts(seed=4)
    shares, taken = [], []
    for _ in range(HELD_AGAINST):
        asked = embedded(text_of("note", next(texts)))
        near = [row[0] for row in connection.execute(NEAR.encode(), [member_id, asked])]
        began = time.perf_counter()
        exact = [row[0] for row in connection.execute(EXACT.encode(), [asked, member_id, asked])]
        taken.append(time.perf_counter() - began)
        shares.append(sum(value >= exact[-1] - 1e-6 for value in near) / len(exact))
    return sum(shares) / len(shares), taken


def _ms(seconds: Sequence[float]) -> str:
    return f"{1000 * sorted(seconds)[int(0.95 * len(seconds))]:.1f}"
