-- Takes members as rows into the temporary table.
copy incoming_members (
    line, id, fresh_id, external_id, time_zone, joined_on, left_on, coach_email, attributes, consents,
    full_name, email, phone
) from stdin
