-- What is known of who a member is. Rows: one. Index: personal_data_pkey.
update personal_data
set email = :email, full_name = :full_name, updated_at = now()
where member_id = :id
