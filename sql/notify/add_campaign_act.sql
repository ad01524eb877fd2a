-- Say what was done with a version of a campaign, bound to the digest of what was read.
insert into notification_campaign_acts (campaign, version, digest, kind, done_by, reason)
values (:campaign, :version, :digest, :kind, :done_by, :reason)
