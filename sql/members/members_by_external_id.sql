-- One row a member who bears one of these external ids, in order of external id. Index: members by external_id.
select external_id as key, id, external_id, time_zone
from members
where external_id = any(cast(:keys as text[]))
order by external_id
