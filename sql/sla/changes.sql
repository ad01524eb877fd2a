-- A row an act of the trail from :since and before :until that changed what members receive or how the house runs, by time:
-- :actions names them. Index: audit_log_action.
select
    audit_log.at,
    audit_log.action,
    audit_log.subject_id,
    cast(audit_log.after as text) as after,
    audit_log.reason,
    staff.full_name as who
from audit_log
left join staff on staff.id = audit_log.actor_id and audit_log.actor_kind = 'staff'
where
    audit_log.action = any(cast(:actions as text[]))
    and audit_log.at >= cast(:since as timestamptz)
    and audit_log.at < cast(:until as timestamptz)
order by audit_log.at, audit_log.id
