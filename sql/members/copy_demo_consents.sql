-- Takes made-up decisions as rows; a trigger mirrors each to its member.
copy consents (member_id, purpose, granted, source) from stdin
