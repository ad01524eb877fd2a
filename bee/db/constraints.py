"""Violated constraints as domain errors: the one place that knows their names."""

import psycopg

from bee.errors import BeeError, Conflict, Invalid

# Constraint → (kind, code, one sentence for a person).
MEANINGS: dict[str, tuple[type[BeeError], str, str]] = {
    "members_time_zone_known": (Invalid, "unknown_zone", "The time zone is not one of the IANA zones."),
    "members_leave_after_joining": (Invalid, "left_before_joining", "A member can't leave before joining."),
    "members_external_id_key": (
        Conflict,
        "member_exists",
        "There is a member with this external id already.",
    ),
    "staff_email_key": (Conflict, "staff_exists", "Somebody on the staff has this e-mail address already."),
    "staff_roles_known": (Invalid, "unknown_role", "A role is one of product, coach, oncall, admin."),
    "member_accounts_email_key": (
        Conflict,
        "account_exists",
        "There is an account with this address already.",
    ),
    "daily_engagement_scores_pkey": (
        Conflict,
        "scored_meanwhile",
        "These days have been scored by another process meanwhile.",
    ),
    "outbox_dedupe_key_key": (Conflict, "already_queued", "This has been queued already."),
    "daily_engagement_scores_user_id_fkey": (Conflict, "member_gone", "A member is gone by now."),
    "coach_conversations_user_id_fkey": (Invalid, "unknown_member", "There is no such member."),
    "engagement_events_user_id_fkey": (Invalid, "unknown_member", "There is no such member."),
}


def domain_error(cause: BaseException | None) -> BeeError:
    """Return what a violated constraint means. ``cause``: the driver's error."""
    name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    if name in MEANINGS:
        kind, code, message = MEANINGS[name]
        return kind(code, message)
    return Conflict("constraint", f"The data does not allow it ({name or type(cause).__name__}).")
