-- A row a member whom an audience means now, by id.
select id as user_id from bee_campaign_audience(cast(:audience as jsonb)) as audience (id) order by id
