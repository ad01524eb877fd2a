-- One row an incoming member that can't go in, by line.
select line, reason
from incoming_members
where reason is not null
order by line
