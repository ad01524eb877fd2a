-- Write decisions, what those to send still have to go through, and the tasks of coaches: all of a moment, or nothing
-- where it was decided before. One row: how many decisions were written, how many of them send, and how many tasks.
-- Index: momentum_notifications_moment_key.
with made as (
    select *
    from jsonb_to_recordset(cast(:decisions as jsonb)) as made (
        id uuid, user_id uuid, notification_type text, rule text, rule_version integer, moment text, trigger_date date,
        decision text, reason text, guards jsonb, draw double precision, probability double precision,
        definition text, final_score double precision, momentum_state text, priority text, not_before timestamptz,
        expires_at timestamptz, silent_since timestamptz, variant text, title text, message text, action jsonb,
        audience_hash text, task text, task_due_at timestamptz, coach_id uuid
    )
),

decided as (
    insert into momentum_notifications (
        id, user_id, notification_type, rule, rule_version, moment, trigger_date, decided_at, decision, reason, guards,
        draw, probability, definition, final_score, momentum_state, priority, not_before, expires_at, silent_since,
        variant, title, message, action, audience_hash
    )
    select
        made.id, made.user_id, made.notification_type, made.rule, made.rule_version, made.moment, made.trigger_date,
        :now, made.decision, made.reason, made.guards, made.draw, made.probability, made.definition, made.final_score,
        made.momentum_state, made.priority, made.not_before, made.expires_at, made.silent_since, made.variant,
        made.title, made.message, made.action, made.audience_hash
    from made
    on conflict (rule, user_id, moment) do nothing
    returning id, user_id, decision, not_before
),

queued as (
    insert into notification_deliveries (notification_id, user_id, available_at)
    select id, user_id, not_before
    from decided
    where decision = 'send'
),

asked as (
    insert into coach_interventions (user_id, notification_id, coach_id, priority, created_at, due_at)
    select decided.user_id, decided.id, made.coach_id, made.task, :now, made.task_due_at
    from decided
    inner join made on made.id = decided.id and made.task is not null
    returning id
)

select
    (select count(*) from decided) as decided,
    (select count(*) from decided where decision = 'send') as to_send,
    (select count(*) from asked) as tasks
