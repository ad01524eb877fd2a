-- One row: whether a member is due whose day has come at :now, or a day's totals are stale. Index: score_dues_pkey.
select
    exists (
        select
        from score_dues
        inner join members on members.id = score_dues.user_id
        where score_dues.from_date <= cast(cast(:now as timestamptz) at time zone members.time_zone as date)
    )
    or exists (select from stale_days)
