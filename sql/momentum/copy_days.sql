-- COPY: totals that were added up while everybody was scored, into the empty table.
copy engagement_days (score_date, segment, momentum_state, members, final_sum, raw_sum) from stdin (format csv)
