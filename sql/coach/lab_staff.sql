-- At most one row: who on the staff has an address. Index: staff_email_key.
select id from staff where email = :email
