-- Remove what said that members are due, unless it was said again since. Rows: those removed.
-- Index: score_dues_pkey.
delete from score_dues
using unnest(cast(:members as uuid[]), cast(:seqs as bigint[])) as settled (user_id, seq)
where score_dues.user_id = settled.user_id and score_dues.seq = settled.seq
