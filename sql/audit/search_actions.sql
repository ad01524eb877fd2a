-- A row a kind of act that the trail has, in order of name. Index: audit_log_action, one probe a kind.
with recursive kinds as (
    select min(action) as action
    from audit_log
    union all
    select (select min(audit_log.action) from audit_log where audit_log.action > kinds.action)
    from kinds
    where kinds.action is not null
)
select action
from kinds
where action is not null
order by action
