-- Save a campaign, or without a number begin one. One row: which version it is, for how many people, and the digest that
-- an approval is bound to.
select saved.campaign, saved.version, saved.people, saved.digest
from bee_save_campaign(cast(:campaign as bigint), cast(:body as text)) as saved
