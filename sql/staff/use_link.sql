-- Use a link up. Rows: one, or none when somebody else was faster. Index: staff_links_pkey.
update staff_links
set used_at = :now
where token_sha256 = :token_sha256 and used_at is null and expires_at > :now
