-- DuckDB. One row a line of the CSV $path that could not be read, by line: why, and its text.
select distinct on (line) line, lower(replace(error_type, '_', ' ')) as reason, csv_line as raw
from reject_errors
join reject_scans using (scan_id, file_id)
where file_path = $path
order by line
