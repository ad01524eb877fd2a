-- COPY: rows into the temporary table, columns as in copy_scores.
copy incoming_scores from stdin (format csv)
