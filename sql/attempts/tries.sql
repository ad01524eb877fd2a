-- One row: failures within the window and how long ago the oldest was.
-- Indexes: sign_in_attempts_account, sign_in_attempts_address.
with of_account as (
    select attempted_at, succeeded
    from sign_in_attempts
    where account = :account and attempted_at > clock_timestamp() - make_interval(secs => :window_s)
),

failures as (
    select attempted_at
    from of_account
    where not succeeded
        and attempted_at > coalesce((select max(attempted_at) from of_account where succeeded), '-infinity')
),

of_address as (
    select attempted_at, succeeded
    from sign_in_attempts
    where address = :address and attempted_at > clock_timestamp() - make_interval(secs => :window_s)
)

select
    (select count(*) from failures) as account_failures,
    (select cast(coalesce(extract(epoch from clock_timestamp() - min(attempted_at)), 0) as double precision)
        from failures)
        as account_age_s,
    -- Each success left a try before it that was counted as a failure.
    (select count(*) filter (where not succeeded) - count(*) filter (where succeeded) from of_address)
        as address_failures,
    (select cast(coalesce(extract(epoch from clock_timestamp() - min(attempted_at)), 0) as double precision)
        from of_address)
        as address_age_s
