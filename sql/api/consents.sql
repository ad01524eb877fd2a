-- A row a purpose that whoever asks has decided about, by purpose: the newest decision. Index: consents_member.
select distinct on (purpose) purpose, granted, decided_at, source
from consents
where member_id = :member_id
order by purpose, decided_at desc, id desc
