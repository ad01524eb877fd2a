"""The trail: who did what, when, to whom; appended in the transaction of the act and sealed behind it."""

from bee.audit.trail import Actor, record
from bee.audit.verification import Verification, verify
from bee.audit.words import given_words

__all__ = ["Actor", "Verification", "given_words", "record", "verify"]
