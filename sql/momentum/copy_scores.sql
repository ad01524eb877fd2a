-- COPY: new rows straight into the table; for the owner, and for rows that are not there.
copy daily_engagement_scores (
    user_id, score_date, raw_score, final_score, momentum_state, event_count, is_complete, definition
) from stdin (format csv)
