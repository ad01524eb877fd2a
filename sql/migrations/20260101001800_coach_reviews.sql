-- What people say of a run's answers, in pairs of which nobody is told which version wrote which; and what a model says of them.

-- A rubric is the criteria that an answer meets or does not, each with points, which may be negative.
create table public.coach_reviews (
    id uuid primary key default gen_random_uuid(),
    number bigint not null generated always as identity,
    run_id uuid not null references public.coach_runs (id),
    raters smallint not null check (raters between 1 and 9),
    rubric jsonb not null
        check (jsonb_typeof(rubric) = 'array' and jsonb_array_length(rubric) <= 20 and length(rubric::text) <= 20000),
    seed integer not null,
    asked_by uuid not null references public.staff (id),
    asked_at timestamptz not null default clock_timestamp(),
    constraint coach_reviews_number_key unique (number)
);
create index coach_reviews_run on public.coach_reviews (run_id);

-- Two answers to the same case. `place` is the order in which they are shown.
create table public.coach_review_pairs (
    id uuid primary key default gen_random_uuid(),
    review_id uuid not null references public.coach_reviews (id),
    place integer not null check (place > 0),
    candidate_id uuid not null references public.coach_run_outputs (id) on delete cascade,
    baseline_id uuid not null references public.coach_run_outputs (id) on delete cascade,
    constraint coach_review_pairs_place_key unique (review_id, place),
    constraint coach_review_pairs_candidate_key unique (review_id, candidate_id)
);
create index coach_review_pairs_candidate on public.coach_review_pairs (candidate_id);
create index coach_review_pairs_baseline on public.coach_review_pairs (baseline_id);

create table public.coach_review_ends (
    review_id uuid primary key references public.coach_reviews (id),
    outcome text not null check (outcome in ('decided', 'exhausted', 'cancelled')),
    ended_by uuid references public.staff (id),
    ended_at timestamptz not null default clock_timestamp(),
    constraint coach_review_ends_cancelled_by_somebody check ((outcome = 'cancelled') = (ended_by is not null))
);

-- Who rates in a review. From then on, and until nothing is left for them, who wrote what is hidden from them everywhere.
create table public.coach_review_raters (
    review_id uuid not null references public.coach_reviews (id),
    rater_id uuid not null references public.staff (id),
    since timestamptz not null default clock_timestamp(),
    primary key (review_id, rater_id)
);
create index coach_review_raters_rater on public.coach_review_raters (rater_id);

-- One of a rater for a pair, and as many for a pair as the review asks for: `seat` counts them.
create table public.coach_ratings (
    id uuid primary key default gen_random_uuid(),
    pair_id uuid not null references public.coach_review_pairs (id) on delete cascade,
    rater_id uuid not null references public.staff (id),
    seat smallint not null check (seat > 0),
    candidate_was_left boolean not null,
    chosen text not null check (chosen in ('left', 'right', 'tie')),
    met_left smallint[] not null default '{}' check (cardinality(met_left) <= 20),
    met_right smallint[] not null default '{}' check (cardinality(met_right) <= 20),
    comment text not null default '' check (length(comment) <= 2000),
    rated_at timestamptz not null default clock_timestamp(),
    constraint coach_ratings_once unique (pair_id, rater_id),
    constraint coach_ratings_seat unique (pair_id, seat)
);
create index coach_ratings_rater on public.coach_ratings (rater_id, rated_at);

-- A model that was asked to judge a review's pairs.
create table public.coach_judges (
    id uuid primary key default gen_random_uuid(),
    review_id uuid not null references public.coach_reviews (id),
    model text not null check (model ~ '^(openai|vertex|anthropic)/\S{1,100}$'),
    most_usd numeric(10, 4) not null check (most_usd >= 0),
    asked_by uuid not null references public.staff (id),
    asked_at timestamptz not null default clock_timestamp(),
    constraint coach_judges_once unique (review_id, model)
);

-- A row a pair and order in which it was shown; without a verdict, why there is none.
create table public.coach_judgements (
    id uuid primary key default gen_random_uuid(),
    judge_id uuid not null references public.coach_judges (id),
    pair_id uuid not null references public.coach_review_pairs (id) on delete cascade,
    candidate_was_first boolean not null,
    verdict text check (verdict in ('first', 'second', 'tie')),
    error text check (length(error) between 1 and 60),
    cost_usd numeric(14, 8) check (cost_usd >= 0),
    judged_at timestamptz not null default clock_timestamp(),
    constraint coach_judgements_once unique (judge_id, pair_id, candidate_was_first),
    constraint coach_judgements_verdict_or_error check (num_nonnulls(verdict, error) = 1)
);
create index coach_judgements_pair on public.coach_judgements (pair_id);

-- The pairs of a review are all those of its run of which two different answers were written, in an order by chance.
create function public.bee_pair_answers() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from public.coach_run_ends where run_id = new.run_id and outcome = 'finished') then
        raise exception 'a review is of a run that is finished' using
            errcode = 'restrict_violation', constraint = 'coach_reviews_of_a_finished_run';
    end if;
    insert into public.coach_review_pairs (id, review_id, place, candidate_id, baseline_id)
    select
        -- The same review has the same pairs wherever it is taken.
        md5(new.id::text || candidates.id::text)::uuid,
        new.id, row_number() over (order by md5(new.seed || candidates.id::text)), candidates.id, baselines.id
    from public.coach_run_outputs as candidates
    inner join public.coach_run_outputs as baselines using (run_id, case_id, repeat)
    where candidates.run_id = new.run_id
        and candidates.arm = 'candidate'
        and baselines.arm = 'baseline'
        and num_nonnulls(candidates.error, baselines.error) = 0
        and not candidates.is_screened
        and candidates.text <> baselines.text;
    if not found then
        raise exception 'there are no two different answers to compare' using
            errcode = 'restrict_violation', constraint = 'coach_reviews_have_pairs';
    end if;
    return null;
end
$$;
create trigger pair_answers after insert on public.coach_reviews
    for each row execute function public.bee_pair_answers();

-- On which side a rater sees the candidate: by chance, and the same whenever they look.
create function public.bee_candidate_is_left(seed integer, pair_id uuid, rater_id uuid) returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select get_byte(decode(md5(seed || pair_id::text || rater_id::text), 'hex'), 0) % 2 = 0
$$;

-- Gives a rating its seat, under the lock of the pair, and notes on which side the candidate was.
create function public.bee_seat_rating() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Only what was rated elsewhere says itself where the candidate stood: no rater may write that.
    select coalesce(
        new.candidate_was_left, public.bee_candidate_is_left(reviews.seed, pairs.id, new.rater_id)
    ) into new.candidate_was_left
    from public.coach_review_pairs as pairs
    inner join public.coach_reviews as reviews on reviews.id = pairs.review_id
    where pairs.id = new.pair_id
    for update of pairs;
    select count(*) + 1 into new.seat from public.coach_ratings where pair_id = new.pair_id;
    return new;
end
$$;
create trigger seat before insert on public.coach_ratings for each row execute function public.bee_seat_rating();

-- Refuses more ratings than a review asks for, those of one that is over or of somebody who did not join it, and criteria
-- that its rubric does not have.
create function public.bee_check_rating() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    review public.coach_reviews;
begin
    select reviews.* into review
    from public.coach_review_pairs as pairs
    inner join public.coach_reviews as reviews on reviews.id = pairs.review_id
    where pairs.id = new.pair_id;
    if exists (select from public.coach_review_ends where review_id = review.id) then
        raise exception 'the review is over' using
            errcode = 'restrict_violation', constraint = 'coach_ratings_of_an_open_review';
    end if;
    if not exists (
        select from public.coach_review_raters where review_id = review.id and rater_id = new.rater_id
    ) then
        raise exception 'who rates has joined the review' using
            errcode = 'restrict_violation', constraint = 'coach_ratings_by_its_raters';
    end if;
    if new.seat > review.raters then
        raise exception 'the pair has all its ratings' using
            errcode = 'restrict_violation', constraint = 'coach_ratings_no_more';
    end if;
    if exists (
        select from unnest(new.met_left || new.met_right) as met (criterion)
        where coalesce(met.criterion not between 0 and jsonb_array_length(review.rubric) - 1, true)
    ) then
        raise exception 'the rubric has no such criterion' using
            errcode = 'restrict_violation', constraint = 'coach_ratings_of_its_rubric';
    end if;
    return null;
end
$$;
create trigger check_rating after insert on public.coach_ratings
    for each row execute function public.bee_check_rating();

-- Nobody judges what they wrote themselves.
create function public.bee_refuse_own_judge() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select
        from public.coach_review_pairs as pairs
        inner join public.coach_run_outputs as outputs on outputs.id in (pairs.candidate_id, pairs.baseline_id)
        where pairs.review_id = new.review_id and outputs.provider || '/' || outputs.model = new.model
    ) then
        raise exception 'a model does not judge its own answers' using
            errcode = 'restrict_violation', constraint = 'coach_judges_of_others';
    end if;
    return null;
end
$$;
create trigger refuse_own after insert on public.coach_judges
    for each row execute function public.bee_refuse_own_judge();

-- The next pair for whoever asks and joined: what they have not rated, of what still takes ratings. Nothing says who wrote
-- what.
create function public.bee_next_pair(review uuid)
returns table (
    pair_id uuid, place integer, state text, memories jsonb, recent jsonb, message text, left_text text, right_text text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        pairs.id, pairs.place, cases.state, cases.memories, cases.recent, cases.message,
        case when sides.candidate_is_left then candidates.text else baselines.text end,
        case when sides.candidate_is_left then baselines.text else candidates.text end
    from public.coach_reviews as reviews
    inner join public.coach_review_pairs as pairs on pairs.review_id = reviews.id
    inner join public.coach_run_outputs as candidates on candidates.id = pairs.candidate_id
    inner join public.coach_run_outputs as baselines on baselines.id = pairs.baseline_id
    inner join public.coach_cases as cases on cases.id = candidates.case_id
    cross join lateral (
        select
            public.bee_candidate_is_left(reviews.seed, pairs.id, public.bee_staff_id()) as candidate_is_left,
            count(*) as rated,
            coalesce(bool_or(ratings.rater_id = public.bee_staff_id()), false) as is_done
        from public.coach_ratings as ratings
        where ratings.pair_id = pairs.id
    ) as sides
    where reviews.id = review
        and exists (
            select from public.coach_review_raters as raters
            where raters.review_id = reviews.id and raters.rater_id = public.bee_staff_id()
        )
        and not sides.is_done
        and sides.rated < reviews.raters
        and not exists (select from public.coach_review_ends as ends where ends.review_id = reviews.id)
    order by sides.rated desc, pairs.place
    limit 1
$$;

-- How far a review is: counts, and nothing of what was said.
create function public.bee_review_progress(review uuid)
returns table (pairs bigint, complete bigint, ratings bigint, mine bigint, is_rater boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        count(*),
        count(*) filter (where rated.ratings >= reviews.raters),
        coalesce(sum(rated.ratings), 0)::bigint,
        coalesce(sum(rated.mine), 0)::bigint,
        exists (
            select from public.coach_review_raters as raters
            where raters.review_id = review and raters.rater_id = public.bee_staff_id()
        )
    from public.coach_reviews as reviews
    inner join public.coach_review_pairs as pairs on pairs.review_id = reviews.id
    cross join lateral (
        select count(*) as ratings, count(*) filter (where rater_id = public.bee_staff_id()) as mine
        from public.coach_ratings
        where pair_id = pairs.id
    ) as rated
    where reviews.id = review
$$;

-- The runs of which whoever asks may not read who wrote what, each with the number of the review because of which: they
-- joined it, it is open, and it has something left for them to rate. Such a run is the review's own, and any other in which
-- one of those answers stands word for word.
create function public.bee_hidden_runs() returns table (run_id uuid, review bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select same.run_id, min(reviews.number)
    from public.coach_review_raters as raters
    inner join public.coach_reviews as reviews on reviews.id = raters.review_id
    inner join public.coach_review_pairs as pairs on pairs.review_id = reviews.id
    inner join public.coach_run_outputs as shown on shown.id in (pairs.candidate_id, pairs.baseline_id)
    inner join public.coach_run_outputs as same on md5(same.text) = md5(shown.text)
    where raters.rater_id = public.bee_staff_id()
        and not exists (select from public.coach_review_ends as ends where ends.review_id = reviews.id)
        and exists (
            select
            from public.coach_review_pairs as waiting
            cross join lateral (
                select count(*) as ratings, count(*) filter (where ratings.rater_id = raters.rater_id) as mine
                from public.coach_ratings as ratings
                where ratings.pair_id = waiting.id
            ) as rated
            where waiting.review_id = reviews.id and rated.mine = 0 and rated.ratings < reviews.raters
        )
    group by same.run_id
$$;

-- How far a run is: counts, and nothing of what was answered.
create function public.bee_run_progress(run uuid)
returns table (done bigint, failed bigint, cached bigint, cost_usd numeric)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        count(*),
        count(*) filter (where outputs.error is not null),
        count(*) filter (where outputs.is_cached),
        coalesce(sum(outputs.cost_usd), 0)
    from public.coach_run_outputs as outputs
    where outputs.run_id = run
$$;

revoke all on function
    public.bee_hidden_runs(), public.bee_run_progress(uuid), public.bee_pair_answers(), public.bee_candidate_is_left(integer, uuid, uuid), public.bee_seat_rating(), public.bee_check_rating(),
    public.bee_refuse_own_judge(), public.bee_next_pair(uuid), public.bee_review_progress(uuid)
    from public, anon, authenticated, service_role;
grant execute on function public.bee_next_pair(uuid) to bee_coach;
grant execute on function public.bee_review_progress(uuid), public.bee_hidden_runs(), public.bee_run_progress(uuid)
    to bee_coach, bee_admin;

-- Rows go only with the member whose words a case was.
create trigger append_only before update or delete or truncate on public.coach_reviews
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or truncate on public.coach_review_pairs
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.coach_review_ends
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.coach_review_raters
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or truncate on public.coach_ratings
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.coach_judges
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or truncate on public.coach_judgements
    for each statement execute function public.bee_refuse_change();

alter table public.coach_reviews enable row level security;
alter table public.coach_review_pairs enable row level security;
alter table public.coach_review_ends enable row level security;
alter table public.coach_review_raters enable row level security;
alter table public.coach_ratings enable row level security;
alter table public.coach_judges enable row level security;
alter table public.coach_judgements enable row level security;
revoke all on
    public.coach_reviews, public.coach_review_pairs, public.coach_review_ends, public.coach_review_raters,
    public.coach_ratings, public.coach_judges, public.coach_judgements
    from public, anon, authenticated, service_role;
revoke all on sequence public.coach_reviews_number_seq from public, anon, authenticated, service_role;

-- Coaches and admins ask for reviews; only coaches rate. What pairs are made of, and what others and models said, coaches
-- see when a review is over, unless they rate the same answers in another; by chance who is left and right, nobody reads at
-- all.
grant select (id, number, run_id, raters, rubric, asked_by, asked_at) on public.coach_reviews to bee_coach, bee_admin;
grant select on public.coach_reviews to bee_worker;
create policy readers on public.coach_reviews for select to bee_coach, bee_admin, bee_worker using (true);
grant insert (id, run_id, raters, rubric, seed, asked_by) on public.coach_reviews to bee_coach, bee_admin;
create policy ask on public.coach_reviews for insert to bee_coach, bee_admin
    with check (asked_by = (select public.bee_staff_id()));

grant select on public.coach_review_ends to bee_coach, bee_admin, bee_worker;
create policy readers on public.coach_review_ends for select to bee_coach, bee_admin, bee_worker using (true);
grant insert (review_id, outcome, ended_by) on public.coach_review_ends to bee_coach, bee_admin, bee_worker;
create policy cancel on public.coach_review_ends for insert to bee_coach, bee_admin
    with check (outcome = 'cancelled' and ended_by = (select public.bee_staff_id()));
create policy done on public.coach_review_ends for insert to bee_worker with check (outcome <> 'cancelled');

grant select on public.coach_review_pairs to bee_coach, bee_admin, bee_worker;
create policy readers on public.coach_review_pairs for select to bee_admin, bee_worker using (true);
create policy ended on public.coach_review_pairs for select to bee_coach
    using (
        exists (select from public.coach_review_ends as ends where ends.review_id = coach_review_pairs.review_id)
        and exists (select from public.coach_run_outputs as shown where shown.id = candidate_id)
    );

grant select on public.coach_review_raters to bee_coach, bee_admin;
create policy readers on public.coach_review_raters for select to bee_coach, bee_admin using (true);
grant insert (review_id, rater_id) on public.coach_review_raters to bee_coach;
create policy join_in on public.coach_review_raters for insert to bee_coach
    with check (rater_id = (select public.bee_staff_id()));

-- Asked once for a whole statement, not for each row.
create policy readers_who_do_not_rate on public.coach_run_outputs for select to bee_coach
    using (run_id <> all (array(select hidden.run_id from public.bee_hidden_runs() as hidden)));

grant select on public.coach_ratings to bee_coach, bee_admin, bee_worker;
create policy readers on public.coach_ratings for select to bee_admin, bee_worker using (true);
create policy ended on public.coach_ratings for select to bee_coach
    using (exists (select from public.coach_review_pairs as pairs where pairs.id = pair_id));
grant insert (id, pair_id, rater_id, chosen, met_left, met_right, comment) on public.coach_ratings to bee_coach;
create policy rate on public.coach_ratings for insert to bee_coach
    with check (rater_id = (select public.bee_staff_id()));

grant select on public.coach_judges to bee_coach, bee_admin, bee_worker;
create policy readers on public.coach_judges for select to bee_coach, bee_admin, bee_worker using (true);
grant insert (id, review_id, model, most_usd, asked_by) on public.coach_judges to bee_coach, bee_admin;
create policy ask on public.coach_judges for insert to bee_coach, bee_admin
    with check (asked_by = (select public.bee_staff_id()));

grant select on public.coach_judgements to bee_coach, bee_admin, bee_worker;
create policy readers on public.coach_judgements for select to bee_admin, bee_worker using (true);
create policy ended on public.coach_judgements for select to bee_coach
    using (exists (select from public.coach_review_pairs as pairs where pairs.id = pair_id));
grant insert (id, judge_id, pair_id, candidate_was_first, verdict, error, cost_usd) on public.coach_judgements to bee_worker;
create policy work on public.coach_judgements for insert to bee_worker with check (true);
