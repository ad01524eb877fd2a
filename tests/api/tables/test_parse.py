"""Requests are read into values: each case of the dialect that the clients send, and what is refused."""

import json
import string
from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.api.tables.asked import (
    Arrow,
    Condition,
    Field,
    Group,
    Item,
    Joint,
    Operator,
    Preferences,
    Query,
    Resolution,
    Returned,
    Term,
    Tree,
    Verb,
    Window,
)
from bee.api.tables.prefer import read_preferences, read_range, wants_single
from bee.api.tables.refusal import Refusal
from bee.api.tables.request import read_query
from tests.api.tables.values import asked


def query(text: str, verb: Verb = Verb.READ) -> Query:
    return read_query("engagement_events", text.encode(), verb)


def refused(read: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read()
    return caught.value


def test_nothing_asked_is_every_row_and_column() -> None:
    assert query("") == Query(select=(Item(None),), where=(), order=(), window=Window())


def code_of(sent: str) -> str | None:
    """The code with which an address is refused."""
    try:
        query(sent)
    except Refusal as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    ("sent", "items"),
    [
        ("*", (Item(None),)),
        ("", (Item(None),)),
        ("id", (Item(Field("id")),)),
        ("id,event_type", (Item(Field("id")), Item(Field("event_type")))),
        (" id , event_type ", (Item(Field("id")), Item(Field("event_type")))),
        ("kind:event_type", (Item(Field("event_type"), "kind"),)),
        ("event_date::text", (Item(Field("event_date"), None, "text"),)),
        ("day:event_date::text", (Item(Field("event_date"), "day", "text"),)),
        ('"a,b":"x y"', (Item(Field("x y"), "a,b"),)),
        (r'"a\"b"', (Item(Field('a"b')),)),
        ("metadata->a->>b", (Item(Field("metadata", (Arrow("a", False), Arrow("b", True)))),)),
        ("metadata->0->>-1", (Item(Field("metadata", (Arrow(0, False), Arrow(-1, True)))),)),
        ("x:metadata->a::int4", (Item(Field("metadata", (Arrow("a", False),)), "x", "int4"),)),
        ("metadata->1st", (Item(Field("metadata", (Arrow("1st", False),))),)),
        ("*,day:event_date", (Item(None), Item(Field("event_date"), "day"))),
        ("naïve-name", (Item(Field("naïve-name")),)),
    ],
)
def test_what_is_selected(sent: str, items: tuple[Item, ...]) -> None:
    assert query(urlencode({"select": sent})).select == items


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("id,", "PGRST100"),
        (",id", "PGRST100"),
        ("id;drop table x", "PGRST100"),
        ("id::", "PGRST100"),
        ("id->", "PGRST100"),
        ('"id', "PGRST100"),
        (":id", "PGRST100"),
        ("*x", "PGRST100"),
        ("id)", "PGRST100"),
        ("members(*)", "PGRST200"),
        ("x:members!inner(id)", "PGRST200"),
        ("...members(id)", "PGRST200"),
        ("id.count()", "PGRST123"),
        ("count()", "PGRST123"),
        (",".join(["id"] * 101), "PGRST100"),
        ("metadata" + "->a" * 17, "PGRST100"),
        ("metadata" + "->a" * 10_000, "PGRST100"),
    ],
)
def test_what_can_not_be_selected(sent: str, code: str) -> None:
    assert refused(lambda: query(urlencode({"select": sent}))).code == code


def is_(field: str, operator: Operator, value: str | tuple[str, ...], *, negated: bool = False) -> Condition:
    return Condition(Field(field), operator, value, negated)


@pytest.mark.parametrize(
    ("sent", "conditions"),
    [
        ("event_type=eq.lesson", (is_("event_type", Operator.EQ, "lesson"),)),
        ("event_type=not.eq.lesson", (is_("event_type", Operator.EQ, "lesson", negated=True),)),
        ("event_type=eq.", (is_("event_type", Operator.EQ, ""),)),
        ("event_type=eq.a.b,c(d)", (is_("event_type", Operator.EQ, "a.b,c(d)"),)),
        ("event_type=eq.a+b", (is_("event_type", Operator.EQ, "a b"),)),
        ("event_type=eq.a%2Bb", (is_("event_type", Operator.EQ, "a+b"),)),
        ("%65vent%5Ftype=%65q%2Elesson", (is_("event_type", Operator.EQ, "lesson"),)),
        ('event_type=eq."a"', (is_("event_type", Operator.EQ, '"a"'),)),
        ("event_type=like.*a*", (is_("event_type", Operator.LIKE, "*a*"),)),
        ("event_type=ilike.%25a", (is_("event_type", Operator.ILIKE, "%a"),)),
        ("event_type=is.null", (is_("event_type", Operator.IS, "null"),)),
        ("event_type=not.is.NULL", (is_("event_type", Operator.IS, "null", negated=True),)),
        ("is_kept=is.true", (is_("is_kept", Operator.IS, "true"),)),
        ("id=in.(a,b)", (is_("id", Operator.IN, ("a", "b")),)),
        ("id=in.()", (is_("id", Operator.IN, ()),)),
        ('id=in.("a,b","c)d","e\\"f","g\\\\h")', (is_("id", Operator.IN, ("a,b", "c)d", 'e"f', "g\\h")),)),
        # As the Dart client of the app writes an inner quote.
        ('id=in.("a"b")', (is_("id", Operator.IN, ('"a"b"',)),)),
        ('metadata=cs.{"a":1}', (is_("metadata", Operator.CONTAINS, '{"a":1}'),)),
        (
            "event_date=gte.2026-01-01&event_date=lt.2026-02-01",
            (is_("event_date", Operator.GTE, "2026-01-01"), is_("event_date", Operator.LT, "2026-02-01")),
        ),
        ("metadata->>a=eq.1", (Condition(Field("metadata", (Arrow("a", True),)), Operator.EQ, "1"),)),
        (
            "or=(event_type.eq.a,event_type.eq.b)",
            (Group(Joint.OR, (is_("event_type", Operator.EQ, "a"), is_("event_type", Operator.EQ, "b"))),),
        ),
        (
            "not.and=(a.eq.1,not.or(b.not.is.null,c.in.(1,2)))",
            (
                Group(
                    Joint.AND,
                    (
                        is_("a", Operator.EQ, "1"),
                        Group(
                            Joint.OR,
                            (is_("b", Operator.IS, "null", negated=True), is_("c", Operator.IN, ("1", "2"))),
                            is_negated=True,
                        ),
                    ),
                    is_negated=True,
                ),
            ),
        ),
        (
            'or=( a.eq."x,)y", b.cs.{p,q})',
            (Group(Joint.OR, (is_("a", Operator.EQ, "x,)y"), is_("b", Operator.CONTAINS, "{p,q}"))),),
        ),
    ],
)
def test_what_is_filtered(sent: str, conditions: tuple[Tree, ...]) -> None:
    assert query(sent).where == conditions


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("id=1", "PGRST100"),
        ("id=", "PGRST100"),
        ("id", "PGRST100"),
        ("id=equals.1", "PGRST100"),
        ("id=not.1", "PGRST100"),
        ("id=not.not.eq.1", "PGRST100"),
        ("id=in.1", "PGRST100"),
        ("id=in.(1", "PGRST100"),
        ("id=in.(1)x", "PGRST100"),
        ("id=is.maybe", "PGRST100"),
        ("id=is.nullx", "PGRST100"),
        ("id=fts.word", "PGRST100"),
        ("id=eq(any).{1}", "PGRST100"),
        ("=eq.1", "PGRST100"),
        ("or=", "PGRST100"),
        ("or=()", "PGRST100"),
        ("or=(id.eq.1", "PGRST100"),
        ("or=(id.eq.1))", "PGRST100"),
        ("or=(id.eq.1,xor(id.eq.2))", "PGRST100"),
        ("or=(id)", "PGRST100"),
        ("members.id=eq.1", "PGRST108"),
        ("members.order=id", "PGRST108"),
        ("id=eq.%00", "PGRST100"),
        ("%00=eq.1", "PGRST100"),
        ("id=eq.%ff", "PGRST100"),
        ("or=" + "(or" * 11 + "(a.eq.1)" + ")" * 11, "PGRST100"),
        ("or=" + "(or" * 100_000, "PGRST100"),
        ("or=(" + ",".join(["a.eq.1"] * 10_000) + ")", "PGRST100"),
        ("&".join(["a=eq.1"] * 10_000), "PGRST100"),
        ("metadata=cs." + "[" * 10_000, "PGRST100"),
        ("limit=x", "PGRST100"),
        ("limit=1.5", "PGRST100"),
        ("limit=%D9%A1", "PGRST100"),
        ("limit=-1", "PGRST103"),
        ("offset=-1", "PGRST100"),
        ("offset=" + "9" * 5000, "PGRST100"),
        ("order=id.up", "PGRST100"),
        ("order=id,", "PGRST100"),
        ("order=id.asc.nulls", "PGRST100"),
        ("order=" + ",".join(["id"] * 21), "PGRST100"),
        ("columns=a,,b", "PGRST100"),
        ("on_conflict=(a)", "PGRST100"),
    ],
)
def test_what_does_not_parse(sent: str, code: str) -> None:
    error = refused(lambda: query(sent))
    assert error.code == code
    assert len(error.message) < 400


def test_where_reading_stopped_is_told() -> None:
    error = refused(lambda: query("or=(id.eq.1,id.equals.2)"))
    assert error.message == '"failed to parse logic tree ((id.eq.1,id.equals.2))" (line 1, column 13)'
    assert error.details == "unexpected 'e' expecting \"not\" or operator (eq, gt, ...)"


@pytest.mark.parametrize(
    ("sent", "terms"),
    [
        ("id", (Term(Field("id")),)),
        ("id.asc", (Term(Field("id")),)),
        ("id.desc.nullslast", (Term(Field("id"), True, False),)),
        ("id.nullsfirst", (Term(Field("id"), False, True),)),
        ("event_date.desc, id", (Term(Field("event_date"), True), Term(Field("id")))),
        ("metadata->>a.desc", (Term(Field("metadata", (Arrow("a", True),)), True),)),
        ("metadata->0.desc", (Term(Field("metadata", (Arrow(0, False),)), True),)),
    ],
)
def test_how_rows_are_ordered(sent: str, terms: tuple[Term, ...]) -> None:
    assert query(urlencode({"order": sent})).order == terms


@pytest.mark.parametrize(
    ("sent", "ranged", "window"),
    [
        ("limit=5", None, Window(0, 5)),
        ("offset=3", None, Window(3)),
        ("offset=3&limit=5", None, Window(3, 5)),
        ("limit=0", None, Window(0, 0)),
        ("", "0-9", Window(0, 10)),
        ("", "items=5-5", Window(5, 1)),
        ("", "5-", Window(5)),
        ("", "bytes=0-9", Window()),
        ("", "nonsense", Window()),
        ("offset=3&limit=5", "4-20", Window(4, 4)),
        ("limit=5", "10-20", Window(10, 0)),
    ],
)
def test_which_rows_are_wanted(sent: str, ranged: str | None, window: Window) -> None:
    assert read_query("t", sent.encode(), Verb.READ, read_range(ranged)).window == window


def test_a_range_upside_down_can_not_be_had() -> None:
    error = refused(lambda: read_range("9-0"))
    assert (error.http_status, error.code) == (416, "PGRST103")


def test_a_limit_on_a_change_is_refused_rather_than_ignored() -> None:
    for verb in (Verb.UPDATE, Verb.DELETE):
        assert refused(lambda verb=verb: query("id=eq.1&limit=1", verb)).code == "PGRST100"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("headers", "returned", "resolution", "is_counted"),
    [
        ([], Returned.MINIMAL, None, False),
        ([""], Returned.MINIMAL, None, False),
        ([",return=representation"], Returned.ROWS, None, False),
        (["return=minimal"], Returned.MINIMAL, None, False),
        (["return=headers-only"], Returned.HEADERS, None, False),
        (["resolution=merge-duplicates, return=representation"], Returned.ROWS, Resolution.MERGE, False),
        (["resolution=ignore-duplicates,return=representation"], Returned.ROWS, Resolution.IGNORE, False),
        (["return=representation", "count=exact"], Returned.ROWS, None, True),
        (["count=planned"], Returned.MINIMAL, None, True),
        (["count=estimated"], Returned.MINIMAL, None, True),
        (["return=everything, flavour=sweet"], Returned.MINIMAL, None, False),
        ([" return = representation "], Returned.ROWS, None, False),
        (["return=representation, return=minimal"], Returned.ROWS, None, False),
    ],
)
def test_what_is_preferred(
    headers: list[str], returned: Returned, resolution: Resolution | None, is_counted: bool
) -> None:
    preferences = read_preferences(headers)
    assert (preferences.returned, preferences.resolution, preferences.is_counted) == (
        returned,
        resolution,
        is_counted,
    )


def test_unknown_preferences_are_refused_only_where_strictness_is_asked_for() -> None:
    assert read_preferences(["flavour=sweet"]) == Preferences()
    assert refused(lambda: read_preferences(["handling=strict, flavour=sweet"])).code == "PGRST122"


def test_most_affected_counts_only_with_strictness() -> None:
    assert read_preferences(["max-affected=3"]).most_affected is None
    assert read_preferences(["handling=strict,max-affected=3"]).most_affected == 3


@pytest.mark.parametrize(
    ("accept", "is_single"),
    [
        (None, False),
        ("*/*", False),
        ("", False),
        ("application/json", False),
        ("application/vnd.pgrst.object+json", True),
        ("Application/Vnd.Pgrst.Object+JSON; charset=utf-8", True),
        ("text/html, application/json;q=0.9", False),
    ],
)
def test_which_form_is_wanted(accept: str | None, is_single: bool) -> None:
    assert wants_single(accept) is is_single


@pytest.mark.parametrize("accept", ["text/csv", "text/html,image/png", "application/geo+json"])
def test_other_forms_are_not_there(accept: str) -> None:
    error = refused(lambda: wants_single(accept))
    assert (error.http_status, error.code) == (406, "PGRST107")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_the_public_schema_is_there(method: str) -> None:
    header = "accept_profile" if method == "GET" else "content_profile"
    assert asked(method, body=b"{}", **{header: "public"}).verb
    error = refused(lambda: asked(method, body=b"{}", **{header: "auth"}))
    assert (error.http_status, error.code) == (406, "PGRST106")


@pytest.mark.parametrize(
    ("body", "columns", "keys", "rows"),
    [
        (b'{"a":1,"b":null}', "", ("a", "b"), 1),
        (b'[{"a":1},{"a":"x"}]', "", ("a",), 2),
        (b'[{"a":1},{"b":"x"}]', '"a","b"', ("a", "b"), 2),
        (b'{"a":1,"more":2}', "a", ("a",), 1),
        (b"[]", "", (), 0),
        (b"{}", "", (), 1),
        (b'{"a":"\\ud83d\\ude00"}', "", ("a",), 1),
    ],
)
def test_what_is_written(body: bytes, columns: str, keys: tuple[str, ...], rows: int) -> None:
    payload = asked("POST", urlencode({"columns": columns}), body, content_type="application/json").payload
    assert payload is not None
    assert payload.keys == keys
    assert len(json.loads(payload.text)) == len(payload.rows) == rows


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Empty or invalid json"),
        (b"{", "Empty or invalid json"),
        (b"\xff", "Empty or invalid json"),
        (b'{"a":NaN}', "Empty or invalid json"),
        (b'{"a":-Infinity}', "Empty or invalid json"),
        (b'{"a":' + b"9" * 5000 + b"}", "Empty or invalid json"),
        (b"[" * 100_000, "Empty or invalid json"),
        (b'{"\\ud800":1}', "Empty or invalid json"),
        (b"5", "The body is an object or an array of objects"),
        (b"null", "The body is an object or an array of objects"),
        (b'[{"a":1},5]', "The body is an object or an array of objects"),
        (b'[{"a":1},{"b":1}]', "All object keys must match"),
        (b'[{"a":1},{"a":1,"b":1}]', "All object keys must match"),
    ],
)
def test_what_can_not_be_written(body: bytes, message: str) -> None:
    error = refused(lambda: asked("POST", body=body))
    assert (error.http_status, error.code, error.message) == (400, "PGRST102", message)


def test_a_change_is_one_object() -> None:
    assert refused(lambda: asked("PATCH", "id=eq.1", b'[{"a":1},{"a":2}]')).code == "PGRST102"


def test_a_body_in_another_form_is_refused() -> None:
    assert refused(lambda: asked("POST", body=b"a\n1", content_type="text/csv")).code == "PGRST102"


@given(st.text() | st.text(alphabet=string.ascii_lowercase + '.,()"\\:{}*&=->%+ notreqlimdc'))
def test_any_query_string_is_read_or_refused(sent: str) -> None:
    for form in (sent, quote(sent), f"or=({quote(sent)}", f"select={quote(sent)}&order={quote(sent)}"):
        assert code_of(form) in {None, "PGRST100", "PGRST103", "PGRST108", "PGRST123", "PGRST200"}


@given(st.text())
def test_a_value_comes_through_as_it_was_sent(value: str) -> None:
    if "\0" in value or value.count("[") + value.count("{") > 1000:
        return
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert query(urlencode({"a": f"eq.{value}"})).where == (is_("a", Operator.EQ, value),)
    assert query(urlencode({"a": f"in.({quoted},x)"})).where == (is_("a", Operator.IN, (value, "x")),)
    assert query(urlencode({"or": f"(a.eq.{quoted},b.eq.1)"})).where == (
        Group(Joint.OR, (is_("a", Operator.EQ, value), is_("b", Operator.EQ, "1"))),
    )
