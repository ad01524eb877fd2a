-- One row: how many members are no demo members, nor a prober's, one demo member's external id, first and newest day of demo events.
-- Index: engagement_events by event_date.
select
    (select count(*) from members where not is_demo and not is_synthetic) as others,
    (select min(external_id) from members where is_demo and external_id like 'demo-%') as key,
    (select event_date from engagement_events where source = 'demo' order by event_date limit 1) as first_day,
    (select event_date from engagement_events where source = 'demo' order by event_date desc limit 1) as newest_day
