-- What is known of who a new member is. Rows: one inserted.
insert into personal_data (member_id, email, full_name)
values (:id, :email, :full_name)
