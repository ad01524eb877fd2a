-- End the links of somebody that were not used. Rows: those ended. Index: staff_links_staff.
update staff_links
set used_at = :now
where staff_id = :staff_id and used_at is null
