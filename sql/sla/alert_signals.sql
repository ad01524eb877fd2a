-- A row a signal and subject with something that waits at :now, in that order: how old the oldest of it is. What the kill
-- switch holds does not wait. A breaker has no age of its own, for every failure renews it: it goes on from the pass before.
-- Indexes: notification_deliveries_due, outbox_waiting, coach_interventions_open, audit_log_order, alert_passes_pkey,
-- probe_ticks_pkey; members are scanned.
with before as (
    select max(minute) as minute
    from alert_passes
    where minute < cast(:minute as timestamptz)
),

zones as (
    select
        members.time_zone,
        score_frontiers.scored_through,
        min(cast(members.created_at at time zone members.time_zone as date)) as known_since
    from members
    left join score_frontiers on score_frontiers.time_zone = members.time_zone
    where members.left_on is null and not members.is_synthetic
    group by members.time_zone, score_frontiers.scored_through
),

-- A day is to be scored by four in the morning after it; whoever is new, from the day on which they came.
late_zones as (
    select (coalesce(scored_through + 1, known_since) + 1 + time '04:00') at time zone time_zone as due_at
    from zones
),

stopped as (
    select distinct on (rule) rule, is_stopped
    from notification_stops
    order by rule, id desc
),

pushes as (
    select coalesce(deliveries.put_off_since, deliveries.available_at) as due_at
    from notification_deliveries as deliveries
    inner join momentum_notifications as decided on decided.id = deliveries.notification_id
    where
        deliveries.finished_at is null
        and not exists (
            select
            from stopped
            where stopped.is_stopped and (stopped.rule is null or stopped.rule = decided.rule)
        )
),

seal as (
    select through_transaction, through_id
    from audit_seals
    order by id desc
    limit 1
),

unsealed as (
    select min(at) as due_at
    from audit_log
    where
        not exists (select from seal)
        or (transaction, id) > (
            (select through_transaction from seal), (select through_id from seal)
        )
),

breakers as (
    select 'coach: ' || provider as subject
    from coach_breakers
    where open_until > cast(:now as timestamptz) - interval '5 minutes'
    union
    select 'push: ' || platform
    from notification_breakers
    where open_until > cast(:now as timestamptz) - interval '5 minutes'
),

heard as (
    select probers.prober || ': ' || probers.probe as subject, max(seen_at + make_interval(secs => every_s)) as due_at
    from probers
    where seen_at > cast(:now as timestamptz) - interval '7 days'
    group by probers.prober, probers.probe
),

-- A prober was answered, and no process has added up a request since.
unmeasured as (
    select min(scheduled_at) as due_at
    from probe_ticks
    where
        scheduled_at between cast(:now as timestamptz) - interval '1 day' and cast(:now as timestamptz)
        and step = 'ready'
        and ok
        and scheduled_at > coalesce((select max(seen_at) from service_recorders), '-infinity')
),

waiting as (
    select 'scores' as signal, '' as subject, min(due_at) as since
    from late_zones
    union all
    select 'push', '', min(due_at)
    from pushes
    union all
    select 'handoff', '', min(created_at)
    from outbox
    where delivered_at is null and topic = 'safety.crisis'
    union all
    select 'unseen_danger', '', min(due_at)
    from coach_interventions
    where safety_event_id is not null and done_at is null
    union all
    select 'seal', '', due_at
    from unsealed
    union all
    select
        'breaker',
        breakers.subject,
        coalesce(
            before.minute + (cast(:now as timestamptz) - cast(:minute as timestamptz)) - make_interval(secs => earlier.age_s),
            cast(:minute as timestamptz) - interval '1 minute'
        )
    from breakers
    cross join before
    left join alert_signals as earlier
        on earlier.minute = before.minute and earlier.signal = 'breaker' and earlier.subject = breakers.subject
    union all
    select 'worker', '', greatest(
        (select max(beat_at) from worker_beats),
        (select max(heartbeat_at) from jobs where finished_at is null)
    )
    union all
    select 'prober', subject, due_at
    from heard
    union all
    select 'recorder', '', due_at
    from unmeasured
    union all
    select 'watch', '', minute + interval '1 minute'
    from before
)

select signal, subject, cast(extract(epoch from cast(:now as timestamptz) - since) as double precision) as age_s
from waiting
where since < cast(:now as timestamptz)
order by signal, subject
