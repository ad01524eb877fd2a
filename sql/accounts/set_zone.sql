-- Say where a member lives. Rows: one, or none where it is known. Index: members_pkey.
update members
set time_zone = :time_zone
where id = :id and time_zone <> :time_zone
