-- One row: who a member is. Personal: only the roles coach (of that member) and admin may run it.
-- Index: personal_data by member.
select full_name, email, phone
from personal_data
where member_id = cast(:member_id as uuid)
