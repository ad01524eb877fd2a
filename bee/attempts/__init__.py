"""Tries to sign in: counted before the password is looked at, so that none gets round the limits."""

from bee.attempts.counting import count_success, count_try
from bee.attempts.limits import Limits

__all__ = ["Limits", "count_success", "count_try"]
