-- A row a member of the list with an open task: when the first is due. For the roles coach and admin only. Index:
-- coach_interventions_member.
select user_id, min(due_at) as due_at
from coach_interventions
where user_id = any(cast(:members as uuid[])) and done_at is null
group by user_id
order by user_id
