"""The trail: who did what, when, to whom; appended in the transaction of the act and sealed behind it."""

from bee.audit.trail import Actor, record
from bee.audit.verification import Verification, verify

__all__ = ["Actor", "Verification", "record", "verify"]
