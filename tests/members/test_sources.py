"""Files are what their names say, or are refused; rows that can't be read are rejected one by one."""

import gzip
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from bee.errors import Invalid
from bee.members.ingest.delimited import Layout, records
from bee.members.ingest.physical import LINE_LIMIT, Line
from bee.members.ingest.rejects import Rejected
from bee.members.ingest.rows import RawRow
from bee.members.ingest.sources import open_source

HEADER = b"external_id,event_type\n"


def rows_of(path: Path) -> list[RawRow | Rejected]:
    return [row for row, _ in open_source(path).read()]


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_csv_gives_rows_with_their_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "events.csv", HEADER + b"anna-1,app_session\n\nben-2,journal_entry\n")
    source = open_source(path)
    assert source.columns == ("external_id", "event_type")
    assert [(row.line, dict(row.values)) for row in rows_of(path) if isinstance(row, RawRow)] == [
        (2, {"external_id": "anna-1", "event_type": "app_session"}),
        (4, {"external_id": "ben-2", "event_type": "journal_entry"}),
    ]


@pytest.mark.parametrize(("delimiter", "end"), [(",", "\n"), (";", "\r\n"), ("\t", "\n")])
def test_delimiters_line_ends_and_byte_order_marks_are_understood(
    tmp_path: Path, delimiter: str, end: str
) -> None:
    lines = [delimiter.join(("external_id", "event_type")), delimiter.join(("anna-1", "app_session")), ""]
    (row,) = rows_of(write(tmp_path / "e.csv", b"\xef\xbb\xbf" + end.join(lines).encode()))
    assert isinstance(row, RawRow)
    assert dict(row.values) == {"external_id": "anna-1", "event_type": "app_session"}


def test_a_quoted_value_may_hold_line_breaks(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv", HEADER + b'anna-1,"a\nb ""c"""\nben-2,x\n')
    assert [row.values["event_type"] for row in rows_of(path) if isinstance(row, RawRow)] == ['a\nb "c"', "x"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"anna-1", "the row has 1 values, the header 2"),
        (b"anna-1,a,b", "the row has 3 values, the header 2"),
        (b"anna-1,a\0b", "the row holds a NUL byte"),
        (b"anna-1,M\xfcller", "the row is not UTF-8 (byte 9)"),
        (b'anna-1,"5 long', "a quotation mark is never closed"),
        (b"anna-1," + b"x" * 10_000_000, "the row has 10,000,007 bytes, more than 1,048,576"),
        (b"anna-1," + b"x" * 200_000, "the row can't be read: field larger than field limit (131072)"),
    ],
)
def test_a_bad_row_is_rejected_and_those_around_it_are_read(tmp_path: Path, bad: bytes, reason: str) -> None:
    path = write(tmp_path / "e.csv", HEADER + b"anna-1,a\n" + bad + b"\nben-2,b\ncleo-3,c\n")
    rows = rows_of(path)
    assert [row.line for row in rows] == [2, 3, 4, 5]
    assert isinstance(rows[1], Rejected)
    assert (rows[1].reason.split(" (byte")[0], sum(isinstance(row, RawRow) for row in rows)) == (
        reason.split(" (byte")[0],
        3,
    )


def test_two_stray_quotation_marks_do_not_swallow_the_rows_between_them(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv", HEADER + b'a,"5 long\nb,x\nc,"7 long\nd,y\n')
    assert [(row.line, type(row)) for row in rows_of(path)] == [
        (2, Rejected),
        (3, RawRow),
        (4, Rejected),
        (5, RawRow),
    ]


def test_a_quotation_mark_inside_a_value_is_a_character_like_any_other(tmp_path: Path) -> None:
    (row,) = rows_of(write(tmp_path / "e.csv", HEADER + b'a,5" long\n'))
    assert isinstance(row, RawRow)
    assert row.values["event_type"] == '5" long'


def test_a_row_of_ten_megabytes_is_passed_over_in_little_memory(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv", HEADER + b"x" * (10 << 20) + b"\nanna-1,a\n")
    tracemalloc.start()
    try:
        rows = rows_of(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [type(row) for row in rows] == [Rejected, RawRow]
    assert peak < 5 * LINE_LIMIT


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n\n  \n", "is empty"),
        ("empty.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("empty.parquet", b"", "is empty"),
        ("events.csv", b"PAR1\0\0PAR1", "but is a Parquet file"),
        ("events.csv", gzip.compress(b"a,b\n", mtime=0), "but is compressed with gzip"),
        ("events.csv", b"PK\x03\x04xl/workbook.xml", "but is a zip archive or an Excel file"),
        ("events.csv", b'{"a": 1}\n', "but is JSON"),
        ("events.csv", "a,b\n".encode("utf-16"), "but is a text in UTF-16"),
        ("events.csv", b"\x00\x01\x02\x03,\n", "but is no text"),
        ("events.csv", b"na\xefve,b\n1,2\n", "is no CSV in UTF-8"),
        ("events.csv", b"a,b,a\n1,2,3\n", "has the column a twice"),
        ("events.csv.gz", b"a,b\n1,2\n", "is not compressed with gzip"),
        ("events.jsonl", b"a,b\n1,2\n", "but is no JSON lines"),
        ("events.jsonl", b'[{"a": 1}]', "but is a JSON array"),
        ("events.parquet", b"a,b\n1,2\n", "but is no Parquet file"),
        ("events.parquet", b"PAR1 and then nothing", "is not a Parquet file that can be read"),
        ("events.txt", b"a,b\n", "is named neither"),
        ("events.xlsx", b"PK", "is named neither"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        open_source(write(tmp_path / name, content))


def test_what_is_missing_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="There is no file"):
        open_source(tmp_path / "missing.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(Invalid, match="is a folder"):
        open_source(tmp_path / "folder.csv")


def test_a_compressed_file_that_was_cut_short_gives_what_can_be_read_and_says_so(tmp_path: Path) -> None:
    content = HEADER + b"".join(f"member-{number},app_session\n".encode() for number in range(50_000))
    whole = gzip.compress(content)
    rows = rows_of(write(tmp_path / "e.csv.gz", whole[: len(whole) // 2]))
    assert all(isinstance(row, RawRow) for row in rows[:-1])
    assert isinstance(rows[-1], Rejected)
    assert "cut short" in rows[-1].reason
    assert rows[-1].line == len(rows) + 1
    assert len(rows_of(write(tmp_path / "f.csv.gz", whole))) == 50_000


def test_json_lines_are_objects(tmp_path: Path) -> None:
    lines = b'{"a": 1}\n[1]\n{"a": NaN}\nnull\n{"a"\n\n{"b": {"c": [2]}}\n' + b"[" * 100_000 + b"\n"
    rows = rows_of(write(tmp_path / "e.jsonl", lines))
    assert [(row.line, row.reason if isinstance(row, Rejected) else dict(row.values)) for row in rows] == [
        (1, {"a": 1}),
        (2, "the row is not a JSON object"),
        (3, "the row is not JSON: NaN is no number that JSON knows"),
        (4, "the row is not a JSON object"),
        (5, "the row is not JSON: Expecting ':' delimiter: line 1 column 5 (char 4)"),
        (7, {"b": {"c": [2]}}),
        (8, "the row is nested too deeply"),
    ]
    assert open_source(tmp_path / "e.jsonl").columns == ("a", "b")


def test_parquet_gives_typed_values_and_says_where_it_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "e.parquet"
    table = pa.table({"external_id": [f"member-{number}" for number in range(20_000)], "n": range(20_000)})
    parquet.write_table(table, path, row_group_size=5_000, compression="none", use_dictionary=False)
    rows = rows_of(path)
    assert (len(rows), rows[-1].line) == (20_000, 20_000)
    assert isinstance(rows[0], RawRow)
    assert rows[0].values == {"external_id": "member-0", "n": 0}
    assert rows[0].raw == '{"external_id": "member-0", "n": 0}'
    damaged = bytearray(path.read_bytes())
    middle = len(damaged) // 2
    damaged[middle : middle + 40_000] = b"\xff" * 40_000
    rows = rows_of(write(tmp_path / "f.parquet", bytes(damaged)))
    assert isinstance(rows[-1], Rejected)
    assert "damaged from here on" in rows[-1].reason
    assert all(isinstance(row, RawRow) for row in rows[:-1])


@given(st.lists(st.text(st.sampled_from('ab,"\n é'), max_size=20), max_size=12))
def test_no_line_is_lost_whatever_stands_on_it(texts: list[str]) -> None:
    lines = [Line(number, part.encode()) for number, part in enumerate("\n".join(texts).split("\n"), start=2)]
    rows = list(records(iter(lines), Layout(("x", "y"), ",")))
    said = "\n".join(row.text if isinstance(row, RawRow) else row.raw for row in rows if row)  # type: ignore[misc]
    assert [line for line in said.split("\n") if line.strip()] == [
        line.data.decode() for line in lines if line.data.strip()
    ]
