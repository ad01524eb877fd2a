-- Keep a decision of whoever asks. Rows: one inserted.
insert into consents (member_id, purpose, granted, source)
values (:member_id, :purpose, :granted, 'member')
