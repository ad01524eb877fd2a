-- A row a task that a role may see and that fulfils what is asked: open ones by when they are due, then done ones, the
-- newest first. What a rule saw stands in the condition and in the scores of the days up to the moment, newest first.
-- Indexes: coach_interventions_open, coach_interventions_done, daily_engagement_scores_pkey.
select
    tasks.id,
    tasks.user_id,
    members.number,
    personal_data.full_name,
    members.is_demo,
    members.coach_id,
    coaches.full_name as coach_name,
    tasks.safety_event_id is not null as is_safety,
    tasks.priority,
    tasks.created_at,
    tasks.due_at,
    tasks.done_at,
    doers.full_name as done_by_name,
    tasks.outcome,
    tasks.note,
    decided.rule,
    cast(versions.body -> 'condition' as text) as condition,
    decided.trigger_date,
    decided.silent_since,
    array(
        select scores.final_score
        from daily_engagement_scores as scores
        where
            scores.user_id = tasks.user_id
            and scores.is_complete
            and scores.score_date between decided.trigger_date - 27 and decided.trigger_date
        order by scores.score_date desc
    ) as finals,
    case
        when decided.id is not null
        then public.bee_notification_state(decided.decision, decided.sent_at, deliveries.outcome)
    end as told,
    coalesce(deliveries.reason, decided.reason) as told_because
from coach_interventions as tasks
inner join members on members.id = tasks.user_id and not members.is_synthetic
left join personal_data on personal_data.member_id = members.id
left join staff as coaches on coaches.id = members.coach_id
left join staff as doers on doers.id = tasks.done_by
left join momentum_notifications as decided on decided.id = tasks.notification_id
left join notification_deliveries as deliveries on deliveries.notification_id = decided.id
left join notification_rule_versions as versions
    on versions.rule = decided.rule and versions.version = decided.rule_version
where
    (
        (:shows_open and tasks.done_at is null)
        or (:shows_done and tasks.done_at >= cast(:done_since as timestamptz))
    )
    and (not :only_overdue or tasks.due_at < cast(:now as timestamptz))
    and (cast(:task_id as uuid) is null or tasks.id = cast(:task_id as uuid))
    and (
        cast(:coach as text) is null
        or coalesce(cast(members.coach_id as text), 'nobody') = cast(:coach as text)
    )
order by tasks.done_at desc nulls first, tasks.due_at, tasks.id
limit cast(:most as integer)
