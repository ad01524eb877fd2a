-- Takes made-up names and addresses as rows.
copy personal_data (member_id, full_name, email) from stdin
