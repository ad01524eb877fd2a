-- Keep a new signing key. Rows: one inserted.
insert into signing_keys (kid, sealed_pem, public_jwk, signs_from)
values (:kid, :sealed_pem, cast(:public_jwk as jsonb), :signs_from)
