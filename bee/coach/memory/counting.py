"""What a provider's model of meaning may take and took: the day's budgets hold it, and each call is counted."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from bee.coach import ledger
from bee.coach.ledger import Account
from bee.coach.memory.asking import Told
from bee.coach.memory.models import EmbeddingModel
from bee.coach.model import Provider
from bee.coach.model.prices import price_list
from bee.coach.standing import Hold
from bee.db import Database, Login
from bee.settings import Settings

NAME: Final = "memory"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What stands beside a call's cost where there is no prompt: which model, in how many numbers."""

    by: EmbeddingModel

    @property
    def label(self) -> str:
        return NAME

    @property
    def sha256(self) -> str:
        return hashlib.sha256(f"{self.by.label}:{self.by.dimension}".encode()).hexdigest()

    @property
    def provider(self) -> Provider:
        return Provider(self.by.provider)

    @property
    def model(self) -> str:
        return self.by.model


@dataclass(frozen=True, slots=True)
class Meter:
    """Lets a provider's model be asked while the day's budgets last, and keeps what that took. As the system."""

    database: Database
    settings: Settings
    model: EmbeddingModel

    def ask(
        self,
        account: Account,
        asking: Callable[[], Told | None],
        *,
        now: datetime,
        request_id: UUID | None = None,
    ) -> Told | Hold | None:
        """Return what came of asking, or which budget is used up; None where the model is left alone."""
        standing = ledger.read_standing(
            self.database, account.member_id, Provider(self.model.provider), now=now
        )
        is_labs = account.staff_id is not None
        hold = standing.over_lab_budget(self.settings) if is_labs else standing.over_budget(self.settings)
        if hold is not None:
            return hold
        told = asking()
        if told is not None and told.calls:
            with self.database.writing(Login.SYSTEM) as session:
                ledger.note_calls(
                    session, account, request_id or uuid4(), _Asked(self.model), told.calls,
                    price_list(self.settings),
                )  # fmt: skip
        return told
