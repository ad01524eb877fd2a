"""What a message calls up, through the real roles: with pgvector, without it, without the model that was meant."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from bee.coach.memory import recall
from bee.coach.memory.models import MEANING_DIMENSION, Compares, Embedded, EmbeddingModel, by_keywords
from bee.coach.memory.recall import Fallback, Recollection
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.db.migrations import MIGRATIONS_FOLDER, connect_as_owner, load_migrations
from tests.cluster import named
from tests.coach.memory.remembering import NOW, as_coach, as_member, keep, remember
from tests.factories import make_member, make_staff

SMALL = EmbeddingModel("openai", "text-embedding-3-small", MEANING_DIMENSION, Compares.MEANING)
LARGE = EmbeddingModel("openai", "text-embedding-3-large", MEANING_DIMENSION, Compares.MEANING)


@pytest.fixture
def mia(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_member(session)


def meaning(subject: int, by: EmbeddingModel = SMALL) -> Embedded:
    return Embedded(by, [0.001 + (place == subject) for place in range(by.dimension)])


def values(found: Recollection) -> list[str]:
    return [memory.trait_value for memory in found.memories]


def test_what_shares_words_with_a_message_comes_first_embedded_or_not(database: Database, mia: UUID) -> None:
    dog = remember(database, mia, "likes:dog", "walks with the dog", valid_from=NOW - timedelta(days=200))
    soup = remember(database, mia, "likes:soup", "soup for lunch")
    with as_member(database, mia) as session:
        before = recall(session, mia, "The dog pulled me along", limit=9, at=NOW)
    keep(database, dog, by_keywords("likes walks with the dog"))
    with as_member(database, mia) as session:
        half = recall(session, mia, "The dog pulled me along", limit=9, at=NOW)
    keep(database, soup, by_keywords("likes soup for lunch"))
    with as_member(database, mia) as session:
        after = recall(session, mia, "The dog pulled me along", limit=9, at=NOW)
    assert values(before) == ["walks with the dog", "soup for lunch"]
    for found in (half, after):
        assert values(found) == values(before)
        assert [each.score for each in found.recalled] == pytest.approx(
            [each.score for each in before.recalled], abs=1e-5
        )
    assert before.label == "local/keywords-v1 memory-weights-1"
    assert before.by.compares is Compares.KEYWORDS


def test_no_more_are_called_up_than_asked_for(database: Database, mia: UUID) -> None:
    for number in range(7):
        remember(database, mia, f"note:{number}", f"number {number}")
    with as_member(database, mia) as session:
        assert len(recall(session, mia, "hello", limit=3, at=NOW).memories) == 3
        assert len(recall(session, mia, "number 4", limit=99, at=NOW).memories) == 7
        assert recall(session, mia, "number 4", limit=1, at=NOW).memories[0].trait_value == "number 4"


def test_what_was_known_at_a_time_is_called_up_as_of_then(database: Database, mia: UUID) -> None:
    remember(database, mia, "goal", "run 5 km", valid_to=NOW - timedelta(days=2))
    remember(database, mia, "goal", "run 10 km", valid_from=NOW - timedelta(days=2))
    remember(database, mia, "likes:tea", "a proposal about running", status="proposed")
    remember(database, mia, "likes:run", "rejected running", status="rejected")
    with as_member(database, mia) as session:
        found = {
            days: values(recall(session, mia, "run", limit=9, at=NOW - timedelta(days=days)))
            for days in (0, 2, 3, 99)
        }
    assert found == {0: ["run 10 km"], 2: ["run 10 km"], 3: ["run 5 km"], 99: []}


@pytest.mark.parametrize("message", ["", "…", "\ud800", "🙂" * 50, "word " * 20_000])
def test_whatever_the_message_the_memories_are_still_weighed(
    message: str, database: Database, mia: UUID
) -> None:
    memory = remember(database, mia, "note", "🙂")
    keep(database, memory, by_keywords("…"))
    with as_member(database, mia) as session:
        assert values(recall(session, mia, message, limit=9, at=NOW)) == ["🙂"]


def test_meaning_is_compared_by_its_own_model_alone(database: Database, mia: UUID) -> None:
    hike = remember(database, mia, "likes:hike", "long hikes")
    soup = remember(database, mia, "likes:soup", "soup for lunch")
    keep(database, hike, meaning(0))
    keep(database, soup, meaning(1))
    with as_member(database, mia) as session:
        found = recall(session, mia, "a walk", limit=9, at=NOW, asked=meaning(0), meant=SMALL)
        other = recall(session, mia, "soup", limit=9, at=NOW, asked=meaning(0, LARGE), meant=LARGE)
        none = recall(session, mia, "soup", limit=9, at=NOW, asked=None, meant=SMALL)
    assert (values(found), found.fallback, found.by) == (["long hikes", "soup for lunch"], None, SMALL)
    assert found.recalled[0].similarity == pytest.approx(1, abs=1e-3)
    assert (other.fallback, values(other)[0]) == (Fallback.NOT_ALL_EMBEDDED, "soup for lunch")
    assert (none.fallback, values(none)[0]) == (Fallback.NOT_ASKED, "soup for lunch")
    assert none.label == "local/keywords-v1 memory-weights-1 not_asked"


def test_one_memory_that_the_model_has_not_seen_makes_keywords_stand_in(
    database: Database, mia: UUID
) -> None:
    keep(database, remember(database, mia, "likes:hike", "long hikes"), meaning(0))
    remember(database, mia, "likes:walk", "a walk")
    with as_member(database, mia) as session:
        found = recall(session, mia, "a walk", limit=9, at=NOW, asked=meaning(0), meant=SMALL)
    assert (found.fallback, values(found)[0]) == (Fallback.NOT_ALL_EMBEDDED, "a walk")


def test_nobody_but_the_members_own_coach_calls_them_up(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        cora, carl = make_staff(session, roles=("coach",)), make_staff(session, roles=("coach",))
        mia = make_member(session, coach_id=cora)
        noah = make_member(session)
    keep(database, remember(database, mia, "goal", "run"), by_keywords("goal run"))
    remember(database, mia, "note", "not embedded")
    with as_coach(database, cora) as session:
        assert len(recall(session, mia, "run", limit=9, at=NOW).memories) == 2
    with as_coach(database, carl) as session:
        assert recall(session, mia, "run", limit=9, at=NOW).memories == ()
    with as_member(database, noah) as reading:
        assert recall(reading, mia, "run", limit=9, at=NOW).memories == ()


def test_other_words_are_embedded_anew(database: Database, mia: UUID) -> None:
    memory = remember(database, mia, "goal", "run")
    keep(database, memory, by_keywords("goal run"))
    with database.writing(Login.API, role="service_role") as session:
        session.driver.execute("update coach_memory set trait_value = 'swim' where id = %s", [memory])
    with database.reading(Login.OWNER) as reading:
        assert reading.driver.execute("select * from coach_memory_embeddings").fetchall() == []
    with as_member(database, mia) as reading:
        found = recall(reading, mia, "swim", limit=9, at=NOW)
    assert found.recalled[0].similarity > 0.5


@pytest.fixture
def without_pgvector(database: Database) -> Callable[[], None]:
    """Put back what the migrations make where pgvector is missing."""

    def take_away() -> None:
        (plain,) = (each for each in load_migrations() if each.name == "coach_memory")
        start = plain.text.index("create function public.bee_near_memories")
        end = plain.text.index("$$;", start) + len("$$;")
        address = named(database.address, dict(database.address.base)["dbname"])
        with connect_as_owner(address) as connection:
            connection.execute("drop extension if exists vector cascade")
            connection.execute("drop function if exists public.bee_near_memories")
            connection.execute("set role bee_migrator")
            connection.execute(plain.text[start:end].encode())
            connection.execute(
                "revoke all on function public.bee_near_memories from public;"
                "grant execute on function public.bee_near_memories to authenticated, bee_coach, bee_admin"
            )

    return take_away


def test_without_pgvector_the_same_memories_come_with_the_same_scores(
    database: Database, mia: UUID, without_pgvector: Callable[[], None]
) -> None:
    for number, text in enumerate(("walks with the dog", "soup for lunch", "…", "walks alone")):
        memory = remember(database, mia, f"note:{number}", text)
        keep(database, memory, by_keywords(f"note {text}" if number != 2 else text))
    with as_member(database, mia) as session:
        indexed = recall(session, mia, "a note on walks", limit=9, at=NOW)
    without_pgvector()
    database.dispose()
    with as_member(database, mia) as session:
        exact = recall(session, mia, "a note on walks", limit=9, at=NOW)
    assert values(exact) == values(indexed)
    assert [each.score for each in exact.recalled] == pytest.approx(
        [each.score for each in indexed.recalled], abs=1e-5
    )


def test_the_migration_for_pgvector_does_nothing_where_it_is_missing(empty: ServerAddress) -> None:
    path = next(MIGRATIONS_FOLDER.glob("*_coach_memory_vectors.sql"))
    with connect_as_owner(empty) as connection:
        connection.execute("drop extension if exists vector cascade")
        connection.execute(path.read_bytes())
        assert (
            connection.execute("select * from pg_proc where proname = 'bee_near_memories'").fetchall() == []
        )


@pytest.mark.parametrize(
    ("of_all", "scans", "why"),
    [
        (2_100, 1, "it is all there is"),
        (6_000, 1, "every third that is passed is theirs"),
        (1_000_000, 0, "hardly any that is passed is theirs"),
    ],
)
def test_a_member_with_more_memories_than_are_quickly_compared_is_looked_up_by_index(
    of_all: int, scans: int, why: str, database: Database, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        session.driver.execute(
            """
            with added as (
                insert into coach_memory (user_id, trait_key, trait_value, source)
                select %s, 'note:' || number, 'number ' || number, 'import' from generate_series(1, 2100) as number
                returning id, user_id, trait_key
            )
            insert into coach_memory_embeddings
                (memory_id, user_id, provider, model, dimension, compares, embedding)
            select id, user_id, 'local', 'keywords-v1', 256, 'keywords', (
                select array_agg(sin(substr(trait_key, 6)::integer * place)::real)
                from generate_series(1, 256) as place
            )
            from added
            """,
            [mia],
        )
        exact = session.driver.execute(
            "select embedding from coach_memory_embeddings as known"
            " inner join coach_memory on id = memory_id where trait_key = 'note:77'"
        ).fetchone()
    assert exact is not None
    with connect_as_owner(named(database.address, dict(database.address.base)["dbname"])) as connection:
        # As an analysis would leave it, without as many rows.
        connection.execute(
            "update pg_class set reltuples = %s where oid = 'public.coach_memory_embeddings'::regclass",
            [of_all],
        )
    with as_member(database, mia) as reading:
        found = reading.driver.execute(
            "select trait_key from bee_near_memories(%s, 'local', 'keywords-v1', %s::real[], now(), 5)"
            " inner join coach_memory on id = memory_id order by similarity desc",
            [mia, exact[0]],
        ).fetchall()
        scanned = reading.driver.execute(
            "select pg_stat_get_xact_numscans(to_regclass('coach_memory_embeddings_keywords')),"
            " exists (select from pg_extension where extname = 'vector')"
        ).fetchone()
    assert (len(found), found[0]) == (5, ("note:77",))
    assert scanned in ((scans, True), (None, False)), why
