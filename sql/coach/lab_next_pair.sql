-- The next pair for whoever asks, or no row. Rows: one at most. Index: coach_review_pairs_place_key.
select pair_id, place, state, memories, recent, message, left_text, right_text
from public.bee_next_pair(:review_id)
