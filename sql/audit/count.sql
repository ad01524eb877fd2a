-- One row: how many acts there are. Index: audit_log_pkey.
select count(*)
from audit_log
