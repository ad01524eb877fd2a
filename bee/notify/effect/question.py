"""What is asked of a table of decision points: which column says what."""

from dataclasses import dataclass
from enum import StrEnum

from bee.errors import Invalid


class Kind(StrEnum):
    """How an outcome is measured; it decides the estimator."""

    CONTINUOUS = "continuous"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Question:
    """The columns of a table with one decision point a row.

    ``probability``: of being treated, a number for all or a column. ``available``: a column of 0 and 1; rows with 0
    are no decision points. ``controls`` and ``moderators``: what was known before the decision, numbers or text;
    a moderator is not taken as a control unless it is named as one. ``numerator``: the probability ``p̃`` to centre
    at, a number or a column that depends on nothing but the moderators; where absent it is the mean of
    ``probability`` over the available decision points, so that with one probability for all every weight is 1.
    """

    member: str
    outcome: str
    treatment: str
    probability: str | float
    controls: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    available: str | None = None
    numerator: str | float | None = None
    kind: Kind | None = None

    def __post_init__(self) -> None:
        fixed = [self.member, self.outcome, self.treatment]
        if len(set(fixed)) < len(fixed):
            raise Invalid("same_column", "Member, outcome and treatment have to be three columns.")
        for covariates in (self.controls, self.moderators):
            for name in covariates:
                if name in fixed or covariates.count(name) > 1:
                    raise Invalid("same_column", f"The column {name} is named twice.")

    @property
    def covariates(self) -> tuple[str, ...]:
        """Return the columns of controls and moderators, each once."""
        return tuple(dict.fromkeys((*self.controls, *self.moderators)))

    @property
    def measured(self) -> tuple[str, ...]:
        """Return the columns that hold numbers."""
        wanted = (self.outcome, self.treatment, self.probability, self.numerator, self.available)
        return tuple(dict.fromkeys(name for name in wanted if isinstance(name, str)))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column that is read, each once."""
        return tuple(dict.fromkeys((self.member, *self.measured, *self.covariates)))
