-- Remove signing keys whose last token has long been over. Rows: those removed. Index: none; a handful of rows.
delete from signing_keys as keys
where exists (
    select
    from signing_keys as newer
    where newer.signs_from > keys.signs_from and newer.signs_from < now() - interval '1 day'
)
