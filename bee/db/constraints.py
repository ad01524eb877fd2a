"""Violated constraints as domain errors: the one place that knows their names."""

import psycopg

from bee.errors import BeeError, Conflict, Forbidden, Invalid, NotFound

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
    "service_maintenance_moved_before_it_begins": (
        Conflict,
        "maintenance_begun",
        "It has begun meanwhile: end it, or withdraw it.",
    ),
    "service_maintenance_moved_ahead": (
        Conflict,
        "maintenance_begun",
        "Maintenance is moved to a time that has not begun.",
    ),
    "service_maintenance_ended_while_it_runs": (Conflict, "maintenance_over", "It is over already."),
    "service_maintenance_change_of_what_stands": (
        Conflict,
        "withdrawn_before",
        "That was withdrawn meanwhile.",
    ),
    "status_notes_resolved_once": (Conflict, "resolved_before", "Its end was told already."),
    "status_incidents_have_begun": (Invalid, "incident_ahead", "An incident has begun."),
    "service_amendments_correct_what_was": (
        Conflict,
        "correction_early",
        "Only what is over can be corrected.",
    ),
    "coach_cases_version_key": (
        Conflict,
        "case_changed",
        "Somebody changed the case meanwhile: look at it again.",
    ),
    "coach_gate_verdicts_of_its_version": (
        Conflict,
        "verdict_of_another",
        "A verdict is of the version that its run was about.",
    ),
    "coach_gate_verdicts_by_a_whole_run": (
        Conflict,
        "verdict_incomplete",
        "A version passes by a whole run.",
    ),
    "coach_gate_verdicts_by_safe_answers": (
        Conflict,
        "verdict_unsafe",
        "A version passes whose answers are safe.",
    ),
    "coach_gate_verdicts_by_its_model": (
        Conflict,
        "verdict_of_another_model",
        "A verdict is of the model that answered, and of no other.",
    ),
    "coach_run_ends_pkey": (Conflict, "run_over", "The run is over already."),
    "coach_reviews_of_a_finished_run": (Conflict, "run_unfinished", "The run is not through."),
    "coach_reviews_have_pairs": (
        Conflict,
        "no_pairs",
        "The run has no two different answers to the same case.",
    ),
    "coach_reviews_run_id_fkey": (Invalid, "unknown_run", "There is no such run."),
    "coach_review_ends_pkey": (Conflict, "review_over", "The review is over already."),
    "coach_ratings_once": (Conflict, "rated_before", "You have rated this pair already."),
    "coach_ratings_by_its_raters": (
        Conflict,
        "not_joined",
        "Join the review before you rate: from then on nobody tells you who wrote what.",
    ),
    "coach_ratings_no_more": (
        Conflict,
        "pair_complete",
        "Others have rated this pair meanwhile as often as is asked for.",
    ),
    "coach_ratings_of_an_open_review": (Conflict, "review_over", "The review is over already."),
    "coach_ratings_of_its_rubric": (Invalid, "unknown_criterion", "The rubric has no such criterion."),
    "coach_judges_once": (Conflict, "judge_asked_before", "This model judges it already."),
    "coach_judges_of_others": (
        Conflict,
        "own_judge",
        "A model does not judge what it wrote itself: ask another one.",
    ),
    "coach_judges_model_check": (
        Invalid,
        "unknown_model",
        "A model is named by its provider and its name, such as openai/gpt-4o-mini.",
    ),
    "coach_prompt_versions_number_key": (
        Conflict,
        "version_taken",
        "Somebody else added a version meanwhile: look at it, and try again.",
    ),
    "coach_prompt_versions_sha256_key": (
        Conflict,
        "prompt_unchanged",
        "A version says exactly this already.",
    ),
    "coach_gate_verdicts_pkey": (Conflict, "verdict_before", "The gate decided about this run already."),
    "coach_prompt_decisions_pkey": (
        Conflict,
        "decided_before",
        "It was approved, rejected or withdrawn already.",
    ),
    "coach_prompt_decision_own": (
        Forbidden,
        "own_prompt",
        "Somebody else than who wrote it or asked for it has to decide.",
    ),
    "coach_prompt_decision_others": (Forbidden, "others_prompt", "Who asked for it withdraws it."),
    "coach_prompt_deployments_promotion_key": (Conflict, "decided_before", "It went live already."),
    "coach_prompt_deployment_unasked": (Conflict, "unasked", "Nobody asked for it to go live."),
    "coach_prompt_deployment_unapproved": (
        Conflict,
        "unapproved",
        "Nobody has approved that this version goes live there.",
    ),
    "coach_prompt_deployment_live_before": (Conflict, "live_before", "This version is live there already."),
    "coach_prompt_deployment_ungated": (
        Conflict,
        "gate_missing",
        "The gate has said nothing of exactly this version: run it over the cases first.",
    ),
    "coach_prompt_deployment_another_model": (
        Conflict,
        "gate_of_another_model",
        "Another model would answer there than the one with which it passed: run it over the cases with that one.",
    ),
    "coach_prompt_deployment_failed": (Conflict, "gate_failed", "The gate did not let this version pass."),
    "coach_prompt_deployment_expired": (
        Conflict,
        "gate_expired",
        "What the gate found is too old by now: run the version over the cases again.",
    ),
    "coach_prompt_deployment_not_back": (
        Conflict,
        "not_back",
        "It was not live there before, or somebody rolled back from it: ask for approval.",
    ),
    "alert_changed": (
        Conflict,
        "alert_changed",
        "Something was done about this alert meanwhile: look at it again.",
    ),
    "alert_ended": (Conflict, "alert_ended", "The alert is over."),
    "alert_fires": (Conflict, "alert_fires", "It still fires: acknowledge or snooze it."),
    "alert_until": (
        Invalid,
        "alert_until",
        "An acknowledgement lasts a day at most and a snooze seven, from now on.",
    ),
    "alert_acts_alert_fkey": (NotFound, "no_alert", "There is no such alert."),
    "alert_rule_versions_pkey": (
        Conflict,
        "alert_rule_changed",
        "Somebody changed this rule meanwhile: look at it again.",
    ),
    "oncall_shifts_one_a_level": (
        Conflict,
        "shift_taken",
        "Somebody holds this level during that time already.",
    ),
    "oncall_shifts_end_later": (
        Invalid,
        "shift_length",
        "A shift ends after it begins, and within 62 days.",
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
