-- Marks the incoming rows that can't go in, each with the first reason that applies. `columns`: what the file has.
update incoming_members as incoming
set reason = checked.reason
from (
    select
        self.line,
        case
            when holder.id <> self.member_id
                then 'external_id ' || self.external_id || ' belongs to another member'
            when known.id is null and clash.id is not null
                then 'external_id ' || self.external_id || ' was renamed; name the member by id'
            when known.id is null and self.time_zone is null then 'time_zone is missing, which a new member needs'
            when known.id is null and self.joined_on is null then 'joined_on is missing, which a new member needs'
            when self.coach_email is not null and self.coach_id is null
                then 'coach ' || self.coach_email || ' is not an active coach on the staff'
            when self.time_zone is not null and not public.bee_is_time_zone(self.time_zone)
                then 'time_zone ' || self.time_zone || ' is unknown'
            when case
                    when 'left_on' = any(cast(:columns as text[])) then self.left_on
                    else known.left_on
                end < coalesce(self.joined_on, known.joined_on)
                then 'left_on lies before joined_on'
        end as reason
    from incoming_members as self
    left join members as known
        on known.id = self.member_id
        and (self.id is not null or known.external_id = self.external_id)
    left join members as clash on clash.id = self.member_id
    left join members as holder on holder.external_id = self.external_id
) as checked
where checked.line = incoming.line and checked.reason is not null
