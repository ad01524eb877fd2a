-- COPY: a row a member of the list and segment: the member's place in the list, and a mark of the pair. No order.
-- Index: none; a scan of members, so once for all of them and not for some at a time.
copy (
    select
        due.place - 1,
        segments.segment,
        hashtextextended(cast(segments.user_id as text) || segments.segment, 0)
    from unnest(cast(%(members)s as uuid[])) with ordinality as due (user_id, place)
    inner join member_segments as segments on segments.user_id = due.user_id
) to stdout (format csv)
