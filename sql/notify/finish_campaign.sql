-- Say of a campaign that was not stopped that it was decided about everybody, once. Index:
-- notification_campaign_people_next.
insert into notification_campaign_acts (campaign, version, digest, kind)
select cast(:campaign as bigint), cast(:version as integer), cast(:digest as text), 'finished'
where not exists (
    select from notification_campaign_people where campaign = :campaign and decided_at is null
)
on conflict do nothing
