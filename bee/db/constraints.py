"""Violated constraints as domain errors: the one place that knows their names."""

import psycopg

from bee.errors import BeeError, Conflict, Forbidden, Invalid

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
    "notification_campaign_changed": (
        Conflict,
        "campaign_changed",
        "The campaign was changed meanwhile: look at it again.",
    ),
    "notification_campaign_ended": (Conflict, "campaign_ended", "The campaign is over."),
    "notification_campaign_unbegun": (
        Conflict,
        "campaign_begun",
        "The campaign has begun, so it is not changed any more.",
    ),
    "notification_campaign_empty": (Conflict, "campaign_empty", "The campaign is for nobody."),
    "notification_campaign_unasked": (Conflict, "campaign_unasked", "Nobody asked for approval."),
    "notification_campaign_own": (
        Forbidden,
        "own_campaign",
        "Somebody else than the author has to approve it.",
    ),
    "notification_campaign_unapproved": (Conflict, "campaign_unapproved", "Nobody has approved it."),
    "notification_campaign_old": (
        Conflict,
        "campaign_old",
        "Its people were counted more than 7 days ago: save it again, so that it is approved again.",
    ),
    "notification_campaign_unfinished": (Conflict, "campaign_unfinished", "It is not over yet."),
    "notification_campaign_asked_once": (Conflict, "asked_before", "Approval was asked for already."),
    "notification_campaign_decided_once": (
        Conflict,
        "decided_before",
        "Somebody approved or refused it already.",
    ),
    "notification_campaign_started_once": (Conflict, "started_before", "It was started already."),
    "notification_campaign_ended_once": (Conflict, "ended_before", "It is over already."),
    "service_amendments_declare_before": (
        Conflict,
        "maintenance_begun",
        "Maintenance is declared before it begins, and it has begun meanwhile.",
    ),
    "service_amendments_correct_what_was": (
        Conflict,
        "correction_early",
        "Only what is over can be corrected.",
    ),
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
