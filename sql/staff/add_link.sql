-- Make a one-time link. Rows: one inserted.
insert into staff_links (token_sha256, staff_id, purpose, created_by, expires_at)
values (:token_sha256, :staff_id, :purpose, cast(:created_by as uuid), :expires_at)
