-- Remove what objectives came to in hours before :before. Rows: one each. Index: none; once a night.
delete from objective_hours
where hour < :before
