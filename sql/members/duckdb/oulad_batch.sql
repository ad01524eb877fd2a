-- DuckDB. One row an event of the enrolments from $first to $last, as a line of COPY's text (sql/members/copy_events.sql),
-- by member. Identical rows are counted, then numbered from 1: which of them is which makes no difference.
with counted as (
    select enrolment, kind, happened_on, place, amount, count(*) as copies
    from happenings
    where enrolment between $first and $last
    group by all
),
numbered as (
    select enrolment, kind, happened_on, place, amount, unnest(range(1, copies + 1)) as occurrence
    from counted
),
described as (
    select
        people.user_id,
        people.external_id,
        ([
            'assessment_completion', 'lesson_start', 'assessment_completion', 'peer_interaction', 'app_session',
            'resource_access'
        ])[kind + 1] as event_type,
        happened_on,
        case
            when kind = 0 then '{"id_assessment":' || place || ',"is_banked":' || amount || '}'
            else '{"id_site":' || place || ',"sum_click":' || amount || '}'
        end as metadata,
        noons.occurred_at,
        numbered.occurrence
    from numbered
    join people using (enrolment)
    join noons using (happened_on)
),
named as (
    select
        *,
        sha1(
            cast($namespace as blob)
            || encode(
                concat_ws(chr(10), $source, external_id, event_type, occurred_at, metadata, occurrence)
            )
        ) as digest
    from described
)
select
    concat_ws(
        chr(9), uuid_text(digest), user_id, event_type, happened_on, metadata, occurred_at, 'Europe/London', $source
    ) || chr(10) as line
from named
order by user_id
