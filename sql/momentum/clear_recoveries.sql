-- Takes away what became of people on the days from :first to :last. Index: engagement_recoveries by date.
delete from engagement_recoveries
where score_date between cast(:first as date) and cast(:last as date)
