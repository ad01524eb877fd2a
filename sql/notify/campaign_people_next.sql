-- A row a person of a campaign about whom nothing is decided yet, in the order that chance made, :most of them, without
-- those who wait for the end of their quiet hours unless it is about :everybody; whoever decides has them until the end
-- of the transaction. Index: notification_campaign_people_next.
select
    people.user_id,
    members.left_on is not null
    and members.left_on < cast(cast(:now as timestamptz) at time zone members.time_zone as date) as has_left
from notification_campaign_people as people
inner join members on members.id = people.user_id
where
    people.campaign = :campaign
    and people.decided_at is null
    and (:everybody or people.available_at <= cast(:now as timestamptz))
order by people.place, people.user_id
limit :most
for update of people skip locked
