-- One row: how many members wait at :now for what is late: for scores that were due by four in the morning, for pushes longer than
-- :push_s seconds. What the kill switch holds does not wait. Index: notification_deliveries_due; members are scanned.
with zones as (
    select
        members.time_zone,
        score_frontiers.scored_through,
        min(cast(members.created_at at time zone members.time_zone as date)) as known_since,
        count(*) as members
    from members
    left join score_frontiers on score_frontiers.time_zone = members.time_zone
    where members.left_on is null and not members.is_synthetic
    group by members.time_zone, score_frontiers.scored_through
),

stopped as (
    select distinct on (rule) rule, is_stopped
    from notification_stops
    order by rule, id desc
),

late as (
    select decided.user_id
    from notification_deliveries as deliveries
    inner join momentum_notifications as decided on decided.id = deliveries.notification_id
    where
        deliveries.finished_at is null
        and deliveries.available_at < cast(:now as timestamptz) - make_interval(secs => :push_s)
        and not exists (
            select
            from stopped
            where stopped.is_stopped and (stopped.rule is null or stopped.rule = decided.rule)
        )
)

select
    (
        select coalesce(cast(sum(zones.members) as bigint), 0)
        from zones
        where
            (coalesce(zones.scored_through + 1, zones.known_since) + 1 + time '04:00') at time zone zones.time_zone
                <= cast(:now as timestamptz)
    ) as scores,
    (
        select count(distinct late.user_id)
        from late
        inner join members on members.id = late.user_id and not members.is_synthetic
    ) as push
