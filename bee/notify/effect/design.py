"""Controls and moderators as columns between −1 and 1, so that no unit of measure decides what can be solved."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.linalg import qr

from bee.errors import Invalid
from bee.notify.effect.question import Kind
from bee.notify.effect.rows import Batches, Rows, numerator, read
from bee.notify.effect.survey import Survey
from bee.notify.effect.trial import Decisions, Indices, Numbers, Trial

REDUNDANT: Final = 1e-10
# So many numbers are kept in memory; a larger trial is read again each time.
MOST_KEPT: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a design: a number less its middle by half its range, or whether a text is ``level``."""

    source: str
    level: str | None = None
    middle: float = 0.0
    half: float = 1.0

    @property
    def name(self) -> str:
        return self.source if self.level is None else f"{self.source}: {self.level}"

    def values(self, rows: Rows) -> Numbers:
        if self.level is None:
            return (rows.numbers[self.source] - self.middle) / self.half
        same = pc.equal(rows.texts[self.source], self.level)
        return np.asarray(pc.fill_null(same, False), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Design:
    """The columns of controls and moderators beside their columns of ones, and what a text is compared with."""

    controls: tuple[Column, ...]
    moderators: tuple[Column, ...]
    references: dict[str, str]


def design_of(found: Survey) -> Design:
    """Return the columns that a survey asks for. Raises :class:`Invalid` for one that never varies."""
    question = found.question
    references = {name: min(levels) for name, levels in found.levels.items()}
    return Design(
        tuple(column for name in question.controls for column in _columns(found, name)),
        tuple(column for name in question.moderators for column in _columns(found, name)),
        references,
    )


def _columns(found: Survey, name: str) -> list[Column]:
    """Return the columns of a covariate; the first text in the alphabet is what the others are compared with."""
    if name in found.levels:
        columns = [Column(name, level) for level in sorted(found.levels[name])[1:]]
    else:
        span = found.spans[name]
        half = span.high - span.middle
        columns = [Column(name, None, span.middle, half)] if half else []
    if not columns:
        raise Invalid("collinear", f"The column {name} has one value only, so it says nothing.")
    return columns


def trial_of(batches: Batches, found: Survey, design: Design) -> Trial:
    """Return the decision points that are used. Raises :class:`Invalid` for columns that say the same."""
    controls, moderators = 1 + len(design.controls), 1 + len(design.moderators)
    kept = (
        list(_decisions(batches, found, design))
        if found.used * (controls + moderators) <= MOST_KEPT
        else None
    )
    trial = Trial(
        len(found.members),
        controls,
        moderators,
        lambda: _decisions(batches, found, design) if kept is None else kept,
    )
    _refuse_few(trial)
    _refuse_collinear(trial, design)
    return trial


def _decisions(batches: Batches, found: Survey, design: Design) -> Iterator[Decisions]:
    question = found.question
    # A least-squares slope does not move with the outcome's zero; its rounding errors do.
    zero = found.outcome.middle if found.kind is Kind.CONTINUOUS else 0.0
    for batch in batches():
        rows = read(batch, question)
        used = rows.used
        if used.any():
            yield Decisions(
                _members(rows, found, pa.array(used)),
                rows.numbers[question.outcome][used] - zero,
                rows.numbers[question.treatment][used],
                rows.probability[used],
                numerator(question, rows, found.mean_probability)[used],
                _matrix(design.controls, rows)[used],
                _matrix(design.moderators, rows)[used],
            )


def _members(rows: Rows, found: Survey, used: pa.Array) -> Indices:
    encoded = rows.member.filter(used).dictionary_encode()
    numbers = np.array([found.members[name] for name in encoded.dictionary.to_pylist()], dtype=np.int64)
    return np.asarray(numbers[np.asarray(encoded.indices)])


def _matrix(columns: tuple[Column, ...], rows: Rows) -> Numbers:
    ones = np.ones(len(rows.probability))
    return np.column_stack([ones, *(column.values(rows) for column in columns)])


def _refuse_few(trial: Trial) -> None:
    if trial.members <= trial.terms:
        who = "1 member has" if trial.members == 1 else f"{trial.members:,} members have"
        raise Invalid(
            "too_few_members",
            f"{who} an available decision point, and {trial.terms} coefficients are to be estimated: it takes"
            f" {trial.terms + 1} members at least.",
        )


def _refuse_collinear(trial: Trial, design: Design) -> None:
    """Raise :class:`Invalid` with the columns that the others already say."""
    gram = np.zeros((trial.terms, trial.terms))
    for decisions in trial.decisions():
        columns = np.hstack([decisions.controls, decisions.centred])
        gram += columns.T @ columns
    size = np.sqrt(np.diag(gram))
    triangle, order = qr(gram / np.outer(size, size), mode="r", pivoting=True)
    redundant = order[np.abs(np.diag(triangle)) < REDUNDANT]
    if len(redundant):
        names = ["the level", *(column.name for column in design.controls), "the effect"]
        names += [f"the moderator {column.name}" for column in design.moderators]
        said = ", ".join(names[index] for index in sorted(redundant))
        raise Invalid("collinear", f"Nothing new is said by {said}: leave out what others already say.")


def table_units(design: Design) -> Numbers:
    """Return the matrix that takes the moderators' coefficients back to the units of the table."""
    columns = design.moderators
    back = np.diag([1.0, *(1 / column.half for column in columns)])
    back[0, 1:] = [-column.middle / column.half for column in columns]
    return back
