-- One row a provider that has failed or was left alone at some time. In order of provider. Index: none needed.
select provider, failures, because, open_until, changed_at
from coach_breakers
order by provider
