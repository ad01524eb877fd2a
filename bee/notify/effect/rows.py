"""A table as arrays, some thousands of rows at a time, and which of its rows are decision points."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bee.errors import Invalid
from bee.notify.effect.question import Question
from bee.notify.effect.trial import Numbers

Batches = Callable[[], Iterable[pa.RecordBatch]]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows: numbers by column (NaN where missing), text by column (None where missing)."""

    member: pa.Array
    numbers: Mapping[str, Numbers]
    texts: Mapping[str, pa.Array]
    probability: Numbers
    available: Flags
    missing: Mapping[str, Flags]

    @property
    def used(self) -> Flags:
        """Return which rows are available decision points that miss nothing."""
        misses: Flags = np.logical_or.reduce(list(self.missing.values()))
        return np.asarray(self.available & ~misses)

    @property
    def unrandomised(self) -> Flags:
        """Return which available rows were treated, or not, without a draw."""
        certain: Flags = np.isnan(self.probability) | np.isin(self.probability, (0.0, 1.0))
        return np.asarray(self.available & certain)


def batches_of(table: "pa.Table | Mapping[str, Sequence[object]]", question: Question) -> Batches:
    """Return a table in memory as batches. Raises :class:`Invalid` for a column that is not there."""
    if not isinstance(table, pa.Table):
        refuse_unknown(question, tuple(table))
        table = pa.table({name: _column(table[name]) for name in question.columns})
    refuse_unknown(question, tuple(table.column_names))
    return lambda: table.select(list(question.columns)).to_batches()


def _column(values: Sequence[object]) -> object:
    """Return a column as Arrow takes it, ids as text."""
    return [str(value) if isinstance(value, UUID) else value for value in values]


def refuse_unknown(question: Question, columns: Sequence[str]) -> None:
    """Raise :class:`Invalid` when the question names a column that the table has not."""
    unknown = [name for name in question.columns if name not in columns]
    if unknown:
        raise Invalid(
            "unknown_column",
            f"The table has no column {', '.join(unknown)}. It has: {', '.join(columns) or 'none'}.",
        )


def read(batch: pa.RecordBatch, question: Question) -> Rows:
    """Return a batch as arrays. Raises :class:`Invalid` for a column of the wrong type."""
    numbers = {name: _numbers(batch, name) for name in question.measured}
    texts: dict[str, pa.Array] = {}
    for name in question.covariates:
        if name in numbers:
            continue
        if _is_text(batch.column(name).type):
            texts[name] = batch.column(name).cast(pa.string())
        else:
            numbers[name] = _numbers(batch, name)
    probability = _drawn(question.probability, numbers, batch.num_rows)
    return Rows(
        batch.column(question.member).cast(pa.string()),
        numbers,
        texts,
        probability,
        _available(question, numbers, batch.num_rows),
        _missing(question, batch, numbers, texts),
    )


def numerator(question: Question, rows: Rows, mean_probability: float) -> Numbers:
    """Return the probability to centre at, a row each."""
    wanted = mean_probability if question.numerator is None else question.numerator
    return _drawn(wanted, rows.numbers, len(rows.probability))


def _drawn(wanted: str | float, numbers: Mapping[str, Numbers], rows: int) -> Numbers:
    return numbers[wanted] if isinstance(wanted, str) else np.full(rows, float(wanted))


def _available(question: Question, numbers: Mapping[str, Numbers], rows: int) -> Flags:
    if question.available is None:
        return np.ones(rows, dtype=np.bool_)
    marks = numbers[question.available]
    if not np.isin(marks, (0.0, 1.0)).all():
        raise Invalid(
            "availability_not_binary", f"The column {question.available} has to say 0 or 1 in every row."
        )
    return np.asarray(marks == 1)


def _missing(
    question: Question,
    batch: pa.RecordBatch,
    numbers: Mapping[str, Numbers],
    texts: Mapping[str, pa.Array],
) -> dict[str, Flags]:
    """Return by column which rows have no value or none that is finite; a missing probability is another matter."""
    found = {question.member: _nulls(batch.column(question.member))}
    found |= {name: ~np.isfinite(values) for name, values in numbers.items() if name != question.probability}
    return found | {name: _nulls(values) for name, values in texts.items()}


def _nulls(values: pa.Array) -> Flags:
    return np.asarray(pc.is_null(values), dtype=np.bool_)


def _numbers(batch: pa.RecordBatch, name: str) -> Numbers:
    values = batch.column(name)
    kind = values.type
    if not (pa.types.is_boolean(kind) or _is_number(kind) or pa.types.is_null(kind)):
        raise Invalid(
            "not_numbers", f"The column {name} holds {_described(values)}, where numbers are wanted."
        )
    if pa.types.is_boolean(kind):
        values = values.cast(pa.int8())
    return np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _described(values: pa.Array) -> str:
    """Return what a column holds, with the first value that is no number where it is text."""
    if not _is_text(values.type):
        return f"values of the type {values.type}"
    odd = next((text for text in values.cast(pa.string()).to_pylist() if text and not _reads(text)), None)
    return "text" if odd is None else f"text ({odd[:40]!r})"


def _reads(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
