"""Who may do what to which rows of every table and view: the walls of the database, as data.

What does not stand here is refused. A table, a right or a policy that does not fit fails the tests beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ROLES = (
    "anon",
    "authenticated",
    "service_role",
    "bee_product",
    "bee_coach",
    "bee_oncall",
    "bee_admin",
    "bee_gate",
    "bee_worker",
    "bee_system",
    "bee_api",
    "bee_dashboard",
)


@dataclass(frozen=True, slots=True)
class May:
    """What a role may do to a table.

    ``select``, ``insert``, ``update``: the columns, ``*`` for all of them, ``* but a b`` for the others.
    ``rows``: the condition that the rows fulfil which it sees, changes or deletes; ``me`` is who acts.
    ``adds``: the condition that the rows fulfil which it inserts.
    """

    select: str = ""
    insert: str = ""
    update: str = ""
    delete: bool = False
    rows: str = "true"
    adds: str = "true"


OWN = "user_id = %(me)s"
ASSIGNED = "user_id in (select id from public.members where coach_id = %(me)s)"
OWN_OF_MEMBER = "member_id = %(me)s"
ASSIGNED_OF_MEMBER = "member_id in (select id from public.members where coach_id = %(me)s)"
COACHS_SEGMENT = "segment = 'coach:' || cast(%(me)s as text)"
MY_ACT = "actor_kind = 'staff' and actor_id = %(me)s"

READS = May(select="*")
# What the program itself keeps: it makes, changes and removes the rows as it works.
KEEPS = May(select="*", insert="*", update="*", delete=True)
ADDS_UP = May(select="*", insert="*", update="*")
COLLEAGUE = May(select="id full_name roles is_active is_demo")
PSEUDONYM = "id number time_zone joined_on left_on is_demo is_synthetic created_at"
PROFILE = "external_id time_zone joined_on left_on coach_id attributes"
ACT = "actor_kind actor_id action subject_kind subject_id before after reason"
PROGRAM_ACT = "actor_kind in ('system', 'member')"
RULE_VERSION = "rule version body digest author_id message"
PROMPT_VERSION = "prompt number body model parameters sha256 author_id message"
PROMPT_DEPLOYMENT = "place prompt version_id deployed_by promotion_id back_to run_id reason"
SEEN_TO = "status taken_by taken_at closed_at note finding"
PROPOSAL = "user_id trait_key trait_value source status valid_from message_id"
DONE = "done_at done_by outcome note"
READ_BY_ALL = dict.fromkeys(("bee_product", "bee_coach", "bee_oncall", "bee_admin", "bee_worker"), READS)
READ_BY_LAB = dict.fromkeys(("bee_coach", "bee_admin", "bee_worker"), READS)
READ_BY_COMPOSERS = dict.fromkeys(("bee_product", "bee_admin", "bee_worker"), READS)
CAMPAIGN_ACT = "campaign version digest kind done_by reason"
CASE = (
    "id case_id version title kind category state memories recent message tags source taken_from mask_version"
    " confirmed_by confirmed_at author_id is_retired"
)
MY_CASE = (
    "author_id = %(me)s and coalesce(confirmed_by = %(me)s, true) and (version > 1 or source <> 'program')"
)
ASSIGNED_CASE = (
    "(version > 1 or taken_from is null or taken_from in (select id from members where coach_id = %(me)s))"
)
RUN = "id prompt candidate_id baseline_id tag repeats reuses_answers most_usd seed checker requested_by"
REPLAY = (
    "prompt version_id model day written unconsented not_kept askable most_messages most_usd seed requested_by"
    " requested_as"
)
REPLAY_END = "replay_id outcome said ended_by"
OF_MY_REPLAY = "replay_id in (select id from coach_replays where requested_by = %(me)s)"
RUN_END = "run_id outcome said ended_by"
REVIEW_END = "review_id outcome ended_by"
# Runs of which who reads has some answers left to rate: the review that asks three has nobody's word yet.
RATED_BY_ME = (
    "(select run_id from coach_reviews inner join coach_review_raters on review_id = coach_reviews.id"
    " where raters = 3 and rater_id = %(me)s)"
)
OF_REVIEW_OVER = (
    "review_id in (select review_id from coach_review_ends)"
    f" and review_id not in (select id from coach_reviews where run_id in {RATED_BY_ME})"
)
PAIR_OF_REVIEW_OVER = f"pair_id in (select id from coach_review_pairs where {OF_REVIEW_OVER})"
CAMPAIGN_TEST = "campaign version variant platform address asked_by"
# What the worker makes from what was measured.
DERIVED = {"bee_oncall": READS, "bee_admin": READS, "bee_worker": KEEPS}
AMENDS = May(
    select="*",
    insert="kind starts_at ends_at state reason declared_by",
    update="uptime_before uptime_after withdrawn_at withdrawn_by withdrawn_because",
    adds="declared_by = %(me)s",
)
CHANGES_MAINTENANCE = May(
    select="*",
    insert="amendment kind starts_at ends_at reason changed_by",
    update="withdrawn_at withdrawn_by withdrawn_because",
    adds="changed_by = %(me)s",
)
OPENS_INCIDENTS = May(select="*", insert="began_at alert opened_by", adds="opened_by = %(me)s")
TELLS_THE_PUBLIC = May(
    select="*",
    insert="incident kind title body written_by",
    update="published_at published_by withdrawn_at withdrawn_by withdrawn_because",
    adds="written_by = %(me)s",
)
SAYS_WHAT_IS_WATCHED = May(
    select="*",
    insert="rule version is_on body digest tested author_id message",
    adds="author_id = %(me)s",
)
SEES_TO_ALERTS = May(
    select="*", insert="alert kind done_by seen until is_actionable note", adds="done_by = %(me)s"
)
SAYS_WHO_IS_CALLED = May(
    select="*",
    insert="level staff_id starts_at ends_at created_by",
    update="removed_by removed_at",
    adds="created_by = %(me)s",
)
SEEN_OF_THE_WORKER = {
    "bee_oncall": READS,
    "bee_admin": READS,
    "bee_worker": May(select="*", insert="*", delete=True),
}
POSTS = {
    "bee_product": READS,
    "bee_oncall": READS,
    "bee_admin": READS,
    "bee_worker": May(select="*", insert="*"),
}

# As whom a login may act; by itself it is nobody.
LOGINS: Mapping[str, frozenset[str]] = {
    "bee_api": frozenset({"anon", "authenticated", "service_role"}),
    "bee_dashboard": frozenset({"bee_product", "bee_coach", "bee_oncall", "bee_admin", "bee_gate"}),
    "bee_worker": frozenset(),
    "bee_system": frozenset(),
}

WALLS: Mapping[str, Mapping[str, May]] = {
    # Staff: the gate signs in, admins manage and never see a hash, colleagues see names.
    "staff": {
        "bee_gate": May(
            select="id email full_name password_hash roles is_active is_demo", update="password_hash"
        ),
        "bee_admin": May(
            select="* but password_hash",
            insert="id email full_name roles is_demo created_by",
            update="full_name roles is_active",
        ),
        "bee_product": COLLEAGUE,
        "bee_coach": COLLEAGUE,
        "bee_oncall": COLLEAGUE,
        "bee_worker": COLLEAGUE,
    },
    "staff_sessions": {
        "bee_gate": May(
            select="token_sha256 staff_id last_seen_at expires_at ended_at",
            insert="token_sha256 staff_id created_at last_seen_at expires_at address",
            update="last_seen_at ended_at ended_because",
        ),
        "bee_admin": May(select="*", update="ended_at ended_because"),
        "bee_worker": May(select="expires_at", delete=True),
    },
    "staff_links": {
        "bee_gate": May(select="token_sha256 staff_id purpose expires_at used_at", update="used_at"),
        "bee_admin": May(
            select="* but token_sha256",
            insert="token_sha256 staff_id purpose created_by expires_at",
            update="used_at",
        ),
        "bee_worker": May(select="expires_at", delete=True),
    },
    "sign_in_attempts": {
        "bee_system": May(
            select="account address attempted_at succeeded", insert="account address succeeded"
        ),
        "bee_gate": May(select="account address attempted_at succeeded", insert="account address succeeded"),
        "bee_worker": May(select="attempted_at", delete=True),
    },
    # Members: product works with pseudonyms, on-call with numbers, a coach with the members assigned to them.
    "members": {
        "authenticated": May(
            select="id external_id time_zone joined_on left_on consents created_at", rows="id = %(me)s"
        ),
        "service_role": May(select="*", insert=f"id {PROFILE}", update=PROFILE),
        "bee_product": May(select=f"{PSEUDONYM} coach_id consents attributes"),
        "bee_oncall": May(select=PSEUDONYM),
        "bee_coach": May(select="*", rows="coach_id = %(me)s"),
        "bee_admin": May(select="*", update="coach_id"),
        "bee_worker": May(select="* but external_id"),
        "bee_system": May(
            select="* but external_id",
            insert="id external_id time_zone joined_on is_demo is_synthetic",
            update="time_zone",
        ),
    },
    "personal_data": {
        "authenticated": May(select="*", rows=OWN_OF_MEMBER),
        "service_role": May(select="*", insert="*", update="*"),
        "bee_coach": May(select="*", rows=ASSIGNED_OF_MEMBER),
        "bee_admin": READS,
        "bee_system": May(
            select="member_id", insert="member_id email full_name", update="email full_name updated_at"
        ),
        "bee_worker": May(select="member_id full_name email phone"),
    },
    # Members' own sign-in: the system's alone, and the worker clears what is over.
    "member_accounts": {
        "bee_system": May(
            select="*", insert="*", update="email password_hash user_metadata last_sign_in_at updated_at"
        ),
    },
    "member_sessions": {
        "bee_system": May(select="*", insert="*", update="turn refreshed_at", delete=True),
        "bee_worker": May(select="id refreshed_at", delete=True),
    },
    "signing_keys": {
        "bee_system": May(select="*", insert="*"),
        "bee_worker": May(select="*", insert="*", delete=True),
    },
    "member_requests": {
        "bee_system": May(select="*", insert="*", update="*"),
        "bee_worker": May(select="*", delete=True),
    },
    "request_refusals": {
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": May(select="*", delete=True),
        "bee_system": ADDS_UP,
    },
    "consents": {
        "authenticated": May(
            select="*",
            insert="member_id purpose granted source",
            rows=OWN_OF_MEMBER,
            adds=f"{OWN_OF_MEMBER} and source = 'member'",
        ),
        "service_role": May(select="*", insert="member_id purpose granted source"),
        "bee_coach": May(select="*", rows=ASSIGNED_OF_MEMBER),
        "bee_admin": READS,
        "bee_worker": May(select="member_id purpose decided_at", rows="purpose = 'coaching'"),
    },
    "annotations": {
        "bee_product": May(select="*", insert="on_date title body kind author_id", adds="author_id = %(me)s"),
        "bee_admin": May(select="*", insert="on_date title body kind author_id", adds="author_id = %(me)s"),
        "bee_coach": READS,
        "bee_oncall": READS,
    },
    # Events in: a member's own, each once. Their metadata may hold what somebody wrote.
    "engagement_events": {
        "authenticated": May(
            select="*", insert="id user_id event_type metadata occurred_at time_zone", rows=OWN, adds=OWN
        ),
        "service_role": May(select="*", insert="id user_id event_type metadata occurred_at time_zone source"),
        "bee_product": May(select="* but metadata"),
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
        "bee_worker": READS,
        "bee_system": READS,
    },
    # Scores out: only the program writes them.
    "daily_engagement_scores": {
        "authenticated": May(select="*", rows=OWN),
        "service_role": READS,
        "bee_product": READS,
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
        "bee_worker": KEEPS,
        "bee_system": KEEPS,
    },
    "score_restatements": {
        "bee_product": READS,
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
        "bee_worker": May(select="*", insert="*"),
        "bee_system": May(select="*", insert="*"),
    },
    "score_definitions": {
        "authenticated": READS,
        "service_role": READS,
        "bee_product": READS,
        "bee_coach": READS,
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": READS,
        "bee_system": READS,
    },
    "score_definition_activations": {
        "bee_product": READS,
        "bee_coach": READS,
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": READS,
        "bee_system": READS,
    },
    "score_dues": {
        "authenticated": May(select="user_id", rows=OWN),
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": KEEPS,
        "bee_system": KEEPS,
    },
    "score_frontiers": {
        "bee_product": READS,
        "bee_coach": READS,
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": KEEPS,
        "bee_system": READS,
    },
    "stale_days": {
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": KEEPS,
        "bee_system": May(select="*", insert="*"),
    },
    "engagement_days": {
        "bee_product": READS,
        "bee_coach": May(select="*", rows=COACHS_SEGMENT),
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": KEEPS,
    },
    "engagement_recoveries": {
        "bee_product": READS,
        "bee_coach": May(select="*", rows=COACHS_SEGMENT),
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": KEEPS,
    },
    "member_segments": {
        "bee_product": READS,
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
        "bee_worker": READS,
    },
    # What reaches a member: no address is anybody's but the member's, no text anybody's who is not their coach.
    "user_fcm_tokens": {
        "authenticated": May(
            select="*",
            insert="user_id fcm_token platform address_kind",
            # An upsert sets every column that it sends; the policy keeps user_id what it was.
            update="user_id fcm_token platform address_kind",
            delete=True,
            rows=OWN,
            adds=OWN,
        ),
        "service_role": KEEPS,
        "bee_product": May(select="* but fcm_token"),
        "bee_oncall": May(select="* but fcm_token"),
        "bee_admin": May(select="* but fcm_token"),
        "bee_worker": May(
            select="id user_id fcm_token platform is_active address_kind last_seen_at",
            update="is_active deactivated_at deactivated_because",
        ),
    },
    "notification_receipts": {
        "authenticated": May(select="*", insert="notification_id user_id kind", rows=OWN, adds=OWN),
        "service_role": READS,
        "bee_product": READS,
        "bee_oncall": READS,
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
        "bee_worker": READS,
    },
    "momentum_notifications": {
        "authenticated": May(
            select="id user_id notification_type trigger_date title message action sent_at",
            rows=f"{OWN} and sent_at is not null",
        ),
        "service_role": May(select="*", insert="* but decided_at sent_at"),
        "bee_product": May(select="* but title message action"),
        "bee_oncall": May(select="* but title message action"),
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
        "bee_worker": May(select="*", insert="* but sent_at", update="sent_at"),
    },
    # What became of the decisions: the worker's, seen by the staff, without an address.
    "notification_deliveries": {
        "bee_product": READS,
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": May(select="*", insert="*", update="*"),
    },
    "notification_attempts": POSTS,
    "notification_outcomes": POSTS,
    "notification_breakers": {
        "bee_product": READS,
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": May(select="*", insert="*", update="*"),
    },
    "notification_preferences": {
        "authenticated": May(
            select="*", insert="user_id quiet_from quiet_until opted_out", rows=OWN, adds=OWN
        ),
        "bee_product": READS,
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
        "bee_worker": READS,
    },
    # The rules: written by product and admins, approved by a second person, let loose and stopped by admins.
    "notification_rule_versions": {
        "bee_product": May(select="*", insert=RULE_VERSION, adds="author_id = %(me)s"),
        "bee_coach": READS,
        "bee_oncall": READS,
        "bee_admin": May(select="*", insert=RULE_VERSION, adds="author_id = %(me)s"),
        "bee_worker": READS,
    },
    "notification_rule_approvals": READ_BY_ALL
    | {
        "bee_admin": May(
            select="*",
            insert="rule version digest approved_by",
            adds="approved_by = %(me)s and rule in ("
            "select rule from notification_rule_versions where author_id is distinct from %(me)s)",
        ),
    },
    "notification_rule_activations": READ_BY_ALL
    | {
        "bee_admin": May(select="*", insert="rule version activated_by reason", adds="activated_by = %(me)s"),
    },
    "notification_stops": READ_BY_ALL
    | {
        "bee_oncall": May(
            select="*",
            insert="rule is_stopped changed_by reason",
            adds="is_stopped and changed_by = %(me)s",
        ),
        "bee_admin": May(select="*", insert="rule is_stopped changed_by reason", adds="changed_by = %(me)s"),
    },
    # Campaigns: product and admins compose, an admin who did not write it approves, the worker ends it.
    "notification_campaigns": READ_BY_COMPOSERS,
    "notification_campaign_versions": READ_BY_COMPOSERS,
    "notification_campaign_people": READ_BY_COMPOSERS
    | {"bee_worker": May(select="*", update="available_at decided_at")},
    "notification_campaign_acts": {
        "bee_product": May(
            select="*",
            insert=CAMPAIGN_ACT,
            adds="done_by = %(me)s and kind in ('asked', 'started', 'stopped')",
        ),
        "bee_admin": May(select="*", insert=CAMPAIGN_ACT, adds="done_by = %(me)s and kind <> 'finished'"),
        "bee_worker": May(select="*", insert="campaign version digest kind", adds="kind = 'finished'"),
    },
    "notification_campaign_tests": {
        "bee_product": May(select="* but address", insert=CAMPAIGN_TEST, adds="asked_by = %(me)s"),
        "bee_admin": May(select="* but address", insert=CAMPAIGN_TEST, adds="asked_by = %(me)s"),
        "bee_worker": May(select="*", update="address posted_at via outcome error"),
    },
    "coach_interventions": {
        "bee_coach": May(select="*", update=DONE, rows=ASSIGNED),
        "bee_admin": May(select="*", update=DONE),
        "bee_worker": May(
            select="id user_id notification_id safety_event_id created_at due_at done_at",
            insert="user_id notification_id safety_event_id coach_id priority created_at due_at",
        ),
    },
    # What the coach remembers: the worker proposes, the member's coach decides, the program forgets when asked.
    "coach_memory": {
        "authenticated": May(
            select="id user_id trait_key trait_value source status valid_from valid_to created_at",
            rows=f"{OWN} and status = 'accepted'",
        ),
        "service_role": KEEPS,
        "bee_coach": May(
            select="*",
            insert=f"{PROPOSAL} replaces decided_by decided_at",
            update="status valid_from valid_to decided_by decided_at",
            rows=ASSIGNED,
            adds=f"{ASSIGNED} and status = 'accepted' and source = 'coach' and decided_by = %(me)s",
        ),
        "bee_admin": READS,
        "bee_worker": May(
            select="id user_id trait_key trait_value status valid_to created_at",
            insert=PROPOSAL,
            adds="status = 'proposed' and source = 'conversation'",
        ),
        "bee_system": May(select="id user_id", delete=True),
    },
    "coach_memory_embeddings": {
        "authenticated": May(select="*", rows=OWN),
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
        "bee_worker": ADDS_UP,
    },
    "coach_memory_readings": {"bee_worker": May(select="*", insert="*")},
    # What models are asked with: written, asked for and approved by coaches and admins, read by the program too.
    "coach_prompt_versions": {
        **dict.fromkeys(
            ("bee_coach", "bee_admin"),
            May(select="*", insert=PROMPT_VERSION, adds="author_id = %(me)s"),
        ),
        **dict.fromkeys(("bee_system", "bee_worker"), READS),
    },
    "coach_prompt_places": dict.fromkeys(("bee_coach", "bee_admin", "bee_system", "bee_worker"), READS),
    # Reviews: coaches rate, and see what pairs are made of and what others said once a review is over.
    "coach_reviews": {
        **dict.fromkeys(
            ("bee_coach", "bee_admin"),
            May(
                select="id number run_id raters rubric asked_by asked_at",
                insert="id run_id raters rubric seed asked_by",
                adds="asked_by = %(me)s",
            ),
        ),
        "bee_worker": READS,
    },
    "coach_review_ends": {
        **dict.fromkeys(
            ("bee_coach", "bee_admin"),
            May(select="*", insert=REVIEW_END, adds="outcome = 'cancelled' and ended_by = %(me)s"),
        ),
        "bee_worker": May(select="*", insert=REVIEW_END, adds="outcome <> 'cancelled'"),
    },
    "coach_review_pairs": {**READ_BY_LAB, "bee_coach": May(select="*", rows=OF_REVIEW_OVER)},
    "coach_review_raters": {
        "bee_coach": May(select="*", insert="review_id rater_id", adds="rater_id = %(me)s"),
        "bee_admin": READS,
    },
    "coach_ratings": {
        **READ_BY_LAB,
        "bee_coach": May(
            select="*",
            insert="id pair_id rater_id chosen met_left met_right comment",
            rows=PAIR_OF_REVIEW_OVER,
            adds="rater_id = %(me)s",
        ),
    },
    "coach_judges": {
        **READ_BY_LAB,
        **dict.fromkeys(
            ("bee_coach", "bee_admin"),
            May(select="*", insert="id review_id model most_usd asked_by", adds="asked_by = %(me)s"),
        ),
    },
    "coach_judgements": {
        "bee_coach": May(select="*", rows=PAIR_OF_REVIEW_OVER),
        "bee_admin": READS,
        "bee_worker": May(
            select="*", insert="id judge_id pair_id candidate_was_first verdict error cost_usd"
        ),
    },
    "coach_gate_verdicts": {
        **dict.fromkeys(("bee_coach", "bee_admin", "bee_system"), READS),
        "bee_worker": May(insert="*"),
    },
    "coach_named_models": dict.fromkeys(("bee_coach", "bee_admin"), READS)
    | {"bee_worker": May(select="*", insert="environment model")},
    "coach_prompt_promotions": dict.fromkeys(
        ("bee_coach", "bee_admin"),
        May(select="*", insert="place prompt version_id asked_by reason", adds="asked_by = %(me)s"),
    ),
    "coach_prompt_decisions": dict.fromkeys(
        ("bee_coach", "bee_admin"),
        May(select="*", insert="promotion_id outcome decided_by reason", adds="decided_by = %(me)s"),
    ),
    "coach_prompt_deployments": {
        **dict.fromkeys(
            ("bee_coach", "bee_admin"),
            May(select="*", insert=PROMPT_DEPLOYMENT, adds="deployed_by = %(me)s"),
        ),
        **dict.fromkeys(("bee_system", "bee_worker"), READS),
    },
    # The lab: coaches and admins write cases and ask for runs, the worker brings the answers and the verdict.
    "coach_cases": {
        "bee_coach": May(select="* but taken_from", insert=CASE, adds=f"{MY_CASE} and {ASSIGNED_CASE}"),
        "bee_admin": May(select="*", insert=CASE, adds=MY_CASE),
        "bee_worker": May(select="* but taken_from"),
    },
    "coach_runs": READ_BY_LAB
    | dict.fromkeys(("bee_coach", "bee_admin"), May(select="*", insert=RUN, adds="requested_by = %(me)s")),
    "coach_run_cases": READ_BY_LAB,
    "coach_run_ends": dict.fromkeys(
        ("bee_coach", "bee_admin"),
        May(select="*", insert=RUN_END, adds="outcome = 'cancelled' and ended_by = %(me)s"),
    )
    | {"bee_worker": May(select="*", insert=RUN_END, adds="outcome <> 'cancelled'")},
    "coach_run_outputs": READ_BY_LAB
    | {
        "bee_coach": May(select="*", rows=f"run_id not in {RATED_BY_ME}"),
        "bee_worker": May(select="*", insert="* but is_safe passes created_at"),
    },
    # Replays: a coach sees the messages of their own members, whoever asked; the worker brings the answers.
    "coach_replays": {
        "bee_coach": May(
            select="*", insert=REPLAY, adds="requested_by = %(me)s and requested_as = 'bee_coach'"
        ),
        "bee_admin": May(
            select="*", insert=REPLAY, adds="requested_by = %(me)s and requested_as = 'bee_admin'"
        ),
        "bee_worker": READS,
    },
    "coach_replay_messages": {
        "bee_coach": May(
            select="*", insert="* but role", rows=ASSIGNED, adds=f"{OF_MY_REPLAY} and {ASSIGNED}"
        ),
        "bee_admin": May(select="*", insert="* but role", adds=OF_MY_REPLAY),
        "bee_worker": READS,
    },
    "coach_replay_answers": {
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
        "bee_worker": May(select="*", insert="* but created_at"),
    },
    "coach_replay_ends": dict.fromkeys(
        ("bee_coach", "bee_admin"),
        May(select="*", insert=REPLAY_END, adds="outcome = 'cancelled' and ended_by = %(me)s"),
    )
    | {"bee_worker": May(select="*", insert=REPLAY_END, adds="outcome <> 'cancelled'")},
    # What was said: the program writes it, also what the member said; coaches see to those in danger.
    "coach_conversations": {
        "authenticated": May(select="*", rows=OWN),
        "service_role": READS,
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
        "bee_system": May(select="*", insert="*"),
    },
    "coach_messages": {
        "authenticated": May(
            select="* but momentum_state memory_ids recalled_by prompt_sha256 checks first_byte_ms total_ms",
            rows=OWN,
        ),
        "service_role": READS,
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
        "bee_system": May(select="*", insert="*"),
        "bee_worker": May(
            select="id user_id role body crisis created_at", rows="role = 'member' and not crisis"
        ),
    },
    "coach_feedback": {
        "authenticated": May(
            select="*",
            insert="user_id request_id is_helpful said_at",
            update="is_helpful said_at",
            rows=OWN,
            adds=OWN,
        ),
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
    },
    # What answers rested on: kept for a time, then forgotten.
    "coach_moments": {
        "bee_coach": May(select="*", rows=ASSIGNED),
        "bee_admin": READS,
        "bee_system": May(select="*", insert="*"),
        "bee_worker": May(select="created_at", delete=True),
    },
    # What models took and cost is no secret on the staff; whose words they were is. A coach sees what was for them.
    "coach_model_calls": {
        "bee_product": May(select="* but staff_id user_id request_id"),
        "bee_oncall": May(select="* but staff_id user_id request_id"),
        "bee_coach": May(select="*", rows="staff_id = %(me)s"),
        "bee_admin": READS,
        "bee_system": May(select="*", insert="*"),
        "bee_worker": May(select="*", insert="*", delete=True, adds="purpose <> 'production'"),
    },
    "coach_breakers": dict.fromkeys(("bee_product", "bee_coach", "bee_oncall", "bee_admin"), READS)
    | {"bee_worker": READS, "bee_system": May(select="*", insert="*", update="*")},
    "safety_events": {
        "bee_coach": May(select="*", update=SEEN_TO, rows=ASSIGNED),
        "bee_admin": May(select="*", update=SEEN_TO),
        "bee_oncall": May(select="id category rules_version status created_at taken_at closed_at finding"),
        "bee_system": May(
            select="id user_id message_id category rules_version status created_at",
            insert="user_id message_id category matched rules_version created_at",
        ),
    },
    # Service levels: the API adds up what it measured, the worker derives and forgets, on-call and admins read.
    "service_minutes": {
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": May(select="*", delete=True),
        "bee_system": ADDS_UP,
    },
    "service_totals": {"bee_system": ADDS_UP},
    "service_recorders": {
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": May(select="*", delete=True),
        "bee_system": ADDS_UP,
    },
    "service_gaps": {
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": May(select="*", delete=True),
        "bee_system": May(select="*", insert="*"),
    },
    "bad_requests": {
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": May(select="*", delete=True),
        "bee_system": May(insert="*"),
    },
    "unlisted_requests": {
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": May(select="*", delete=True),
        "bee_system": ADDS_UP,
    },
    "stale_minutes": {
        "bee_worker": KEEPS,
        "bee_system": ADDS_UP,
    },
    "stale_hours": {
        "bee_oncall": May(insert="*"),
        "bee_admin": May(insert="*"),
        "bee_worker": KEEPS,
    },
    "objective_minutes": {**DERIVED, "bee_system": READS},
    "objective_hours": DERIVED,
    "uptime_minutes": {**DERIVED, "bee_system": READS},
    "service_amendments": {
        "bee_oncall": AMENDS,
        "bee_admin": AMENDS,
        "bee_worker": READS,
        "bee_system": May(select="id kind starts_at ends_at state withdrawn_at"),
    },
    # What the public is told, by whoever is on call, in their own name.
    "status_incidents": {"bee_oncall": OPENS_INCIDENTS, "bee_admin": OPENS_INCIDENTS},
    "status_notes": {"bee_oncall": TELLS_THE_PUBLIC, "bee_admin": TELLS_THE_PUBLIC},
    "service_maintenance_changes": {
        "bee_oncall": CHANGES_MAINTENANCE,
        "bee_admin": CHANGES_MAINTENANCE,
        "bee_worker": READS,
        "bee_system": May(select="id amendment starts_at ends_at withdrawn_at"),
    },
    "probers": {
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": KEEPS,
        "bee_system": ADDS_UP,
    },
    "probe_ticks": {
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": May(select="*", insert="*", delete=True),
        "bee_system": May(select="*", insert="*"),
    },
    # Alerts: the worker watches and tells; on-call and admins act under their own name.
    "alert_rule_versions": {
        "bee_oncall": SAYS_WHAT_IS_WATCHED,
        "bee_admin": SAYS_WHAT_IS_WATCHED,
        "bee_worker": READS,
    },
    "alerts": {"bee_oncall": READS, "bee_admin": READS, "bee_worker": ADDS_UP},
    "alert_acts": {
        "bee_oncall": SEES_TO_ALERTS,
        "bee_admin": SEES_TO_ALERTS,
        "bee_worker": May(select="*", insert="alert kind done_at note"),
    },
    "alert_messages": {
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": May(select="*", insert="* but dedupe_key given_up_at", update="given_up_at"),
    },
    "oncall_shifts": {"bee_oncall": SAYS_WHO_IS_CALLED, "bee_admin": SAYS_WHO_IS_CALLED, "bee_worker": READS},
    "alert_passes": SEEN_OF_THE_WORKER,
    "alert_signals": SEEN_OF_THE_WORKER,
    "worker_beats": {"bee_oncall": READS, "bee_admin": READS, "bee_worker": KEEPS},
    "probe_pushes": {
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": May(select="*", update="taken_at outcome"),
        "bee_system": May(select="*", insert="id"),
    },
    # The house itself.
    "jobs": {
        "bee_oncall": May(select="*", insert="kind key", update="run_at"),
        "bee_admin": May(select="*", insert="kind key", update="run_at"),
        "bee_worker": KEEPS,
        "bee_system": May(select="kind key finished_at", insert="*"),
    },
    "outbox": {
        "bee_oncall": May(select="* but payload"),
        "bee_admin": READS,
        "bee_worker": KEEPS,
        "bee_system": May(select="*", insert="*"),
    },
    # Everybody signs their own acts; nobody changes or removes one.
    "audit_log": {
        "bee_gate": May(insert=ACT, adds="actor_kind = 'staff'"),
        "bee_product": May(insert=ACT, adds=MY_ACT),
        "bee_coach": May(insert=ACT, adds=MY_ACT),
        "bee_oncall": May(select="*", insert=ACT, adds=MY_ACT),
        "bee_admin": May(select="*", insert=ACT, adds=MY_ACT),
        "bee_worker": May(select="*", insert=ACT, adds=PROGRAM_ACT),
        "bee_system": May(insert=ACT, adds=PROGRAM_ACT),
    },
    "audit_seals": {
        "bee_oncall": READS,
        "bee_admin": READS,
        "bee_worker": May(select="*", insert="through_transaction through_id rows_sealed previous digest"),
    },
}

# The functions of schema public, and who may call them. A trigger's is called by nobody.
FUNCTIONS: Mapping[str, frozenset[str]] = {
    "bee_staff_id": frozenset(
        {
            "service_role",
            "bee_product",
            "bee_coach",
            "bee_oncall",
            "bee_admin",
            "bee_gate",
            "bee_worker",
            "bee_system",
        }
    ),
    "bee_is_time_zone": frozenset({"service_role", "bee_admin", "bee_system"}),
    "bee_in_segment": frozenset({"bee_product", "bee_coach", "bee_admin", "bee_worker", "bee_system"}),
    "bee_members_in": frozenset({"bee_product", "bee_coach", "bee_oncall", "bee_admin"}),
    "bee_notification_state": frozenset({"bee_product", "bee_coach", "bee_oncall", "bee_admin"}),
    "bee_complete_through": frozenset({"bee_product", "bee_coach", "bee_admin", "bee_worker", "bee_system"}),
    "bee_mirror_consent": frozenset(),
    "bee_mark_changed_member_due": frozenset(),
    "bee_register_token": frozenset(),
    "bee_announce_notification": frozenset(),
    "bee_wake_realtime": frozenset(),
    "bee_see_to_safety_event": frozenset(),
    "bee_decide_memory_once": frozenset(),
    "bee_forget_embedding": frozenset(),
    "bee_near_memories": frozenset({"authenticated", "bee_coach", "bee_admin"}),
    "bee_check_prompt_decision": frozenset(),
    "bee_follow_deployment": frozenset(),
    "bee_answering_model": frozenset(),
    "bee_gate_fault": frozenset(),
    "bee_live_prompts": frozenset({"bee_coach", "bee_oncall", "bee_admin"}),
    "bee_check_deployment": frozenset(),
    "bee_end_deployment_once": frozenset(),
    "bee_follow_case": frozenset(),
    "bee_fix_run_cases": frozenset(),
    "bee_recount_verdict": frozenset(),
    "bee_pair_answers": frozenset(),
    "bee_candidate_is_left": frozenset(),
    "bee_seat_rating": frozenset(),
    "bee_check_rating": frozenset(),
    "bee_refuse_own_judge": frozenset(),
    "bee_next_pair": frozenset({"bee_coach"}),
    "bee_review_progress": frozenset({"bee_coach", "bee_admin"}),
    "bee_hidden_runs": frozenset({"bee_coach", "bee_admin"}),
    "bee_run_progress": frozenset({"bee_coach", "bee_admin"}),
    "bee_mark_segments_stale": frozenset(),
    "bee_fill_event": frozenset(),
    "bee_mark_events_due": frozenset(),
    "bee_forget_notifications": frozenset({"bee_worker"}),
    "bee_campaign_audience": frozenset({"bee_product", "bee_admin"}),
    "bee_save_campaign": frozenset({"bee_product", "bee_admin"}),
    "bee_names_in_campaign": frozenset({"bee_product", "bee_admin"}),
    "bee_check_campaign_act": frozenset(),
    "bee_send_once": frozenset(),
    "bee_refuse_change": frozenset(),
    "bee_add_sketches": frozenset({"bee_system"}),
    "bee_check_maintenance_change": frozenset(),
    "bee_mark_probed_minutes": frozenset(),
    "bee_database_activity": frozenset({"bee_oncall", "bee_admin"}),
    "bee_judged": frozenset({"bee_worker"}),
    "bee_uptime_states": frozenset({"bee_oncall", "bee_admin", "bee_worker", "bee_system"}),
    "bee_names_in_status_note": frozenset({"bee_oncall", "bee_admin"}),
    "bee_amended": frozenset({"bee_oncall", "bee_admin", "bee_worker", "bee_system"}),
    "bee_objective_counts": frozenset({"bee_oncall", "bee_admin", "bee_worker", "bee_system"}),
    "bee_refuse_forgetting": frozenset(),
    "bee_forget_acts": frozenset(),
    "bee_record_token": frozenset(),
    "bee_record_preferences": frozenset(),
    "bee_do_task_once": frozenset(),
    "bee_apply_alert_act": frozenset(),
    "bee_remove_shift_once": frozenset(),
    "bee_oncall_address": frozenset({"bee_worker"}),
}

# Those that act as their owner, and what they do that their caller may not.
SECURITY_DEFINERS: Mapping[str, str] = {
    "bee_mark_changed_member_due": "marks a member as due for scoring who leaves, comes back or moves",
    "bee_announce_notification": "tells the API that a notification was sent, whoever sent it",
    "bee_register_token": "takes a device's token from the member who had it before",
    "bee_forget_embedding": "drops what a memory was to a model when its words change",
    "bee_mirror_consent": "carries a decision over to members.consents, and into the trail",
    "bee_mark_segments_stale": "marks the totals of the past as stale when a member changes segments",
    "bee_follow_case": "lets a version of a case be of the same source as the one before it",
    "bee_fix_run_cases": "fixes the cases of a run, so that nobody chooses those that pass",
    "bee_recount_verdict": "sees all of a run, to tell whether a version passed",
    "bee_pair_answers": "pairs the answers of a run, whoever asks for a review of it",
    "bee_seat_rating": "counts the ratings of a pair, which raters don't see",
    "bee_check_rating": "knows what a review asks for, and whether it is over",
    "bee_refuse_own_judge": "looks at which models wrote the answers",
    "bee_next_pair": "shows a rater a pair, without who wrote what",
    "bee_review_progress": "counts ratings that raters don't see",
    "bee_hidden_runs": "knows which answers somebody rates, who does not see that",
    "bee_run_progress": "counts answers also for whom they are hidden",
    "bee_answering_model": "knows which model a version names, to tell which one answers",
    "bee_live_prompts": "tells whether what is live passed, to who does not read prompts",
    "bee_fill_event": "fills an event's columns",
    "bee_mark_events_due": "marks the members of new events as due for scoring",
    "bee_record_token": "keeps in the trail on which devices a member can be reached",
    "bee_record_preferences": "keeps in the trail what a member chose",
    "bee_forget_notifications": "removes decisions that nobody has to keep any more",
    "bee_save_campaign": "keeps what a campaign says, and whom it means, in one version",
    "bee_check_campaign_act": "sees all of a campaign, to tell whose turn it is",
    "bee_apply_alert_act": "changes an alert as whoever acts may, and only so",
    "bee_oncall_address": "tells where somebody is reached who may be on call",
    "bee_database_activity": "sees how long transactions of others last, and tells that alone",
    "bee_names_in_status_note": "tells which words of a saved text are names, never whose",
    "bee_names_in_campaign": "tells which words of a saved text are names, never whose",
    "bee_check_prompt_decision": "sees all of a request, to tell who may decide about it",
    "bee_follow_deployment": "ends what was live, which nobody else may",
    "bee_gate_fault": "sees every verdict, to tell whether a version may go live",
    "bee_check_deployment": "sees all that was live, asked and approved, to tell what may go live",
}

# Nobody but the owner of the tables changes or removes these; events go with their member's erasure.
UNCHANGEABLE = frozenset(
    {
        "alert_acts",
        "alert_rule_versions",
        "audit_log",
        "audit_seals",
        "coach_gate_verdicts",
        "coach_prompt_decisions",
        "coach_prompt_deployments",
        "coach_prompt_places",
        "coach_prompt_promotions",
        "coach_prompt_versions",
        "coach_cases",
        "coach_runs",
        "coach_run_cases",
        "coach_run_ends",
        "coach_run_outputs",
        "coach_replays",
        "coach_replay_messages",
        "coach_replay_answers",
        "coach_replay_ends",
        "coach_reviews",
        "coach_review_pairs",
        "coach_review_ends",
        "coach_review_raters",
        "coach_named_models",
        "coach_ratings",
        "coach_judges",
        "coach_judgements",
        "engagement_events",
        "momentum_notifications",
        "notification_campaign_acts",
        "notification_campaign_versions",
        "notification_campaigns",
        "notification_attempts",
        "notification_outcomes",
        "notification_preferences",
        "notification_rule_activations",
        "notification_rule_approvals",
        "notification_rule_versions",
        "notification_stops",
        "score_definitions",
        "score_definition_activations",
        "score_restatements",
        "consents",
    }
)


# But for what is said of them once, later, by whom: a trigger refuses the second time.
SAID_ONCE = frozenset({("bee_worker", "momentum_notifications", "update", "sent_at")})


def columns_of(spoken: str, columns: frozenset[str]) -> frozenset[str]:
    """Return the columns that an expectation speaks of. Raises KeyError for one that the table does not have."""
    names, _, but = spoken.partition(" but ")
    said = frozenset((but or names).replace("*", "").split())
    if unknown := said - columns:
        raise KeyError(f"no such columns: {sorted(unknown)}")
    return columns - said if names == "*" else said
