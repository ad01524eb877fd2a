"""Requests become one statement each: what it says, and that no value is ever in it."""

import json
import re
import string
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.api.tables.fragment import Fragment
from bee.api.tables.refusal import Refusal
from tests.api.tables.values import compiled, sql_of

TABLE = '"public"."engagement_events"'


def page(query: str) -> str:
    """The inner part of a read."""
    return sql_of(compiled(query=query)).removeprefix("with page as (").split(") select cast(coalesce")[0]


def where(query: str) -> str:
    return page(f"select=id&{query}").split(" where ")[1].removesuffix(" limit %s")


def test_a_read_selects_what_the_role_was_granted() -> None:
    assert page("") == (
        'select "t"."id", "t"."user_id", "t"."event_type", "t"."event_date", "t"."metadata", "t"."is_kept"'
        f' from {TABLE} as "t" where true limit %s'
    )


def test_the_answer_is_made_by_postgresql() -> None:
    assert sql_of(compiled(query="select=id")) == (
        f'with page as (select "t"."id" as "id" from {TABLE} as "t" where true limit %s)'
        " select cast(coalesce(pg_catalog.json_agg(page.*), '[]') as pg_catalog.text), count(*),"
        " null::bigint, null::bigint, null::text from page"
    )


def test_a_single_object_is_not_in_an_array() -> None:
    text = sql_of(compiled(query="select=id", accept="application/vnd.pgrst.object+json"))
    assert "cast(pg_catalog.json_agg(page.*) -> 0 as pg_catalog.text)" in text


def test_a_count_is_of_all_that_the_filters_meet() -> None:
    fragment = compiled(query="event_type=eq.x&limit=1", prefer="count=exact")
    counted = (
        f'(select count(*) from {TABLE} as "t" where ("t"."event_type" = cast(%s as "pg_catalog"."text")))'
    )
    assert counted in sql_of(fragment)
    assert fragment.values == ("x", 1, "x")


@pytest.mark.parametrize(
    ("sent", "sql", "values"),
    [
        ("event_type=eq.x", '("t"."event_type" = cast(%s as "pg_catalog"."text"))', ("x",)),
        (
            "event_date=gte.2026-01-01",
            '("t"."event_date" >= cast(%s as "pg_catalog"."date"))',
            ("2026-01-01",),
        ),
        ("event_type=not.eq.x", 'not ("t"."event_type" = cast(%s as "pg_catalog"."text"))', ("x",)),
        ("event_type=like.*x%25", '("t"."event_type" like cast(%s as "pg_catalog"."text"))', ("%x%",)),
        ("event_type=is.null", '("t"."event_type" is null)', ()),
        ("is_kept=not.is.true", 'not ("t"."is_kept" is true)', ()),
        ("id=in.(a,b)", '("t"."id" = any(cast(%s as "pg_catalog"."_uuid")))', (["a", "b"],)),
        ("metadata=cs.{}", '("t"."metadata" @> cast(%s as "pg_catalog"."jsonb"))', ("{}",)),
        (
            "metadata->a->>0=eq.x",
            (
                '((("t"."metadata" -> cast(%s as "pg_catalog"."text")) ->> cast(%s as "pg_catalog"."int4"))'
                ' = cast(%s as "pg_catalog"."text"))'
            ),
            ("a", 0, "x"),
        ),
        (
            "or=(event_type.eq.x,not.and(event_type.eq.y,id.is.null))",
            (
                '(("t"."event_type" = cast(%s as "pg_catalog"."text")) or'
                ' not (("t"."event_type" = cast(%s as "pg_catalog"."text")) and ("t"."id" is null)))'
            ),
            ("x", "y"),
        ),
    ],
)
def test_conditions(sent: str, sql: str, values: tuple[object, ...]) -> None:
    assert where(sent) == sql
    assert compiled(query=f"select=id&{sent}").values == (*values, 1000)


def test_an_order_and_a_window() -> None:
    text = page("select=id&order=event_date.desc.nullslast,metadata->>a&limit=5&offset=2")
    assert text.endswith(
        'order by "t"."event_date" desc nulls last, ("t"."metadata" ->> cast(%s as "pg_catalog"."text")) asc'
        " limit %s offset %s"
    )


def test_no_more_rows_are_read_than_fit() -> None:
    assert compiled(query="select=id&limit=5000").values == (1000,)
    assert compiled(query="select=id&limit=10").values == (10,)


def test_a_name_that_looks_like_a_placeholder_is_none() -> None:
    fragment = compiled(query="select=" + quote('"%s;\\"%(x)s":id'))
    assert "%%s" in sql_of(fragment)
    assert fragment.values == (1000,)


def test_a_minimal_insert_reads_nothing_back() -> None:
    fragment = compiled("POST", body=b'{"id":"a","event_type":"x"}')
    assert sql_of(fragment) == (
        f'with changed as (insert into {TABLE} as "t" ("id", "event_type") select "body"."id", "body"."event_type"'
        ' from pg_catalog.json_to_recordset(cast(%s as json)) as body("id" "pg_catalog"."uuid", "event_type"'
        ' "pg_catalog"."text") returning 1 as done) select null::text, count(*), count(*),'
        " nullif(pg_catalog.current_setting('bee.rows_merged', true), '')::bigint, null::text from changed"
    )
    assert fragment.values == ('[{"id":"a","event_type":"x"}]',)


def test_an_upsert_goes_by_the_key_unless_told_otherwise() -> None:
    body = b'{"id":"a"}'
    by_key = sql_of(compiled("POST", body=body, prefer="resolution=ignore-duplicates"))
    assert ' on conflict ("user_id", "id") do nothing returning 1' in by_key
    told = sql_of(compiled("POST", "on_conflict=event_type", body, prefer="resolution=merge-duplicates"))
    assert ' on conflict ("event_type") do update set "id" = "excluded"."id" where ' in told


def test_a_missing_value_is_null_or_the_default_as_asked_for() -> None:
    body, columns = b'[{"id":"a"},{"id":"b","metadata":"x","is_kept":true}]', "columns=id,metadata,is_kept"
    assert "json_to_recordset" in sql_of(compiled("POST", columns, body))
    fragment = compiled("POST", columns, body, prefer="missing=default")
    assert (
        'values (cast(%s as "pg_catalog"."uuid"), default, default), (cast(%s as "pg_catalog"."uuid"),'
        ' cast(%s as "pg_catalog"."jsonb"), cast(%s as "pg_catalog"."bool"))'
    ) in sql_of(fragment)
    assert fragment.values == ("a", "b", '"x"', "true")


def test_a_change_and_a_removal_go_by_their_filters() -> None:
    change = sql_of(compiled("PATCH", "id=eq.a", b'{"event_type":"x"}'))
    assert f'update {TABLE} as "t" set "event_type" = "body"."event_type" from ' in change
    assert ' where ("t"."id" = cast(%s as "pg_catalog"."uuid")) returning 1 as done' in change
    removal = sql_of(compiled("DELETE", "id=eq.a"))
    assert (
        f'delete from {TABLE} as "t" where ("t"."id" = cast(%s as "pg_catalog"."uuid")) returning 1'
        in removal
    )


def test_a_representation_names_only_the_columns_that_it_shows() -> None:
    text = sql_of(
        compiled("DELETE", "select=day:event_date&order=id&user_id=eq.a", prefer="return=representation")
    )
    assert 'returning "t"."event_date", "t"."id"' in text
    assert 'page as (select "t"."event_date" as "day" from changed as "t" order by "t"."id" asc' in text


@pytest.mark.parametrize(
    ("method", "query", "body", "status", "code"),
    [
        ("GET", "select=nothing", b"", 400, "42703"),
        ("GET", "nothing=eq.1", b"", 400, "42703"),
        ("GET", "or=(nothing.eq.1,id.eq.2)", b"", 400, "42703"),
        ("GET", "order=nothing", b"", 400, "42703"),
        ("GET", "id->a=eq.1", b"", 404, "42883"),
        ("GET", "metadata->>a->b=eq.1", b"", 404, "42883"),
        ("GET", "id=like.a*", b"", 404, "42883"),
        ("GET", "event_type=cs.{a}", b"", 404, "42883"),
        ("GET", "event_type=is.true", b"", 400, "42804"),
        ("GET", "select=id::regclass", b"", 400, "42704"),
        ("POST", "", b'{"nothing":1}', 400, "PGRST204"),
        ("POST", "columns=nothing", b"{}", 400, "PGRST204"),
        ("PATCH", "", b'{"nothing":1}', 400, "PGRST204"),
        ("PATCH", "nothing=eq.1", b'{"id":1}', 400, "42703"),
        ("DELETE", "nothing=eq.1", b"", 400, "42703"),
    ],
)
def test_what_the_table_has_not(method: str, query: str, body: bytes, status: int, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        compiled(method, query, body)
    assert (caught.value.http_status, caught.value.code) == (status, code)


def test_an_unknown_key_of_an_upsert_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        compiled("POST", "on_conflict=nothing", b'{"id":1}', prefer="resolution=ignore-duplicates")
    assert caught.value.code == "42703"


def test_defaults_are_not_filled_in_without_end() -> None:
    rows = ",".join(['{"id":"a"}'] * 30_001)
    with pytest.raises(Refusal) as caught:
        compiled("POST", "columns=id,user_id", f"[{rows}]".encode(), prefer="missing=default")
    assert caught.value.code == "PGRST102"


def placeholders(fragment: Fragment) -> int:
    return len(re.findall(r"%s", sql_of(fragment).replace("%%", "")))


plain = st.text().filter(lambda text: "\0" not in text)


@given(plain, plain)
def test_the_values_of_a_request_are_not_in_its_statement(one: str, other: str) -> None:
    def text(value: str) -> str:
        quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        parameters = {
            "select": "id",
            "event_type": f"eq.{value}",
            "id": f"in.({quoted})",
            "metadata": f"cs.{value}",
            "or": f"(event_type.like.{quoted},event_type.gt.{quoted})",
        }
        return sql_of(compiled(query=urlencode(parameters)))

    assert text(one) == text(other)


@given(plain, plain)
def test_the_values_of_a_body_are_not_in_the_statement(one: str, other: str) -> None:
    def text(value: str) -> str:
        return sql_of(
            compiled("POST", body=json.dumps({"event_type": value, "metadata": {value: 1}}).encode())
        )

    assert text(one) == text(other)


QUERIES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "select",
                "order",
                "limit",
                "offset",
                "or",
                "and",
                "id",
                "event_type",
                "metadata",
                "metadata->>a",
            ]
        )
        | st.text(max_size=12),
        st.text(alphabet=string.ascii_letters + '.,()"\\{}:*->% _$', max_size=30)
        | st.sampled_from(
            [
                "*",
                "id,a:event_type",
                "eq.%s",
                "in.(1,2)",
                "is.null",
                "(id.eq.1,event_type.like.*a)",
                'cs.{"a":1}',
                "id.desc",
                "3",
            ]
        ),
    ),
    max_size=5,
)


@given(QUERIES)
def test_any_request_becomes_a_statement_with_a_placeholder_a_value_or_is_refused(
    pairs: list[tuple[str, str]],
) -> None:
    try:
        fragment = compiled(query=urlencode(pairs))
    except Refusal as refusal:
        code = refusal.code
    else:
        assert placeholders(fragment) == len(fragment.values)
        return
    assert code.startswith("PGRST1") or code in {"PGRST200", "42703", "42704", "42804", "42883"}
