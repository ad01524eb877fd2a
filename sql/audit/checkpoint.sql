-- At most one row: the digest that the trail says a seal had when what it covers was forgotten. Index: audit_log_subject.
select after ->> 'digest' as digest
from audit_log
where action = 'trail.forgotten' and subject_kind = 'seal' and subject_id = cast(cast(:seal_id as bigint) as text)
order by id desc
limit 1
