-- A row a thing that was done with a campaign, newest first: a version that was saved, and what was asked, said and done
-- about it. Indexes: notification_campaign_versions_pkey, notification_campaign_acts_campaign.
with acts as (
    select created_at as at, 1 as step, 'saved' as act, version, author_id as who_id, '' as words
    from notification_campaign_versions
    where campaign = :campaign
    union all
    select done_at, 2, kind, version, done_by, reason
    from notification_campaign_acts
    where campaign = :campaign
)

select acts.at, acts.act, acts.version, staff.full_name as who_name, acts.words
from acts
left join staff on staff.id = acts.who_id
order by acts.at desc, acts.step desc
