-- Keep what a rater says of a pair; the database gives it its seat. Rows: one. Index: coach_ratings_once.
insert into coach_ratings (pair_id, rater_id, chosen, met_left, met_right, comment)
values (:pair_id, :rater_id, :chosen, cast(:met_left as smallint[]), cast(:met_right as smallint[]), :comment)
