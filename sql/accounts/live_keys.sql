-- A row a signing key that is public, newest first: no newer one has signed for so long that the last token of this
-- one is over. Index: none; a handful of rows.
select kid, sealed_pem, public_jwk, signs_from
from signing_keys as keys
where not exists (
    select
    from signing_keys as newer
    where newer.signs_from > keys.signs_from and newer.signs_from <= cast(:ended_before as timestamptz)
)
order by signs_from desc, kid
