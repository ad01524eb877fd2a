-- A place for rows that may be there already; gone with the transaction.
create temporary table incoming_scores (
    user_id uuid not null,
    score_date date not null,
    raw_score double precision not null,
    final_score double precision not null,
    momentum_state text not null,
    event_count integer not null,
    is_complete boolean not null,
    definition text not null
) on commit drop
