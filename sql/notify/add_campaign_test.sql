-- Ask for one wording of a campaign on a device of one's own.
insert into notification_campaign_tests (campaign, version, variant, platform, address, asked_by)
values (:campaign, :version, :variant, :platform, :address, :asked_by)
