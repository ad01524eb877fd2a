-- Takes demo members as rows.
copy members (id, external_id, time_zone, joined_on, left_on, coach_id, attributes, is_demo) from stdin
