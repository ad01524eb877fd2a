-- What the migrations add up to. Written by `make schema`, never by hand; a test compares the two.

CREATE SCHEMA public;

COMMENT ON SCHEMA public IS 'standard public schema';

CREATE FUNCTION public.bee_add_sketches(one integer[], other integer[]) RETURNS integer[]
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select coalesce(array_agg(array[bucket, cast(number as integer)] order by bucket), '{}')
    from (
        select pairs.bucket, sum(pairs.number) as number
        from (
            select one[place][1] as bucket, one[place][2] as number
            from generate_subscripts(one, 1) as place
            union all
            select other[place][1], other[place][2]
            from generate_subscripts(other, 1) as place
        ) as pairs
        group by pairs.bucket
    ) as summed
$$;

CREATE FUNCTION public.bee_amended(since timestamp with time zone, until timestamp with time zone) RETURNS TABLE(id bigint, kind text, state text, starts_at timestamp with time zone, ends_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select said.id, said.kind, said.state, said.starts_at, said.ends_at
    from (
        select
            amendments.id, amendments.kind, amendments.state,
            coalesce(changed.starts_at, amendments.starts_at) as starts_at,
            coalesce(changed.ends_at, amendments.ends_at) as ends_at
        from public.service_amendments as amendments
        left join lateral (
            select changes.starts_at, changes.ends_at
            from public.service_maintenance_changes as changes
            where changes.amendment = amendments.id and changes.withdrawn_at is null
            order by changes.id desc
            limit 1
        ) as changed on true
        where amendments.withdrawn_at is null
    ) as said
    where said.starts_at < until and said.ends_at > since
$$;

CREATE FUNCTION public.bee_announce_notification() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    insert into public.outbox (topic, dedupe_key, payload, delivered_at)
    values (
        'realtime.change',
        pg_catalog.gen_random_uuid(),
        pg_catalog.jsonb_build_object(
            'table', tg_table_name,
            'type', 'INSERT',
            'user_id', new.user_id,
            'key', pg_catalog.jsonb_build_object('id', new.id)
        ),
        pg_catalog.now()
    );
    return null;
end
$$;

CREATE FUNCTION public.bee_answering_model(version uuid, place_of text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select coalesce(
        versions.model,
        (
            select named.model
            from public.coach_named_models as named
            where named.environment = place_of
            order by named.id desc
            limit 1
        )
    )
    from public.coach_prompt_versions as versions
    where versions.id = version
$$;

CREATE FUNCTION public.bee_apply_alert_act() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    found public.alerts;
    fault text;
begin
    if new.done_by is null then
        return null;
    end if;
    select * into found from public.alerts where id = new.alert for update;
    fault := case
        when new.kind not in ('noted', 'judged') and found.closed_at is not null then 'ended'
        when new.kind <> 'noted' and found.revision <> new.seen then 'changed'
        when new.kind = 'closed' and found.quiet_since is null then 'fires'
        when new.kind = 'acknowledged' and new.until not between new.done_at and new.done_at + interval '1 day' then 'until'
        when new.kind = 'snoozed' and new.until not between new.done_at and new.done_at + interval '7 days' then 'until'
    end;
    if fault is not null then
        raise exception 'alert %: %', new.alert, fault using
            errcode = 'restrict_violation', constraint = 'alert_' || fault;
    end if;
    update public.alerts
    set
        acknowledged_by = case new.kind
            when 'acknowledged' then new.done_by when 'escalated' then null else acknowledged_by
        end,
        acknowledged_until = case new.kind
            when 'acknowledged' then new.until when 'escalated' then null else acknowledged_until
        end,
        snoozed_by = case new.kind when 'snoozed' then new.done_by when 'escalated' then null else snoozed_by end,
        snoozed_until = case new.kind when 'snoozed' then new.until when 'escalated' then null else snoozed_until end,
        steps_asked = case new.kind when 'escalated' then steps_told + 1 else steps_asked end,
        is_actionable = case new.kind when 'judged' then new.is_actionable else is_actionable end,
        closed_by = case new.kind when 'closed' then new.done_by else closed_by end,
        closed_at = case new.kind when 'closed' then new.done_at else closed_at end,
        revision = revision + case new.kind when 'noted' then 0 else 1 end
    where id = new.alert;
    return null;
end
$$;

CREATE FUNCTION public.bee_campaign_audience(wanted jsonb) RETURNS SETOF uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select members.id
    from public.members
    where not members.is_synthetic
        and (members.left_on is null or members.left_on >= (now() at time zone members.time_zone)::date)
        and public.bee_in_segment(
            coalesce(wanted ->> 'segment', 'all'),
            members.is_demo, members.time_zone, members.coach_id, members.attributes
        )
        and (coalesce(wanted -> 'zones', '[]') = '[]' or (wanted -> 'zones') ? members.time_zone)
        and (
            coalesce(wanted -> 'states', '[]') = '[]'
            or (wanted -> 'states') ? (
                select scores.momentum_state
                from public.daily_engagement_scores as scores
                where scores.user_id = members.id and scores.is_complete
                order by scores.score_date desc
                limit 1
            )
        )
        and (
            coalesce(wanted -> 'platforms', '[]') = '[]'
            or exists (
                select from public.user_fcm_tokens as tokens
                where tokens.user_id = members.id and tokens.is_active and (wanted -> 'platforms') ? tokens.platform
            )
        )
$$;

CREATE FUNCTION public.bee_candidate_is_left(seed integer, pair_id uuid, rater_id uuid) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select get_byte(decode(md5(seed || pair_id::text || rater_id::text), 'hex'), 0) % 2 = 0
$$;

CREATE FUNCTION public.bee_check_campaign_act() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    author uuid;
    counted integer;
    saved_at timestamptz;
    newest integer;
    done text[];
    fault text;
begin
    perform from public.notification_campaigns where number = new.campaign for update;
    select max(version) into newest from public.notification_campaign_versions where campaign = new.campaign;
    select author_id, people, created_at into author, counted, saved_at
    from public.notification_campaign_versions
    where campaign = new.campaign and version = new.version;
    select coalesce(array_agg(kind), '{}') into done
    from public.notification_campaign_acts
    where campaign = new.campaign and id <> new.id and (version = new.version or kind in ('started', 'stopped', 'finished'));
    fault := case
        when new.version <> newest then 'changed'
        when done && array['stopped', 'finished'] then 'ended'
        when new.kind = 'asked' and counted = 0 then 'empty'
        when new.kind in ('approved', 'refused') and not 'asked' = any(done) then 'unasked'
        when new.kind = 'approved' and author = new.done_by then 'own'
        when new.kind = 'started' and not 'approved' = any(done) then 'unapproved'
        when new.kind = 'started' and saved_at < clock_timestamp() - interval '7 days' then 'old'
        when new.kind = 'finished' and (
            not 'started' = any(done)
            or exists (
                select from public.notification_campaign_people
                where campaign = new.campaign and decided_at is null
            )
        ) then 'unfinished'
    end;
    if fault is not null then
        raise exception 'campaign %: %', new.campaign, fault using
            errcode = 'restrict_violation', constraint = 'notification_campaign_' || fault;
    end if;
    return null;
end
$$;

CREATE FUNCTION public.bee_check_deployment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    former public.coach_prompt_deployments;
    fault text;
begin
    select * into former
    from public.coach_prompt_deployments as deployments
    where deployments.place = new.place and deployments.id < new.id
    order by deployments.id desc
    limit 1;
    fault := case
        when new.deployed_by is null then case when former.id is not null then 'unasked' end
        when former.version_id = new.version_id then 'live_before'
        when new.promotion_id is not null then
            case
                when not exists (
                    select
                    from public.coach_prompt_promotions as promotions
                    inner join public.coach_prompt_decisions as decisions on decisions.promotion_id = promotions.id
                    where promotions.id = new.promotion_id
                        and promotions.place = new.place
                        and promotions.version_id = new.version_id
                        and decisions.outcome = 'approved'
                        and decisions.decided_by = new.deployed_by
                ) then 'unapproved'
                else public.bee_gate_fault(new.run_id, new.version_id, new.place, new.live_from)
            end
        when not exists (
            select
            from public.coach_prompt_deployments as goal
            where goal.id = new.back_to
                and goal.place = new.place
                and goal.version_id = new.version_id
                and goal.run_id is not distinct from new.run_id
                and goal.back_to is null
                and not exists (
                    select
                    from public.coach_prompt_deployments as roll_back
                    inner join public.coach_prompt_deployments as left_behind
                        on left_behind.place = roll_back.place and left_behind.live_to = roll_back.live_from
                    where roll_back.place = new.place
                        and roll_back.id > goal.id
                        and roll_back.id < new.id
                        and roll_back.back_to is not null
                        and left_behind.version_id = goal.version_id
                )
        ) then 'not_back'
    end;
    if fault is not null then
        raise exception 'prompt % at place %: %', new.prompt, new.place, fault using
            errcode = 'restrict_violation', constraint = 'coach_prompt_deployment_' || fault;
    end if;
    return null;
end
$$;

CREATE FUNCTION public.bee_check_maintenance_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    before record;
begin
    select
        coalesce(changed.starts_at, amendments.starts_at) as starts_at,
        coalesce(changed.ends_at, amendments.ends_at) as ends_at
    into before
    from public.service_amendments as amendments
    left join lateral (
        select changes.starts_at, changes.ends_at
        from public.service_maintenance_changes as changes
        where changes.amendment = amendments.id and changes.withdrawn_at is null and changes.id < new.id
        order by changes.id desc
        limit 1
    ) as changed on true
    where amendments.id = new.amendment and amendments.kind = 'maintenance' and amendments.withdrawn_at is null;
    if not found then
        raise exception 'there is no such maintenance'
            using errcode = 'check_violation', constraint = 'service_maintenance_change_of_what_stands';
    elsif new.kind = 'moved' and before.starts_at <= new.changed_at then
        raise exception 'it has begun'
            using errcode = 'check_violation', constraint = 'service_maintenance_moved_before_it_begins';
    elsif
        new.kind = 'ended'
        and (new.starts_at <> before.starts_at or before.starts_at > new.changed_at or new.ends_at >= before.ends_at)
    then
        raise exception 'it does not run'
            using errcode = 'check_violation', constraint = 'service_maintenance_ended_while_it_runs';
    end if;
    return null;
end
$$;

CREATE FUNCTION public.bee_check_prompt_decision() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    asker uuid;
    author uuid;
    fault text;
begin
    select promotions.asked_by, versions.author_id into asker, author
    from public.coach_prompt_promotions as promotions
    inner join public.coach_prompt_versions as versions on versions.id = promotions.version_id
    where promotions.id = new.promotion_id;
    fault := case
        when new.outcome = 'withdrawn' and new.decided_by <> asker then 'others'
        when new.outcome <> 'withdrawn' and new.decided_by = asker then 'own'
        when new.outcome = 'approved' and new.decided_by = author then 'own'
    end;
    if fault is not null then
        raise exception 'promotion %: %', new.promotion_id, fault using
            errcode = 'restrict_violation', constraint = 'coach_prompt_decision_' || fault;
    end if;
    return null;
end
$$;

CREATE FUNCTION public.bee_check_rating() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.bee_complete_through(segment text) RETURNS date
    LANGUAGE sql STABLE
    AS $$
    select min(score_frontiers.scored_through)
    from public.score_frontiers
    where score_frontiers.time_zone in (
        select members.time_zone
        from public.members
        where not members.is_synthetic
            and public.bee_in_segment(
                segment, members.is_demo, members.time_zone, members.coach_id, members.attributes
            )
    )
$$;

CREATE FUNCTION public.bee_database_activity() RETURNS TABLE(login text, connections bigint, busy bigint, longest_s double precision, waiting bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select
        sessions.usename,
        count(*),
        case when bool_and(seen.is_all) then count(*) filter (where sessions.state <> 'idle') end,
        case
            when bool_and(seen.is_all)
            then coalesce(extract(epoch from max(clock_timestamp() - sessions.xact_start)), 0)
        end,
        count(*) filter (where exists (select from pg_locks where pg_locks.pid = sessions.pid and not pg_locks.granted))
    from pg_stat_activity as sessions
    cross join (select pg_has_role(current_user, 'pg_read_all_stats', 'usage') as is_all) as seen
    where sessions.datname = current_database() and sessions.usename like 'bee\_%' and sessions.pid <> pg_backend_pid()
    group by sessions.usename
$$;

CREATE FUNCTION public.bee_decide_memory_once() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if old.status <> new.status and old.status <> 'proposed' then
        raise exception 'about a memory it is decided once' using errcode = 'restrict_violation';
    end if;
    if old.valid_to is distinct from new.valid_to and old.valid_to is not null then
        raise exception 'a memory ends once' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION public.bee_do_task_once() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    said constant text[] := array['done_at', 'done_by', 'outcome', 'note'];
begin
    if new is not distinct from old then
        return new;
    end if;
    if pg_catalog.to_jsonb(new) - said <> pg_catalog.to_jsonb(old) - said or old.done_at is not null then
        raise exception 'a task is done once, and what was asked stays' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION public.bee_end_deployment_once() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if old.live_to is not null
        or new.live_to is null
        or pg_catalog.to_jsonb(new) - 'live_to' <> pg_catalog.to_jsonb(old) - 'live_to'
    then
        raise exception 'of a deployment only its end is ever said, once' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION public.bee_fill_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    new.received_at := pg_catalog.now();
    new.occurred_at := coalesce(new.occurred_at, new.received_at);
    if new.occurred_at < timestamptz '2000-01-01 00:00:00+00' or new.occurred_at > new.received_at + interval '1 day' then
        raise exception 'occurred_at % lies before 2000 or in the future', new.occurred_at
            using errcode = 'check_violation', constraint = 'engagement_events_occurred_at_range';
    end if;
    if new.time_zone is null then
        select members.time_zone into new.time_zone from public.members where members.id = new.user_id;
    end if;
    if new.time_zone is null or not public.bee_is_time_zone(new.time_zone) then
        new.time_zone := 'UTC';
    end if;
    new.event_date := (new.occurred_at at time zone new.time_zone)::date;
    return new;
end
$$;

CREATE FUNCTION public.bee_fix_run_cases() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    insert into public.coach_run_cases (run_id, case_id)
    select new.id, newest.id
    from (
        select distinct on (cases.case_id) cases.id, cases.is_retired, cases.tags
        from public.coach_cases as cases
        where cases.created_at <= new.cases_as_of
        order by cases.case_id, cases.version desc
    ) as newest
    where not newest.is_retired and (new.tag is null or new.tag = any(newest.tags));
    return null;
end
$$;

CREATE FUNCTION public.bee_follow_case() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    former public.coach_cases;
begin
    if new.version = 1 then
        return new;
    end if;
    select * into former from public.coach_cases where case_id = new.case_id and version = new.version - 1;
    if not found then
        raise exception 'there is no version before this one' using
            errcode = 'restrict_violation', constraint = 'coach_cases_version_key';
    end if;
    new.source := former.source;
    new.taken_from := former.taken_from;
    new.mask_version := former.mask_version;
    return new;
end
$$;

CREATE FUNCTION public.bee_follow_deployment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform pg_advisory_xact_lock(hashtextextended('prompt:' || new.prompt, 0));
    new.live_from := greatest(
        clock_timestamp(),
        (
            select former.live_from + interval '1 microsecond'
            from public.coach_prompt_deployments as former
            where former.place = new.place
            order by former.id desc
            limit 1
        )
    );
    new.live_to := null;
    update public.coach_prompt_deployments as former
    set live_to = new.live_from
    where former.place = new.place and former.live_to is null;
    return new;
end
$$;

CREATE FUNCTION public.bee_forget_acts(sealed_before timestamp with time zone) RETURNS TABLE(seal_id bigint, digest bytea, acts bigint, seals bigint)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    last_seal public.audit_seals;
begin
    if sealed_before > now() - interval '1 year' then
        raise exception 'acts are kept for a year at least' using errcode = 'restrict_violation';
    end if;
    select * into last_seal from public.audit_seals where sealed_at < sealed_before order by id desc limit 1;
    if not found then
        return;
    end if;
    perform set_config('bee.forgets_acts', pg_current_xact_id()::text, true);
    delete from public.audit_log
    where (audit_log.transaction, audit_log.id) <= (last_seal.through_transaction, last_seal.through_id);
    get diagnostics acts = row_count;
    delete from public.audit_seals where audit_seals.id < last_seal.id;
    get diagnostics seals = row_count;
    perform set_config('bee.forgets_acts', '', true);
    seal_id := last_seal.id;
    digest := last_seal.digest;
    if acts > 0 then
        return next;
    end if;
end
$$;

CREATE FUNCTION public.bee_forget_embedding() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    delete from public.coach_memory_embeddings where memory_id = new.id;
    return null;
end
$$;

CREATE FUNCTION public.bee_forget_notifications(decided_before timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    forgotten bigint;
begin
    if decided_before > now() - interval '1 year' then
        raise exception 'decisions are kept for a year at least' using errcode = 'restrict_violation';
    end if;
    delete from public.momentum_notifications where decided_at < decided_before;
    get diagnostics forgotten = row_count;
    return forgotten;
end
$$;

CREATE FUNCTION public.bee_gate_fault(wanted uuid, version uuid, wanted_place integer, at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select case
        when verdicts.prompt <> versions.prompt or verdicts.sha256 <> versions.sha256 then 'ungated'
        when not verdicts.passed then 'failed'
        when verdicts.model <> public.bee_answering_model(versions.id, places.environment) then 'another_model'
        when verdicts.expires_at <= at then 'expired'
        when exists (
            select from public.coach_gate_verdicts as later
            where later.prompt = verdicts.prompt
                and later.sha256 = verdicts.sha256
                and later.decided_at > verdicts.decided_at
                and not later.passed
                and coalesce(later.model = verdicts.model, true)
        ) then 'failed'
    end
    from public.coach_gate_verdicts as verdicts
    cross join public.coach_prompt_versions as versions
    cross join public.coach_prompt_places as places
    where verdicts.run_id = wanted and versions.id = version and places.place = wanted_place
$$;

CREATE FUNCTION public.bee_hidden_runs() RETURNS TABLE(run_id uuid, review bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.bee_in_segment(segment text, is_demo boolean, time_zone text, coach_id uuid, attributes jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select segment = 'all'
        or (segment = 'demo' and is_demo)
        or segment = 'zone:' || time_zone
        or segment = 'coach:' || coach_id::text
        or attributes ->> split_part(segment, ':', 1) = substr(segment, strpos(segment, ':') + 1)
$$;

CREATE FUNCTION public.bee_is_time_zone(zone text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
    -- Only names: offsets such as "+02" and abbreviations have no daylight-saving rules.
    if zone !~ '^[A-Za-z]+(/[A-Za-z0-9_+-]+)*$' or (position('/' in zone) = 0 and zone <> 'UTC') then
        return false;
    end if;
    perform timestamptz '2000-01-01 00:00:00+00' at time zone zone;
    return true;
exception when invalid_parameter_value then
    return false;
end
$_$;

CREATE FUNCTION public.bee_judged(minutes timestamp with time zone[], asked jsonb) RETURNS TABLE(minute timestamp with time zone, objective text, route text, release text, prompt text, model text, good bigint, bad bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select
        measured.minute, asked_for.objective, measured.route, measured.release, measured.prompt, measured.model,
        case
            when measured.status = 'uncounted' then -measured.n
            when measured.status not in ('2xx', '3xx') then 0
            when timed.sketch is null then measured.n
            else counted.timely
        end as good,
        case
            when measured.status not in ('2xx', '3xx') then measured.n
            when timed.sketch is null then 0
            else counted.events - counted.timely
        end as bad
    from jsonb_to_recordset(asked) as asked_for (objective text, areas text[], indicator text, bucket integer)
    inner join public.service_minutes as measured
        on measured.area = any(asked_for.areas) and measured.minute = any(minutes)
    cross join lateral (
        select
            case asked_for.indicator
                when 'latency' then measured.complete
                when 'first_byte' then measured.first_byte
            end as sketch
    ) as timed
    cross join lateral (
        select
            coalesce(sum(timed.sketch[place][2]), 0) as events,
            coalesce(sum(timed.sketch[place][2]) filter (where timed.sketch[place][1] <= asked_for.bucket), 0) as timely
        from generate_subscripts(timed.sketch, 1) as place
    ) as counted
    where
        measured.status in ('2xx', '3xx', '5xx', 'broken')
        or measured.status = 'timeout' and asked_for.indicator <> 'errors'
        or measured.status = 'uncounted' and asked_for.indicator = 'availability'
$$;

CREATE FUNCTION public.bee_live_prompts(here text, assumed text) RETURNS TABLE(prompt text, environment text, number integer, model text, own_model boolean, passed boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select
        versions.prompt,
        places.environment,
        versions.number,
        answering.model,
        versions.model is not null,
        newest.passed
    from public.coach_prompt_deployments as deployments
    inner join public.coach_prompt_places as places on places.place = deployments.place
    inner join public.coach_prompt_versions as versions on versions.id = deployments.version_id
    cross join lateral (
        select coalesce(
            versions.model,
            case when places.environment = here then assumed end,
            public.bee_answering_model(versions.id, places.environment)
        ) as model
    ) as answering
    left join lateral (
        select verdicts.passed
        from public.coach_gate_verdicts as verdicts
        where verdicts.prompt = versions.prompt
            and verdicts.sha256 = versions.sha256
            and coalesce(verdicts.model = answering.model, true)
        order by verdicts.decided_at desc
        limit 1
    ) as newest on true
    where deployments.live_to is null
$$;

CREATE FUNCTION public.bee_mark_changed_member_due() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    insert into public.score_dues as due (user_id, from_date)
    select
        new.id,
        least(
            case when new.left_on is distinct from old.left_on then least(new.left_on, old.left_on) + 1 end,
            case when new.time_zone <> old.time_zone then
                coalesce(
                    -- It is never more than two days later in one zone than in another.
                    (select max(score_date) - 2 from public.daily_engagement_scores where user_id = new.id),
                    (select min(event_date) from public.engagement_events where user_id = new.id)
                )
            end
        )
    where exists (select from public.engagement_events where user_id = new.id)
    on conflict (user_id) do update
    set from_date = least(due.from_date, excluded.from_date), touched_at = excluded.touched_at, seq = due.seq + 1;
    return null;
end
$$;

CREATE FUNCTION public.bee_mark_events_due() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    insert into public.score_dues as due (user_id, from_date)
    select added.user_id, min(added.event_date)
    from added
    group by added.user_id
    order by added.user_id
    on conflict (user_id) do update
    set from_date = least(due.from_date, excluded.from_date), touched_at = excluded.touched_at, seq = due.seq + 1;
    return null;
end
$$;

CREATE FUNCTION public.bee_mark_probed_minutes() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    insert into public.stale_minutes as marks (minute)
    select distinct minutes.minute
    from ticks
    cross join generate_series(
        date_trunc('minute', ticks.scheduled_at at time zone 'UTC') at time zone 'UTC',
        ticks.scheduled_at + make_interval(
            secs => case ticks.step when 'ready' then greatest(least(ticks.every_s, 300) - 30, 0) else least(ticks.ended_s, 3600) end
        ),
        interval '1 minute'
    ) as minutes (minute)
    order by minutes.minute
    on conflict (minute) do update
    set marked_at = excluded.marked_at;
    return null;
end
$$;

CREATE FUNCTION public.bee_mark_segments_stale() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- A day that is stale already is touched as well: whoever computes it waits for this transaction.
    insert into public.stale_days (score_date)
    select distinct engagement_days.score_date from public.engagement_days order by 1
    on conflict (score_date) do update set score_date = excluded.score_date;
    return null;
end
$$;

CREATE FUNCTION public.bee_members_in(segment text) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select members.id
    from public.members
    where not members.is_synthetic
        and public.bee_in_segment(segment, members.is_demo, members.time_zone, members.coach_id, members.attributes)
$$;

CREATE FUNCTION public.bee_mirror_consent() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if new.source in ('member', 'staff') then
        insert into public.audit_log (actor_kind, actor_id, action, subject_kind, subject_id, before, after)
        select
            new.source,
            case new.source when 'member' then new.member_id else public.bee_staff_id() end,
            'consent.decided',
            'member',
            new.member_id::text,
            pg_catalog.jsonb_build_object(new.purpose, members.consents -> new.purpose),
            pg_catalog.jsonb_build_object(new.purpose, new.granted)
        from public.members
        where members.id = new.member_id;
    end if;
    update public.members
    set consents = consents || pg_catalog.jsonb_build_object(new.purpose, new.granted)
    where id = new.member_id
        and not exists (
            select from public.consents
            where member_id = new.member_id and purpose = new.purpose and decided_at > new.decided_at
        );
    return null;
end
$$;

CREATE FUNCTION public.bee_names_in_campaign(asked bigint) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with newest as (
        select versions.body::jsonb as body
        from public.notification_campaign_versions as versions
        where versions.campaign = asked
        order by versions.version desc
        limit 1
    ),
    said as (
        select distinct words.word
        from newest
        cross join jsonb_array_elements(newest.body -> 'variants') as variants (variant)
        cross join regexp_split_to_table(
            concat_ws(' ', variants.variant ->> 'title', variants.variant ->> 'body'),
            '[][[:space:].,;:!?"()…“”„‘’''*/&+{}<>–—-]+'
        ) as words (word)
        where length(words.word) > 1
    )
    select said.word
    from said
    where lower(said.word) in (
        select lower(parts.part)
        from public.notification_campaign_people as chosen
        join public.personal_data on personal_data.member_id = chosen.user_id
        cross join regexp_split_to_table(personal_data.full_name, '[[:space:].,’'']+') as parts (part)
        where chosen.campaign = asked and length(parts.part) > 1
    )
    order by said.word
$$;

CREATE FUNCTION public.bee_names_in_status_note(asked bigint) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with said as (
        select distinct words.word
        from public.status_notes as notes
        cross join regexp_split_to_table(
            concat_ws(' ', notes.title, notes.body), '[][[:space:].,;:!?"()…“”„‘’''*/&+{}<>–—-]+'
        ) as words (word)
        where notes.id = asked and length(words.word) > 1
    ),
    known as (
        select full_name from public.personal_data
        union all
        select full_name from public.staff
    )
    select said.word
    from said
    where lower(said.word) in (
        select lower(parts.part)
        from known
        cross join regexp_split_to_table(known.full_name, '[[:space:].,’'']+') as parts (part)
        where length(parts.part) > 1
    )
    order by said.word
$$;

CREATE FUNCTION public.bee_near_memories(member_id uuid, provider_name text, model_name text, asked real[], at timestamp with time zone, most integer) RETURNS TABLE(memory_id uuid, similarity double precision)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "hnsw.ef_search" TO '500'
    SET enable_sort TO 'off'
    SET "hnsw.iterative_scan" TO 'relaxed_order'
    SET "hnsw.max_scan_tuples" TO '60000'
    AS $_$
        declare
            few integer := (
                select greatest(2000, sqrt(60 * 10 * greatest(reltuples, 0)))
                from pg_catalog.pg_class
                where oid = 'public.coach_memory_embeddings'::regclass
            );
            compares_all boolean := (
                select count(*) <= few
                from (select from public.coach_memory_embeddings where user_id = member_id limit few + 1) as theirs
            );
        begin
            return query execute format($query$
                select
                    embeddings.memory_id,
                    coalesce(nullif(
                        1 - (embeddings.embedding::extensions.vector(%1$s) operator(extensions.<=>) $4::extensions.vector(%1$s)), 'NaN'
                    ), 0)
                from public.coach_memory_embeddings as embeddings
                inner join public.coach_memory as memories on memories.id = embeddings.memory_id
                where embeddings.user_id = $1
                    and embeddings.provider = $2
                    and embeddings.model = $3
                    and embeddings.dimension = %1$s
                    and memories.status = 'accepted'
                    and memories.valid_from <= $5
                    and (memories.valid_to is null or memories.valid_to > $5)
                order by (embeddings.embedding::extensions.vector(%1$s) operator(extensions.<=>) $4::extensions.vector(%1$s)) %2$s
                limit $6
            $query$, cardinality(asked), case when compares_all then '+ 0' else '' end) using member_id, provider_name, model_name, asked, at, most;
        end
        $_$;

CREATE FUNCTION public.bee_next_pair(review uuid) RETURNS TABLE(pair_id uuid, place integer, state text, memories jsonb, recent jsonb, message text, left_text text, right_text text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.bee_notification_state(decision text, sent_at timestamp with time zone, outcome text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case
        when sent_at is not null then case outcome when 'ambiguous' then 'unclear' else 'sent' end
        when decision = 'withhold' then 'withheld'
        else coalesce(outcome, 'waiting')
    end
$$;

CREATE FUNCTION public.bee_objective_counts(since timestamp with time zone, until timestamp with time zone) RETURNS TABLE(minute timestamp with time zone, objective text, good bigint, bad bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with maintained as (
        select distinct minutes.minute
        from public.bee_amended(since, until) as amendments
        cross join generate_series(
            greatest(amendments.starts_at, since), least(amendments.ends_at, until) - interval '1 minute',
            interval '1 minute'
        ) as minutes (minute)
        where amendments.kind = 'maintenance'
    )
    select kept.minute, kept.objective, kept.good, kept.bad
    from public.objective_minutes as kept
    where
        kept.minute >= since
        and kept.minute < until
        and not exists (select from maintained where maintained.minute = kept.minute)
    union all
    select states.minute, 'uptime', cast(states.state = 'up' as integer), cast(states.state = 'down' as integer)
    from public.bee_uptime_states(since, until) as states
    where states.state in ('up', 'down')
$$;

CREATE FUNCTION public.bee_oncall_address(person uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select email
    from public.staff
    where id = person and is_active and not is_demo and roles && array['oncall', 'admin']
$$;

CREATE FUNCTION public.bee_pair_answers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.bee_record_preferences() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    insert into public.audit_log (actor_kind, actor_id, action, subject_kind, subject_id, before, after)
    values (
        'member', new.user_id, 'notification_preferences.chosen', 'member', new.user_id::text,
        (
            select pg_catalog.to_jsonb(known) - array['id', 'user_id', 'decided_at']
            from public.notification_preferences as known
            where known.user_id = new.user_id and known.id < new.id
            order by known.id desc
            limit 1
        ),
        pg_catalog.to_jsonb(new) - array['id', 'user_id', 'decided_at']
    );
    return null;
end
$$;

CREATE FUNCTION public.bee_record_token() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    known constant text[] := array['user_id', 'platform', 'address_kind', 'is_active', 'deactivated_because'];
    row_before jsonb := case when tg_op <> 'INSERT' then pg_catalog.to_jsonb(old) end;
    row_after jsonb := case when tg_op <> 'DELETE' then pg_catalog.to_jsonb(new) end;
    owner_id uuid := coalesce(row_after, row_before) ->> 'user_id';
    member_id uuid := auth.uid();
begin
    select pg_catalog.jsonb_object_agg(key, value) into row_before
    from pg_catalog.jsonb_each(row_before) where key = any(known);
    select pg_catalog.jsonb_object_agg(key, value) into row_after
    from pg_catalog.jsonb_each(row_after) where key = any(known);
    -- Without a row: the erasure takes the devices along with their member.
    if row_before is not distinct from row_after
        or not exists (
            select from public.members
            where members.id = owner_id and (member_id is not null or not (members.is_demo or members.is_synthetic))
        )
    then
        return null;
    end if;
    insert into public.audit_log (actor_kind, actor_id, action, subject_kind, subject_id, before, after)
    values (
        case when member_id is null then 'system' else 'member' end,
        member_id,
        case
            when row_after is null then 'push_token.dropped'
            when (row_after ->> 'is_active')::boolean then 'push_token.registered'
            else 'push_token.deactivated'
        end,
        'push_token',
        case when tg_op = 'DELETE' then old.id else new.id end,
        row_before,
        row_after
    );
    return null;
end
$$;

CREATE FUNCTION public.bee_recount_verdict() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    run public.coach_runs;
    due bigint;
    answered bigint;
    unsafe bigint;
begin
    select * into run from public.coach_runs where id = new.run_id;
    if not exists (
        select from public.coach_prompt_versions as versions
        where versions.id = run.candidate_id and versions.prompt = new.prompt and versions.sha256 = new.sha256
    ) then
        raise exception 'a verdict is of the version that its run was about' using
            errcode = 'restrict_violation', constraint = 'coach_gate_verdicts_of_its_version';
    end if;
    if not new.passed then
        return new;
    end if;
    select count(*) * run.repeats * (1 + (run.baseline_id is not null)::integer) into due
    from public.coach_run_cases as cases
    where cases.run_id = run.id;
    select count(*) filter (where outputs.error is null),
        count(*) filter (where outputs.arm = 'candidate' and not outputs.is_safe)
    into answered, unsafe
    from public.coach_run_outputs as outputs
    where outputs.run_id = run.id;
    if run.tag is not null or due = 0 or answered <> due then
        raise exception 'a version passes by a whole run' using
            errcode = 'restrict_violation', constraint = 'coach_gate_verdicts_by_a_whole_run';
    end if;
    if exists (
        select from public.coach_run_outputs as outputs
        where outputs.run_id = run.id
            and outputs.arm = 'candidate'
            and not outputs.is_screened
            and case outputs.provider when 'offline' then 'offline' else outputs.provider || '/' || outputs.model end
                is distinct from new.model
    ) then
        raise exception 'a version passes with the model that answered' using
            errcode = 'restrict_violation', constraint = 'coach_gate_verdicts_by_its_model';
    end if;
    if unsafe > 0 then
        raise exception 'a version passes whose answers are safe' using
            errcode = 'restrict_violation', constraint = 'coach_gate_verdicts_by_safe_answers';
    end if;
    return new;
end
$$;

CREATE FUNCTION public.bee_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    raise exception '% is only ever appended to', tg_table_name using errcode = 'restrict_violation';
end
$$;

CREATE FUNCTION public.bee_refuse_forgetting() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if current_setting('bee.forgets_acts', true) is distinct from pg_current_xact_id()::text then
        raise exception '% is only ever appended to', tg_table_name using errcode = 'restrict_violation';
    end if;
    return null;
end
$$;

CREATE FUNCTION public.bee_refuse_own_judge() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.bee_register_token() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    new.updated_at := pg_catalog.now();
    new.last_seen_at := pg_catalog.now();
    new.is_active := true;
    new.deactivated_at := null;
    new.deactivated_because := null;
    update public.user_fcm_tokens as others
    set is_active = false, deactivated_at = pg_catalog.now(), deactivated_because = 'moved'
    where others.fcm_token = new.fcm_token and others.is_active and others.user_id <> new.user_id;
    return new;
end
$$;

CREATE FUNCTION public.bee_remove_shift_once() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    said constant text[] := array['removed_by', 'removed_at'];
begin
    if pg_catalog.to_jsonb(new) - said <> pg_catalog.to_jsonb(old) - said or old.removed_at is not null then
        raise exception 'a shift is only taken back, once' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION public.bee_review_progress(review uuid) RETURNS TABLE(pairs bigint, complete bigint, ratings bigint, mine bigint, is_rater boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.bee_run_progress(run uuid) RETURNS TABLE(done bigint, failed bigint, cached bigint, cost_usd numeric)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select
        count(*),
        count(*) filter (where outputs.error is not null),
        count(*) filter (where outputs.is_cached),
        coalesce(sum(outputs.cost_usd), 0)
    from public.coach_run_outputs as outputs
    where outputs.run_id = run
$$;

CREATE FUNCTION public.bee_save_campaign(known bigint, wanted text) RETURNS TABLE(campaign bigint, version integer, people integer, digest text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    numbered bigint := known;
    counted integer;
    hashed text;
begin
    if numbered is null then
        insert into public.notification_campaigns (created_by) values (public.bee_staff_id())
        returning number into numbered;
    else
        -- One at a time, so that nobody approves or starts what is being changed.
        perform from public.notification_campaigns as campaigns where campaigns.number = numbered for update;
        if exists (
            select from public.notification_campaign_acts as acts
            where acts.campaign = numbered and acts.kind in ('started', 'stopped')
        ) then
            raise exception 'a campaign is not changed once it began' using
                errcode = 'restrict_violation', constraint = 'notification_campaign_unbegun';
        end if;
        delete from public.notification_campaign_people as former where former.campaign = numbered;
    end if;
    insert into public.notification_campaign_people (campaign, user_id, place)
    select numbered, audience.id, random()
    from public.bee_campaign_audience(wanted::jsonb -> 'audience') as audience (id);
    select count(*), encode(sha256(coalesce(string_agg(chosen.user_id::text, e'\n' order by chosen.user_id), '')::bytea), 'hex')
    into counted, hashed
    from public.notification_campaign_people as chosen
    where chosen.campaign = numbered;
    return query
    insert into public.notification_campaign_versions as saved
        (campaign, version, body, people, audience_hash, digest, author_id)
    select
        numbered,
        1 + coalesce(max(former.version), 0),
        wanted,
        counted,
        hashed,
        encode(sha256(convert_to(hashed || e'\n' || wanted, 'UTF8')), 'hex'),
        public.bee_staff_id()
    from public.notification_campaign_versions as former
    where former.campaign = numbered
    returning saved.campaign, saved.version, saved.people, saved.digest;
end
$$;

CREATE FUNCTION public.bee_seat_rating() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.bee_see_to_safety_event() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    seen_to constant text[] := array['status', 'taken_by', 'taken_at', 'closed_at', 'note', 'finding'];
begin
    if new is not distinct from old then
        return new;
    end if;
    if pg_catalog.to_jsonb(new) - seen_to <> pg_catalog.to_jsonb(old) - seen_to then
        raise exception 'what was found is never changed' using errcode = 'restrict_violation';
    end if;
    if (old.status, new.status) not in (('open', 'taken'), ('taken', 'closed'))
        or (old.status = 'taken' and (new.taken_by, new.taken_at) is distinct from (old.taken_by, old.taken_at))
    then
        raise exception 'a safety event goes from open to taken to closed' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION public.bee_send_once() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if old.sent_at is not null or pg_catalog.to_jsonb(new) - 'sent_at' <> pg_catalog.to_jsonb(old) - 'sent_at' then
        raise exception 'a decision is never changed' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION public.bee_staff_id() RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$ select nullif(pg_catalog.current_setting('bee.staff_id', true), '')::uuid $$;

CREATE FUNCTION public.bee_uptime_states(since timestamp with time zone, until timestamp with time zone) RETURNS TABLE(minute timestamp with time zone, state text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with amended as (
        select distinct on (minutes.minute)
            minutes.minute, coalesce(amendments.state, 'maintenance') as state
        from public.bee_amended(since, until) as amendments
        cross join generate_series(
            greatest(amendments.starts_at, since), least(amendments.ends_at, until) - interval '1 minute',
            interval '1 minute'
        ) as minutes (minute)
        order by minutes.minute, amendments.kind, amendments.id desc
    )
    select coalesce(amended.minute, kept.minute), coalesce(amended.state, kept.state)
    from (
        select uptime_minutes.minute, uptime_minutes.state
        from public.uptime_minutes
        where uptime_minutes.minute >= since and uptime_minutes.minute < until
    ) as kept
    full join amended on amended.minute = kept.minute
$$;

CREATE FUNCTION public.bee_wake_realtime() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform pg_catalog.pg_notify('bee_realtime', '');
    return null;
end
$$;

CREATE TABLE public.alert_acts (
    id bigint NOT NULL,
    alert bigint NOT NULL,
    kind text NOT NULL,
    done_by uuid,
    done_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen integer,
    until timestamp with time zone,
    is_actionable boolean,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT alert_acts_judgement CHECK (((is_actionable IS NOT NULL) = (kind = 'judged'::text))),
    CONSTRAINT alert_acts_known CHECK ((((done_by IS NULL) AND (kind = ANY (ARRAY['opened'::text, 'raised'::text, 'came_back'::text, 'reopened'::text, 'expired'::text, 'told'::text, 'ended'::text]))) OR ((done_by IS NOT NULL) AND (kind = ANY (ARRAY['acknowledged'::text, 'snoozed'::text, 'escalated'::text, 'noted'::text, 'judged'::text, 'closed'::text]))))),
    CONSTRAINT alert_acts_note CHECK (((kind <> 'noted'::text) OR (note <> ''::text))),
    CONSTRAINT alert_acts_note_check CHECK ((length(note) <= 2000)),
    CONSTRAINT alert_acts_seen CHECK (((done_by IS NULL) OR (seen IS NOT NULL))),
    CONSTRAINT alert_acts_until CHECK (((until IS NOT NULL) = (kind = ANY (ARRAY['acknowledged'::text, 'snoozed'::text]))))
);

ALTER TABLE public.alert_acts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alert_acts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alert_messages (
    alert bigint NOT NULL,
    round integer NOT NULL,
    step integer NOT NULL,
    channel text NOT NULL,
    receiver text DEFAULT ''::text NOT NULL,
    dedupe_key text GENERATED ALWAYS AS (((((((((('alert:'::text || (alert)::text) || ':'::text) || (round)::text) || ':'::text) || (step)::text) || ':'::text) || channel) || ':'::text) || receiver)) STORED NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    given_up_at timestamp with time zone,
    CONSTRAINT alert_messages_channel_check CHECK ((channel = ANY (ARRAY['mail'::text, 'webhook'::text]))),
    CONSTRAINT alert_messages_receiver_check CHECK ((length(receiver) <= 40)),
    CONSTRAINT alert_messages_round_check CHECK ((round > 0)),
    CONSTRAINT alert_messages_step_check CHECK ((step >= 0))
);

CREATE TABLE public.alert_passes (
    minute timestamp with time zone NOT NULL,
    passed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    worker text NOT NULL,
    rules integer NOT NULL,
    firing integer NOT NULL,
    CONSTRAINT alert_passes_firing_check CHECK ((firing >= 0)),
    CONSTRAINT alert_passes_rules_check CHECK ((rules >= 0)),
    CONSTRAINT alert_passes_worker_check CHECK (((length(worker) >= 1) AND (length(worker) <= 200)))
);

CREATE TABLE public.alert_rule_versions (
    rule text NOT NULL,
    version integer NOT NULL,
    is_on boolean NOT NULL,
    body text NOT NULL,
    digest text NOT NULL,
    tested jsonb,
    author_id uuid,
    message text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT alert_rule_versions_body_check CHECK (((length(body) <= 20000) AND (jsonb_typeof((body)::jsonb) = 'object'::text))),
    CONSTRAINT alert_rule_versions_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT alert_rule_versions_message_check CHECK (((length(message) >= 1) AND (length(message) <= 500))),
    CONSTRAINT alert_rule_versions_rule_check CHECK ((rule ~ '^[a-z][a-z0-9_]{0,39}$'::text)),
    CONSTRAINT alert_rule_versions_tested CHECK (((author_id IS NULL) OR (tested IS NOT NULL))),
    CONSTRAINT alert_rule_versions_tested_check CHECK ((jsonb_typeof(tested) = 'object'::text)),
    CONSTRAINT alert_rule_versions_version_check CHECK ((version > 0))
);

CREATE TABLE public.alert_signals (
    minute timestamp with time zone NOT NULL,
    signal text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    age_s double precision NOT NULL,
    CONSTRAINT alert_signals_age_s_check CHECK ((age_s > (0)::double precision)),
    CONSTRAINT alert_signals_signal_check CHECK (((length(signal) >= 1) AND (length(signal) <= 40))),
    CONSTRAINT alert_signals_subject_check CHECK ((length(subject) <= 100))
);

CREATE TABLE public.alerts (
    id bigint NOT NULL,
    rule text NOT NULL,
    version integer NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    severity text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    fired_at timestamp with time zone NOT NULL,
    quiet_since timestamp with time zone,
    times integer DEFAULT 1 NOT NULL,
    evidence jsonb NOT NULL,
    round integer DEFAULT 1 NOT NULL,
    round_at timestamp with time zone NOT NULL,
    steps_told integer DEFAULT 0 NOT NULL,
    steps_asked integer DEFAULT 0 NOT NULL,
    acknowledged_by uuid,
    acknowledged_until timestamp with time zone,
    snoozed_by uuid,
    snoozed_until timestamp with time zone,
    is_actionable boolean,
    closed_by uuid,
    closed_at timestamp with time zone,
    revision integer DEFAULT 1 NOT NULL,
    CONSTRAINT alerts_acknowledged_by_somebody CHECK (((acknowledged_by IS NULL) = (acknowledged_until IS NULL))),
    CONSTRAINT alerts_closed_at_some_time CHECK (((closed_by IS NULL) OR (closed_at IS NOT NULL))),
    CONSTRAINT alerts_closed_when_quiet CHECK (((closed_at IS NULL) OR (quiet_since IS NOT NULL))),
    CONSTRAINT alerts_evidence_check CHECK ((jsonb_typeof(evidence) = 'object'::text)),
    CONSTRAINT alerts_revision_check CHECK ((revision > 0)),
    CONSTRAINT alerts_round_check CHECK ((round > 0)),
    CONSTRAINT alerts_severity_check CHECK ((severity = ANY (ARRAY['page'::text, 'ticket'::text]))),
    CONSTRAINT alerts_snoozed_by_somebody CHECK (((snoozed_by IS NULL) = (snoozed_until IS NULL))),
    CONSTRAINT alerts_steps_asked_check CHECK ((steps_asked >= 0)),
    CONSTRAINT alerts_steps_told_check CHECK ((steps_told >= 0)),
    CONSTRAINT alerts_subject_check CHECK ((length(subject) <= 100)),
    CONSTRAINT alerts_times_check CHECK ((times > 0))
);

ALTER TABLE public.alerts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alerts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.annotations (
    id bigint NOT NULL,
    on_date date NOT NULL,
    title text NOT NULL,
    body text DEFAULT ''::text NOT NULL,
    kind text NOT NULL,
    author_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT annotations_body_check CHECK ((length(body) <= 2000)),
    CONSTRAINT annotations_kind_check CHECK ((kind = ANY (ARRAY['release'::text, 'campaign'::text, 'incident'::text, 'note'::text]))),
    CONSTRAINT annotations_title_check CHECK (((length(title) >= 1) AND (length(title) <= 80)))
);

ALTER TABLE public.annotations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.annotations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_log (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    transaction xid8 DEFAULT pg_current_xact_id() NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id text,
    before jsonb,
    after jsonb,
    reason text,
    CONSTRAINT audit_log_action_check CHECK ((action ~ '^[a-z_]+(\.[a-z_]+)+$'::text)),
    CONSTRAINT audit_log_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['staff'::text, 'member'::text, 'system'::text, 'operator'::text])))
);

ALTER TABLE public.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_seals (
    id bigint NOT NULL,
    sealed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    through_transaction xid8 NOT NULL,
    through_id bigint NOT NULL,
    rows_sealed bigint NOT NULL,
    previous bytea NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT audit_seals_digest_check CHECK ((length(digest) = 32)),
    CONSTRAINT audit_seals_previous_check CHECK ((length(previous) = 32)),
    CONSTRAINT audit_seals_rows_sealed_check CHECK ((rows_sealed > 0))
);

ALTER TABLE public.audit_seals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_seals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.bad_requests (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    minute timestamp with time zone NOT NULL,
    route text NOT NULL,
    release text NOT NULL,
    prompt text DEFAULT ''::text NOT NULL,
    model text DEFAULT ''::text NOT NULL,
    status text NOT NULL,
    seconds double precision NOT NULL,
    first_byte_s double precision,
    request_id text NOT NULL,
    user_id uuid,
    spent text[] NOT NULL,
    CONSTRAINT bad_requests_check CHECK ((minute = (date_trunc('minute'::text, (at AT TIME ZONE 'UTC'::text)) AT TIME ZONE 'UTC'::text))),
    CONSTRAINT bad_requests_model_check CHECK ((length(model) <= 100)),
    CONSTRAINT bad_requests_prompt_check CHECK ((length(prompt) <= 100)),
    CONSTRAINT bad_requests_release_check CHECK ((length(release) <= 100)),
    CONSTRAINT bad_requests_request_id_check CHECK ((length(request_id) <= 64)),
    CONSTRAINT bad_requests_route_check CHECK (((length(route) >= 1) AND (length(route) <= 200))),
    CONSTRAINT bad_requests_spent_check CHECK ((cardinality(spent) > 0)),
    CONSTRAINT bad_requests_status_check CHECK ((status = ANY (ARRAY['2xx'::text, '3xx'::text, '5xx'::text, 'broken'::text, 'timeout'::text])))
);

ALTER TABLE public.bad_requests ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.bad_requests_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.coach_breakers (
    provider text NOT NULL,
    failures integer NOT NULL,
    because text NOT NULL,
    open_until timestamp with time zone,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT coach_breakers_failures_check CHECK ((failures >= 0))
);

CREATE TABLE public.coach_cases (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    case_id uuid NOT NULL,
    version integer NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    category text,
    state text,
    memories jsonb DEFAULT '[]'::jsonb NOT NULL,
    recent jsonb DEFAULT '[]'::jsonb NOT NULL,
    message text NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    source text NOT NULL,
    taken_from uuid,
    mask_version text,
    confirmed_by uuid,
    confirmed_at timestamp with time zone,
    author_id uuid,
    is_retired boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_cases_category_check CHECK ((category = ANY (ARRAY['self_harm'::text, 'violence'::text, 'emergency'::text]))),
    CONSTRAINT coach_cases_confirmed_at_some_time CHECK (((confirmed_by IS NULL) = (confirmed_at IS NULL))),
    CONSTRAINT coach_cases_in_danger_of_something CHECK (((kind = 'crisis'::text) = (category IS NOT NULL))),
    CONSTRAINT coach_cases_kind_check CHECK ((kind = ANY (ARRAY['ordinary'::text, 'crisis'::text, 'near_miss'::text, 'hostile'::text, 'injection'::text, 'diagnosis'::text, 'third_person'::text]))),
    CONSTRAINT coach_cases_memories_check CHECK (((jsonb_typeof(memories) = 'array'::text) AND (jsonb_array_length(memories) <= 50) AND (length((memories)::text) <= 40000))),
    CONSTRAINT coach_cases_message_check CHECK (((length(message) >= 1) AND (length(message) <= 20000))),
    CONSTRAINT coach_cases_recent_check CHECK (((jsonb_typeof(recent) = 'array'::text) AND (jsonb_array_length(recent) <= 20) AND (length((recent)::text) <= 40000))),
    CONSTRAINT coach_cases_source_check CHECK ((source = ANY (ARRAY['program'::text, 'written'::text, 'conversation'::text]))),
    CONSTRAINT coach_cases_state_check CHECK ((state = ANY (ARRAY['Rising'::text, 'Steady'::text, 'NeedsCare'::text]))),
    CONSTRAINT coach_cases_tags_check CHECK ((cardinality(tags) <= 20)),
    CONSTRAINT coach_cases_taken_are_confirmed CHECK (((source = 'conversation'::text) = (confirmed_by IS NOT NULL))),
    CONSTRAINT coach_cases_taken_are_masked CHECK (((source = 'conversation'::text) = (mask_version IS NOT NULL))),
    CONSTRAINT coach_cases_taken_from_somebody CHECK (((source = 'conversation'::text) = (taken_from IS NOT NULL))),
    CONSTRAINT coach_cases_title_check CHECK (((length(title) >= 1) AND (length(title) <= 120))),
    CONSTRAINT coach_cases_version_check CHECK ((version > 0)),
    CONSTRAINT coach_cases_written_by_somebody CHECK (((source = 'program'::text) OR (author_id IS NOT NULL)))
);

CREATE TABLE public.coach_conversations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.coach_feedback (
    user_id uuid NOT NULL,
    request_id uuid NOT NULL,
    role text DEFAULT 'coach'::text NOT NULL,
    is_helpful boolean NOT NULL,
    said_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT coach_feedback_role_check CHECK ((role = 'coach'::text))
);

CREATE TABLE public.coach_gate_verdicts (
    run_id uuid NOT NULL,
    prompt text NOT NULL,
    sha256 text NOT NULL,
    model text,
    passed boolean NOT NULL,
    reasons jsonb NOT NULL,
    decided_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT coach_gate_verdicts_in_order CHECK ((expires_at > decided_at)),
    CONSTRAINT coach_gate_verdicts_model_check CHECK ((model ~ '^(offline|(openai|vertex|anthropic)/\S+)$'::text)),
    CONSTRAINT coach_gate_verdicts_passed_by_one_model CHECK (((NOT passed) OR (model IS NOT NULL))),
    CONSTRAINT coach_gate_verdicts_prompt_check CHECK ((prompt ~ '^[a-z][a-z0-9_]{0,39}$'::text)),
    CONSTRAINT coach_gate_verdicts_reasons_check CHECK ((jsonb_typeof(reasons) = 'array'::text)),
    CONSTRAINT coach_gate_verdicts_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

CREATE TABLE public.coach_interventions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    notification_id uuid,
    safety_event_id uuid,
    coach_id uuid,
    priority text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    done_by uuid,
    outcome text,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT coach_interventions_done_whole CHECK ((num_nulls(done_at, done_by, outcome) = ANY (ARRAY[0, 3]))),
    CONSTRAINT coach_interventions_note_check CHECK ((length(note) <= 2000)),
    CONSTRAINT coach_interventions_one_cause CHECK ((num_nonnulls(notification_id, safety_event_id) = 1)),
    CONSTRAINT coach_interventions_outcome_check CHECK (((length(outcome) >= 1) AND (length(outcome) <= 60))),
    CONSTRAINT coach_interventions_priority_check CHECK ((priority = ANY (ARRAY['urgent'::text, 'high'::text, 'normal'::text, 'low'::text])))
);

CREATE TABLE public.coach_judgements (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    judge_id uuid NOT NULL,
    pair_id uuid NOT NULL,
    candidate_was_first boolean NOT NULL,
    verdict text,
    error text,
    cost_usd numeric(14,8),
    judged_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_judgements_cost_usd_check CHECK ((cost_usd >= (0)::numeric)),
    CONSTRAINT coach_judgements_error_check CHECK (((length(error) >= 1) AND (length(error) <= 60))),
    CONSTRAINT coach_judgements_verdict_check CHECK ((verdict = ANY (ARRAY['first'::text, 'second'::text, 'tie'::text]))),
    CONSTRAINT coach_judgements_verdict_or_error CHECK ((num_nonnulls(verdict, error) = 1))
);

CREATE TABLE public.coach_judges (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    review_id uuid NOT NULL,
    model text NOT NULL,
    most_usd numeric(10,4) NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_judges_model_check CHECK ((model ~ '^(openai|vertex|anthropic)/\S{1,100}$'::text)),
    CONSTRAINT coach_judges_most_usd_check CHECK ((most_usd >= (0)::numeric))
);

CREATE TABLE public.coach_memory (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    trait_key text NOT NULL,
    trait_value text NOT NULL,
    source text NOT NULL,
    status text DEFAULT 'accepted'::text NOT NULL,
    valid_from timestamp with time zone DEFAULT now() NOT NULL,
    valid_to timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    message_id uuid,
    replaces uuid,
    decided_by uuid,
    decided_at timestamp with time zone,
    CONSTRAINT coach_memory_decided_by_somebody CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
    CONSTRAINT coach_memory_source_check CHECK ((source = ANY (ARRAY['member'::text, 'conversation'::text, 'coach'::text, 'import'::text, 'demo'::text]))),
    CONSTRAINT coach_memory_status_check CHECK ((status = ANY (ARRAY['proposed'::text, 'accepted'::text, 'rejected'::text]))),
    CONSTRAINT coach_memory_trait_key_check CHECK (((length(trait_key) >= 1) AND (length(trait_key) <= 100))),
    CONSTRAINT coach_memory_trait_value_check CHECK (((length(trait_value) >= 1) AND (length(trait_value) <= 4000))),
    CONSTRAINT coach_memory_valid_in_order CHECK ((valid_to > valid_from))
);

CREATE TABLE public.coach_memory_embeddings (
    memory_id uuid NOT NULL,
    user_id uuid NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    dimension integer NOT NULL,
    compares text NOT NULL,
    embedding real[] NOT NULL,
    embedded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT coach_memory_embeddings_compares_check CHECK ((compares = ANY (ARRAY['keywords'::text, 'meaning'::text]))),
    CONSTRAINT coach_memory_embeddings_dimension CHECK ((cardinality(embedding) = dimension)),
    CONSTRAINT coach_memory_embeddings_dimension_check CHECK (((dimension >= 1) AND (dimension <= 4000))),
    CONSTRAINT coach_memory_embeddings_keywords CHECK (((compares = 'keywords'::text) = (model ~~ 'keywords-%'::text))),
    CONSTRAINT coach_memory_embeddings_model_check CHECK (((length(model) >= 1) AND (length(model) <= 100))),
    CONSTRAINT coach_memory_embeddings_provider_check CHECK ((provider = ANY (ARRAY['local'::text, 'openai'::text, 'vertex'::text])))
);

CREATE TABLE public.coach_memory_readings (
    message_id uuid NOT NULL,
    user_id uuid NOT NULL,
    said_at timestamp with time zone NOT NULL,
    rules text NOT NULL,
    proposals smallint NOT NULL,
    read_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT coach_memory_readings_proposals_check CHECK ((proposals >= 0)),
    CONSTRAINT coach_memory_readings_rules_check CHECK (((length(rules) >= 1) AND (length(rules) <= 60)))
);

CREATE TABLE public.coach_messages (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number bigint NOT NULL,
    conversation_id uuid NOT NULL,
    user_id uuid NOT NULL,
    request_id uuid NOT NULL,
    role text NOT NULL,
    body text NOT NULL,
    crisis boolean NOT NULL,
    category text,
    rules_version text NOT NULL,
    model text,
    prompt text,
    prompt_sha256 text,
    usage jsonb,
    fallback text,
    checks jsonb,
    first_byte_ms integer,
    total_ms integer,
    momentum_state text,
    memory_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    recalled_by text,
    CONSTRAINT coach_messages_a_fallback_is_nobodys_prompt CHECK (((fallback IS NULL) OR (prompt IS NULL))),
    CONSTRAINT coach_messages_body_check CHECK (((length(body) >= 1) AND (length(body) <= 20000))),
    CONSTRAINT coach_messages_category_check CHECK ((category = ANY (ARRAY['self_harm'::text, 'violence'::text, 'emergency'::text]))),
    CONSTRAINT coach_messages_check CHECK ((total_ms >= first_byte_ms)),
    CONSTRAINT coach_messages_checks_check CHECK ((jsonb_typeof(checks) = 'object'::text)),
    CONSTRAINT coach_messages_crisis_has_category CHECK ((crisis = (category IS NOT NULL))),
    CONSTRAINT coach_messages_fallback_check CHECK (((length(fallback) >= 1) AND (length(fallback) <= 60))),
    CONSTRAINT coach_messages_first_byte_ms_check CHECK ((first_byte_ms >= 0)),
    CONSTRAINT coach_messages_momentum_state_check CHECK ((momentum_state = ANY (ARRAY['Rising'::text, 'Steady'::text, 'NeedsCare'::text]))),
    CONSTRAINT coach_messages_recalled_by_check CHECK (((length(recalled_by) >= 1) AND (length(recalled_by) <= 200))),
    CONSTRAINT coach_messages_replies_name_their_model CHECK ((((role = 'coach'::text) = (model IS NOT NULL)) AND ((role = 'coach'::text) = (usage IS NOT NULL)))),
    CONSTRAINT coach_messages_role_check CHECK ((role = ANY (ARRAY['member'::text, 'coach'::text]))),
    CONSTRAINT coach_messages_usage_check CHECK ((jsonb_typeof(usage) = 'object'::text))
);

ALTER TABLE public.coach_messages ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.coach_messages_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.coach_model_calls (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    purpose text DEFAULT 'production'::text NOT NULL,
    staff_id uuid,
    user_id uuid,
    request_id uuid NOT NULL,
    attempt smallint NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    prompt text NOT NULL,
    prompt_sha256 text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    failed_checks text[] DEFAULT '{}'::text[] NOT NULL,
    input_tokens integer NOT NULL,
    cache_read_tokens integer NOT NULL,
    cache_write_tokens integer NOT NULL,
    output_tokens integer NOT NULL,
    reasoning_tokens integer NOT NULL,
    is_estimate boolean NOT NULL,
    cost_usd numeric(14,8),
    priced_from date,
    first_byte_ms integer,
    total_ms integer NOT NULL,
    CONSTRAINT coach_model_calls_attempt_check CHECK ((attempt > 0)),
    CONSTRAINT coach_model_calls_cache_read_tokens_check CHECK ((cache_read_tokens >= 0)),
    CONSTRAINT coach_model_calls_cache_write_tokens_check CHECK ((cache_write_tokens >= 0)),
    CONSTRAINT coach_model_calls_cost_has_price CHECK (((cost_usd IS NULL) = (priced_from IS NULL))),
    CONSTRAINT coach_model_calls_cost_usd_check CHECK ((cost_usd >= (0)::numeric)),
    CONSTRAINT coach_model_calls_first_byte_ms_check CHECK ((first_byte_ms >= 0)),
    CONSTRAINT coach_model_calls_input_tokens_check CHECK ((input_tokens >= 0)),
    CONSTRAINT coach_model_calls_of_the_lab_are_somebodys CHECK (((purpose = ANY (ARRAY['production'::text, 'embedding'::text])) OR ((user_id IS NULL) AND (staff_id IS NOT NULL)))),
    CONSTRAINT coach_model_calls_outcome_check CHECK (((length(outcome) >= 1) AND (length(outcome) <= 60))),
    CONSTRAINT coach_model_calls_output_tokens_check CHECK ((output_tokens >= 0)),
    CONSTRAINT coach_model_calls_purpose_check CHECK ((purpose = ANY (ARRAY['production'::text, 'lab'::text, 'judge'::text, 'embedding'::text]))),
    CONSTRAINT coach_model_calls_reasoning_tokens_check CHECK ((reasoning_tokens >= 0)),
    CONSTRAINT coach_model_calls_total_ms_check CHECK ((total_ms >= 0))
);

CREATE TABLE public.coach_moments (
    user_id uuid NOT NULL,
    request_id uuid NOT NULL,
    role text DEFAULT 'coach'::text NOT NULL,
    momentum_state text,
    memory_ids uuid[] NOT NULL,
    message_numbers bigint[] NOT NULL,
    prompt_sha256 text,
    provider text,
    model text,
    mask_version text,
    request text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT coach_moments_a_request_names_its_prompt CHECK ((num_nulls(prompt_sha256, provider, model, mask_version, request) = ANY (ARRAY[0, 5]))),
    CONSTRAINT coach_moments_momentum_state_check CHECK ((momentum_state = ANY (ARRAY['Rising'::text, 'Steady'::text, 'NeedsCare'::text]))),
    CONSTRAINT coach_moments_role_check CHECK ((role = 'coach'::text))
);

CREATE TABLE public.coach_named_models (
    id bigint NOT NULL,
    environment text NOT NULL,
    model text NOT NULL,
    named_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_named_models_environment_check CHECK ((environment = ANY (ARRAY['local'::text, 'staging'::text, 'prod'::text]))),
    CONSTRAINT coach_named_models_model_check CHECK ((model ~ '^(offline|(openai|vertex|anthropic)/\S+)$'::text))
);

ALTER TABLE public.coach_named_models ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.coach_named_models_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.coach_prompt_decisions (
    promotion_id uuid NOT NULL,
    outcome text NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    reason text NOT NULL,
    CONSTRAINT coach_prompt_decisions_outcome_check CHECK ((outcome = ANY (ARRAY['approved'::text, 'rejected'::text, 'withdrawn'::text]))),
    CONSTRAINT coach_prompt_decisions_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);

CREATE TABLE public.coach_prompt_deployments (
    id bigint NOT NULL,
    place integer NOT NULL,
    prompt text NOT NULL,
    version_id uuid NOT NULL,
    live_from timestamp with time zone NOT NULL,
    live_to timestamp with time zone,
    deployed_by uuid,
    promotion_id uuid,
    back_to bigint,
    run_id uuid,
    reason text NOT NULL,
    CONSTRAINT coach_prompt_deployments_in_order CHECK ((live_to > live_from)),
    CONSTRAINT coach_prompt_deployments_one_way CHECK ((num_nonnulls(promotion_id, back_to) =
CASE
    WHEN (deployed_by IS NULL) THEN 0
    ELSE 1
END)),
    CONSTRAINT coach_prompt_deployments_promoted_on_a_verdict CHECK (((promotion_id IS NULL) OR (run_id IS NOT NULL))),
    CONSTRAINT coach_prompt_deployments_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);

ALTER TABLE public.coach_prompt_deployments ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.coach_prompt_deployments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.coach_prompt_places (
    place integer NOT NULL,
    prompt text NOT NULL,
    environment text NOT NULL,
    CONSTRAINT coach_prompt_places_environment_check CHECK ((environment = ANY (ARRAY['local'::text, 'staging'::text, 'prod'::text]))),
    CONSTRAINT coach_prompt_places_prompt_check CHECK ((prompt ~ '^[a-z][a-z0-9_]{0,39}$'::text))
);

ALTER TABLE public.coach_prompt_places ALTER COLUMN place ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.coach_prompt_places_place_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.coach_prompt_promotions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    place integer NOT NULL,
    prompt text NOT NULL,
    version_id uuid NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    reason text NOT NULL,
    CONSTRAINT coach_prompt_promotions_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);

CREATE TABLE public.coach_prompt_versions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    prompt text NOT NULL,
    number integer NOT NULL,
    body jsonb NOT NULL,
    model text,
    parameters jsonb NOT NULL,
    sha256 text NOT NULL,
    author_id uuid,
    message text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT coach_prompt_versions_body_check CHECK ((jsonb_typeof(body) = 'object'::text)),
    CONSTRAINT coach_prompt_versions_message_check CHECK (((length(message) >= 1) AND (length(message) <= 500))),
    CONSTRAINT coach_prompt_versions_model_check CHECK ((model ~ '^(offline|(openai|vertex|anthropic)/\S+)$'::text)),
    CONSTRAINT coach_prompt_versions_number_check CHECK ((number > 0)),
    CONSTRAINT coach_prompt_versions_parameters_check CHECK ((jsonb_typeof(parameters) = 'object'::text)),
    CONSTRAINT coach_prompt_versions_prompt_check CHECK ((prompt ~ '^[a-z][a-z0-9_]{0,39}$'::text)),
    CONSTRAINT coach_prompt_versions_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

CREATE TABLE public.coach_ratings (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    pair_id uuid NOT NULL,
    rater_id uuid NOT NULL,
    seat smallint NOT NULL,
    candidate_was_left boolean NOT NULL,
    chosen text NOT NULL,
    met_left smallint[] DEFAULT '{}'::smallint[] NOT NULL,
    met_right smallint[] DEFAULT '{}'::smallint[] NOT NULL,
    comment text DEFAULT ''::text NOT NULL,
    rated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_ratings_chosen_check CHECK ((chosen = ANY (ARRAY['left'::text, 'right'::text, 'tie'::text]))),
    CONSTRAINT coach_ratings_comment_check CHECK ((length(comment) <= 2000)),
    CONSTRAINT coach_ratings_met_left_check CHECK ((cardinality(met_left) <= 20)),
    CONSTRAINT coach_ratings_met_right_check CHECK ((cardinality(met_right) <= 20)),
    CONSTRAINT coach_ratings_seat_check CHECK ((seat > 0))
);

CREATE TABLE public.coach_replay_answers (
    replay_id uuid NOT NULL,
    user_id uuid NOT NULL,
    request_id uuid NOT NULL,
    danger text NOT NULL,
    sent text,
    heard text,
    fallback text,
    failed_then text[] DEFAULT '{}'::text[] NOT NULL,
    checks jsonb,
    distance real NOT NULL,
    cost_usd numeric(14,8) NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_replay_answers_checks_check CHECK ((jsonb_typeof((checks -> 'results'::text)) = 'object'::text)),
    CONSTRAINT coach_replay_answers_cost_usd_check CHECK ((cost_usd >= (0)::numeric)),
    CONSTRAINT coach_replay_answers_danger_check CHECK ((danger = ANY (ARRAY['none'::text, 'as_before'::text, 'no_longer'::text, 'newly'::text]))),
    CONSTRAINT coach_replay_answers_danger_reaches_no_model CHECK (((danger = 'none'::text) OR ((num_nonnulls(heard, fallback, checks) = 0) AND (cost_usd = (0)::numeric)))),
    CONSTRAINT coach_replay_answers_distance_check CHECK (((distance >= (0)::double precision) AND (distance <= (1)::double precision))),
    CONSTRAINT coach_replay_answers_fallback_check CHECK (((length(fallback) >= 1) AND (length(fallback) <= 60))),
    CONSTRAINT coach_replay_answers_heard_check CHECK (((length(heard) >= 1) AND (length(heard) <= 20000))),
    CONSTRAINT coach_replay_answers_say_something CHECK (((danger = ANY (ARRAY['as_before'::text, 'no_longer'::text])) = (sent IS NULL))),
    CONSTRAINT coach_replay_answers_sent_check CHECK (((length(sent) >= 1) AND (length(sent) <= 20000)))
);

CREATE TABLE public.coach_replay_ends (
    replay_id uuid NOT NULL,
    outcome text NOT NULL,
    said text DEFAULT ''::text NOT NULL,
    ended_by uuid,
    ended_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_replay_ends_cancelled_by_somebody CHECK (((outcome = 'cancelled'::text) = (ended_by IS NOT NULL))),
    CONSTRAINT coach_replay_ends_outcome_check CHECK ((outcome = ANY (ARRAY['finished'::text, 'cancelled'::text, 'over_budget'::text, 'failed'::text]))),
    CONSTRAINT coach_replay_ends_said_check CHECK ((length(said) <= 500))
);

CREATE TABLE public.coach_replay_messages (
    replay_id uuid NOT NULL,
    user_id uuid NOT NULL,
    request_id uuid NOT NULL,
    role text DEFAULT 'coach'::text NOT NULL,
    CONSTRAINT coach_replay_messages_role_check CHECK ((role = 'coach'::text))
);

CREATE TABLE public.coach_replays (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number bigint NOT NULL,
    prompt text NOT NULL,
    version_id uuid NOT NULL,
    model text NOT NULL,
    day date NOT NULL,
    written integer NOT NULL,
    unconsented integer NOT NULL,
    not_kept integer NOT NULL,
    askable integer NOT NULL,
    most_messages integer NOT NULL,
    most_usd numeric(10,4) NOT NULL,
    seed integer NOT NULL,
    requested_by uuid NOT NULL,
    requested_as text NOT NULL,
    requested_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_replays_askable_check CHECK ((askable > 0)),
    CONSTRAINT coach_replays_count_every_message CHECK ((((unconsented + not_kept) + askable) = written)),
    CONSTRAINT coach_replays_model_check CHECK (((length(model) >= 1) AND (length(model) <= 200))),
    CONSTRAINT coach_replays_most_messages_check CHECK (((most_messages >= 1) AND (most_messages <= 2000))),
    CONSTRAINT coach_replays_most_usd_check CHECK ((most_usd >= (0)::numeric)),
    CONSTRAINT coach_replays_not_kept_check CHECK ((not_kept >= 0)),
    CONSTRAINT coach_replays_requested_as_check CHECK ((requested_as = ANY (ARRAY['bee_coach'::text, 'bee_admin'::text]))),
    CONSTRAINT coach_replays_unconsented_check CHECK ((unconsented >= 0)),
    CONSTRAINT coach_replays_written_check CHECK ((written > 0))
);

ALTER TABLE public.coach_replays ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.coach_replays_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.coach_review_ends (
    review_id uuid NOT NULL,
    outcome text NOT NULL,
    ended_by uuid,
    ended_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_review_ends_cancelled_by_somebody CHECK (((outcome = 'cancelled'::text) = (ended_by IS NOT NULL))),
    CONSTRAINT coach_review_ends_outcome_check CHECK ((outcome = ANY (ARRAY['decided'::text, 'exhausted'::text, 'cancelled'::text])))
);

CREATE TABLE public.coach_review_pairs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    review_id uuid NOT NULL,
    place integer NOT NULL,
    candidate_id uuid NOT NULL,
    baseline_id uuid NOT NULL,
    CONSTRAINT coach_review_pairs_place_check CHECK ((place > 0))
);

CREATE TABLE public.coach_review_raters (
    review_id uuid NOT NULL,
    rater_id uuid NOT NULL,
    since timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.coach_reviews (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number bigint NOT NULL,
    run_id uuid NOT NULL,
    raters smallint NOT NULL,
    rubric jsonb NOT NULL,
    seed integer NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_reviews_raters_check CHECK (((raters >= 1) AND (raters <= 9))),
    CONSTRAINT coach_reviews_rubric_check CHECK (((jsonb_typeof(rubric) = 'array'::text) AND (jsonb_array_length(rubric) <= 20) AND (length((rubric)::text) <= 20000)))
);

ALTER TABLE public.coach_reviews ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.coach_reviews_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.coach_run_cases (
    run_id uuid NOT NULL,
    case_id uuid NOT NULL
);

CREATE TABLE public.coach_run_ends (
    run_id uuid NOT NULL,
    outcome text NOT NULL,
    said text DEFAULT ''::text NOT NULL,
    ended_by uuid,
    ended_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_run_ends_cancelled_by_somebody CHECK (((outcome = 'cancelled'::text) = (ended_by IS NOT NULL))),
    CONSTRAINT coach_run_ends_outcome_check CHECK ((outcome = ANY (ARRAY['finished'::text, 'cancelled'::text, 'over_budget'::text, 'failed'::text]))),
    CONSTRAINT coach_run_ends_said_check CHECK ((length(said) <= 500))
);

CREATE TABLE public.coach_run_outputs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    run_id uuid NOT NULL,
    case_id uuid NOT NULL,
    arm text NOT NULL,
    repeat smallint NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    is_screened boolean NOT NULL,
    is_cached boolean NOT NULL,
    cache_key text NOT NULL,
    text text,
    error text,
    checks jsonb,
    is_safe boolean GENERATED ALWAYS AS (((error IS NULL) AND (checks IS NOT NULL) AND jsonb_path_exists(checks, '$."results".*?(@."kind" == "safety" && @."passed" == true)'::jsonpath) AND (NOT jsonb_path_exists(checks, '$."results".*?(@."kind" == "safety" && @."passed" != true)'::jsonpath)))) STORED NOT NULL,
    passes boolean GENERATED ALWAYS AS (((error IS NULL) AND (checks IS NOT NULL) AND jsonb_path_exists(checks, '$."results".*?(@."passed" == true)'::jsonpath) AND (NOT jsonb_path_exists(checks, '$."results".*?(@."passed" != true)'::jsonpath)))) STORED NOT NULL,
    first_token_ms integer,
    total_ms integer,
    input_tokens integer DEFAULT 0 NOT NULL,
    cache_read_tokens integer DEFAULT 0 NOT NULL,
    cache_write_tokens integer DEFAULT 0 NOT NULL,
    output_tokens integer DEFAULT 0 NOT NULL,
    reasoning_tokens integer DEFAULT 0 NOT NULL,
    is_estimate boolean DEFAULT false NOT NULL,
    cost_usd numeric(14,8),
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_run_outputs_answer_or_fail CHECK ((num_nonnulls(text, error) > 0)),
    CONSTRAINT coach_run_outputs_arm_check CHECK ((arm = ANY (ARRAY['candidate'::text, 'baseline'::text]))),
    CONSTRAINT coach_run_outputs_cache_key_check CHECK ((cache_key ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT coach_run_outputs_cache_read_tokens_check CHECK ((cache_read_tokens >= 0)),
    CONSTRAINT coach_run_outputs_cache_write_tokens_check CHECK ((cache_write_tokens >= 0)),
    CONSTRAINT coach_run_outputs_check CHECK ((total_ms >= first_token_ms)),
    CONSTRAINT coach_run_outputs_checked CHECK (((error IS NOT NULL) OR (jsonb_typeof((checks -> 'results'::text)) = 'object'::text))),
    CONSTRAINT coach_run_outputs_cost_usd_check CHECK ((cost_usd >= (0)::numeric)),
    CONSTRAINT coach_run_outputs_error_check CHECK (((length(error) >= 1) AND (length(error) <= 60))),
    CONSTRAINT coach_run_outputs_first_token_ms_check CHECK ((first_token_ms >= 0)),
    CONSTRAINT coach_run_outputs_input_tokens_check CHECK ((input_tokens >= 0)),
    CONSTRAINT coach_run_outputs_output_tokens_check CHECK ((output_tokens >= 0)),
    CONSTRAINT coach_run_outputs_reasoning_tokens_check CHECK ((reasoning_tokens >= 0)),
    CONSTRAINT coach_run_outputs_repeat_check CHECK (((repeat >= 1) AND (repeat <= 10))),
    CONSTRAINT coach_run_outputs_text_check CHECK (((length(text) >= 1) AND (length(text) <= 20000))),
    CONSTRAINT coach_run_outputs_without_a_model_take_nothing CHECK (((NOT (is_screened OR is_cached)) OR ((num_nonnulls(first_token_ms, total_ms, cost_usd) = 0) AND (((((input_tokens + cache_read_tokens) + cache_write_tokens) + output_tokens) + reasoning_tokens) = 0))))
);

CREATE TABLE public.coach_runs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number bigint NOT NULL,
    prompt text NOT NULL,
    candidate_id uuid NOT NULL,
    baseline_id uuid,
    cases_as_of timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    tag text,
    repeats smallint NOT NULL,
    reuses_answers boolean DEFAULT false NOT NULL,
    most_usd numeric(10,4) NOT NULL,
    seed integer NOT NULL,
    checker text NOT NULL,
    requested_by uuid NOT NULL,
    requested_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coach_runs_against_another CHECK ((baseline_id <> candidate_id)),
    CONSTRAINT coach_runs_checker_check CHECK (((length(checker) >= 1) AND (length(checker) <= 60))),
    CONSTRAINT coach_runs_most_usd_check CHECK ((most_usd >= (0)::numeric)),
    CONSTRAINT coach_runs_repeats_check CHECK (((repeats >= 1) AND (repeats <= 10))),
    CONSTRAINT coach_runs_tag_check CHECK (((length(tag) >= 1) AND (length(tag) <= 40)))
);

ALTER TABLE public.coach_runs ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.coach_runs_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.consents (
    id bigint NOT NULL,
    member_id uuid NOT NULL,
    purpose text NOT NULL,
    granted boolean NOT NULL,
    decided_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    source text NOT NULL,
    CONSTRAINT consents_purpose_check CHECK ((purpose = ANY (ARRAY['push'::text, 'coaching'::text, 'research'::text, 'analytics'::text]))),
    CONSTRAINT consents_source_check CHECK ((source = ANY (ARRAY['member'::text, 'import'::text, 'staff'::text, 'demo'::text])))
);

ALTER TABLE public.consents ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.consents_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.daily_engagement_scores (
    user_id uuid NOT NULL,
    score_date date NOT NULL,
    id uuid GENERATED ALWAYS AS ((md5((((user_id)::text || ':'::text) || ((score_date - '2000-01-01'::date))::text)))::uuid) STORED NOT NULL,
    raw_score double precision NOT NULL,
    final_score double precision NOT NULL,
    momentum_state text NOT NULL,
    definition text NOT NULL,
    event_count integer NOT NULL,
    is_complete boolean NOT NULL,
    calculated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT daily_engagement_scores_event_count_check CHECK ((event_count >= 0)),
    CONSTRAINT daily_engagement_scores_final_score_check CHECK (((final_score >= (0)::double precision) AND (final_score <= (100)::double precision))),
    CONSTRAINT daily_engagement_scores_momentum_state_check CHECK ((momentum_state = ANY (ARRAY['Rising'::text, 'Steady'::text, 'NeedsCare'::text]))),
    CONSTRAINT daily_engagement_scores_raw_score_check CHECK (((raw_score >= (0)::double precision) AND (raw_score <= (100)::double precision)))
);

CREATE TABLE public.engagement_days (
    score_date date NOT NULL,
    segment text NOT NULL,
    momentum_state text NOT NULL,
    members integer NOT NULL,
    final_sum double precision NOT NULL,
    raw_sum double precision NOT NULL,
    CONSTRAINT engagement_days_members_check CHECK ((members > 0)),
    CONSTRAINT engagement_days_momentum_state_check CHECK ((momentum_state = ANY (ARRAY['Rising'::text, 'Steady'::text, 'NeedsCare'::text])))
);

CREATE TABLE public.engagement_events (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    event_type text NOT NULL,
    event_date date NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    time_zone text NOT NULL,
    source text DEFAULT 'app'::text NOT NULL,
    CONSTRAINT engagement_events_event_type_check CHECK (((length(event_type) >= 1) AND (length(event_type) <= 100))),
    CONSTRAINT engagement_events_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT engagement_events_source_check CHECK (((length(source) >= 1) AND (length(source) <= 60)))
);

CREATE TABLE public.engagement_recoveries (
    score_date date NOT NULL,
    segment text NOT NULL,
    fell integer NOT NULL,
    recovered integer NOT NULL,
    CONSTRAINT engagement_recoveries_check CHECK (((recovered >= 0) AND (recovered <= fell))),
    CONSTRAINT engagement_recoveries_fell_check CHECK ((fell > 0))
);

CREATE TABLE public.jobs (
    id bigint NOT NULL,
    kind text NOT NULL,
    key text DEFAULT ''::text NOT NULL,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 5 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    heartbeat_at timestamp with time zone,
    finished_at timestamp with time zone,
    worker text,
    outcome text,
    error text,
    rows_done bigint DEFAULT 0 NOT NULL,
    CONSTRAINT jobs_finish_has_outcome CHECK (((finished_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT jobs_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 60))),
    CONSTRAINT jobs_max_attempts_check CHECK ((max_attempts > 0)),
    CONSTRAINT jobs_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'failed'::text])))
);

ALTER TABLE public.jobs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.member_accounts (
    id uuid NOT NULL,
    email text NOT NULL,
    password_hash text NOT NULL,
    user_metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    app_metadata jsonb DEFAULT '{"provider": "email", "providers": ["email"]}'::jsonb NOT NULL,
    is_banned boolean DEFAULT false NOT NULL,
    last_sign_in_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT member_accounts_email_lowercase CHECK (((email = lower(email)) AND (length(email) <= 320))),
    CONSTRAINT member_accounts_metadata_objects CHECK (((jsonb_typeof(user_metadata) = 'object'::text) AND (jsonb_typeof(app_metadata) = 'object'::text)))
);

CREATE UNLOGGED TABLE public.member_requests (
    user_id uuid NOT NULL,
    area text NOT NULL,
    accepted timestamp with time zone[] NOT NULL,
    CONSTRAINT member_requests_area_check CHECK ((area = ANY (ARRAY['v1'::text, 'rest'::text, 'graphql'::text, 'realtime'::text])))
);

CREATE TABLE public.members (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number bigint NOT NULL,
    external_id text NOT NULL,
    time_zone text NOT NULL,
    joined_on date NOT NULL,
    left_on date,
    coach_id uuid,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    consents jsonb DEFAULT '{}'::jsonb NOT NULL,
    is_demo boolean DEFAULT false NOT NULL,
    is_synthetic boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT members_attributes_object CHECK ((jsonb_typeof(attributes) = 'object'::text)),
    CONSTRAINT members_consents_object CHECK ((jsonb_typeof(consents) = 'object'::text)),
    CONSTRAINT members_external_id_length CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT members_leave_after_joining CHECK ((left_on >= joined_on)),
    CONSTRAINT members_time_zone_known CHECK (public.bee_is_time_zone(time_zone))
);

CREATE VIEW public.member_segments WITH (security_invoker='true') AS
 WITH known AS (
         SELECT members.id AS user_id,
            ((attribute.key || ':'::text) || attribute.value) AS segment
           FROM (public.members
             CROSS JOIN LATERAL jsonb_each_text(members.attributes) attribute(key, value))
          WHERE ((NOT members.is_synthetic) AND ((length(attribute.value) >= 1) AND (length(attribute.value) <= 60)))
        ), shared AS (
         SELECT known.segment
           FROM known
          GROUP BY known.segment
         HAVING (count(*) >= 5)
        )
 SELECT members.id AS user_id,
    'all'::text AS segment
   FROM public.members
  WHERE (NOT members.is_synthetic)
UNION ALL
 SELECT members.id AS user_id,
    'demo'::text AS segment
   FROM public.members
  WHERE (members.is_demo AND (NOT members.is_synthetic))
UNION ALL
 SELECT members.id AS user_id,
    ('zone:'::text || members.time_zone) AS segment
   FROM public.members
  WHERE (NOT members.is_synthetic)
UNION ALL
 SELECT members.id AS user_id,
    ('coach:'::text || members.coach_id) AS segment
   FROM public.members
  WHERE ((members.coach_id IS NOT NULL) AND (NOT members.is_synthetic))
UNION ALL
 SELECT known.user_id,
    known.segment
   FROM (known
     JOIN shared ON ((shared.segment = known.segment)));

CREATE TABLE public.member_sessions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    refresh_key bytea NOT NULL,
    turn bigint DEFAULT 0 NOT NULL,
    refreshed_at timestamp with time zone DEFAULT now() NOT NULL,
    user_agent text,
    address text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT member_sessions_refresh_key_check CHECK ((length(refresh_key) = 32)),
    CONSTRAINT member_sessions_turn_check CHECK ((turn >= 0))
);

ALTER TABLE public.members ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.members_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.momentum_notifications (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    notification_type text NOT NULL,
    rule text NOT NULL,
    rule_version integer NOT NULL,
    moment text NOT NULL,
    trigger_date date NOT NULL,
    decided_at timestamp with time zone DEFAULT now() NOT NULL,
    decision text NOT NULL,
    reason text NOT NULL,
    guards jsonb DEFAULT '{}'::jsonb NOT NULL,
    draw double precision,
    probability double precision,
    definition text,
    final_score double precision,
    momentum_state text,
    priority text DEFAULT 'normal'::text NOT NULL,
    not_before timestamp with time zone,
    expires_at timestamp with time zone,
    silent_since timestamp with time zone,
    variant text,
    title text,
    message text,
    action jsonb DEFAULT '{}'::jsonb NOT NULL,
    audience_hash text,
    sent_at timestamp with time zone,
    CONSTRAINT momentum_notifications_decision_check CHECK ((decision = ANY (ARRAY['send'::text, 'withhold'::text]))),
    CONSTRAINT momentum_notifications_draw_check CHECK (((draw >= (0)::double precision) AND (draw < (1)::double precision))),
    CONSTRAINT momentum_notifications_momentum_state_check CHECK ((momentum_state = ANY (ARRAY['Rising'::text, 'Steady'::text, 'NeedsCare'::text]))),
    CONSTRAINT momentum_notifications_only_decided_are_sent CHECK (((sent_at IS NULL) OR (decision = 'send'::text))),
    CONSTRAINT momentum_notifications_priority_check CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text]))),
    CONSTRAINT momentum_notifications_probability_check CHECK (((probability >= (0)::double precision) AND (probability <= (1)::double precision))),
    CONSTRAINT momentum_notifications_rule_version_check CHECK ((rule_version > 0))
);

CREATE TABLE public.notification_attempts (
    id bigint NOT NULL,
    notification_id uuid NOT NULL,
    token_id uuid NOT NULL,
    number integer NOT NULL,
    platform text NOT NULL,
    via text NOT NULL,
    project text DEFAULT ''::text NOT NULL,
    collapse_key text NOT NULL,
    worker text NOT NULL,
    attempted_at timestamp with time zone NOT NULL,
    CONSTRAINT notification_attempts_collapse_key_check CHECK (((length(collapse_key) >= 1) AND (length(collapse_key) <= 64))),
    CONSTRAINT notification_attempts_number_check CHECK ((number > 0)),
    CONSTRAINT notification_attempts_via_check CHECK ((via = ANY (ARRAY['fcm'::text, 'recorder'::text])))
);

ALTER TABLE public.notification_attempts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notification_attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notification_breakers (
    project text NOT NULL,
    platform text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    open_until timestamp with time zone NOT NULL,
    because text NOT NULL,
    CONSTRAINT notification_breakers_platform_check CHECK ((platform = ANY (ARRAY['all'::text, 'ios'::text, 'android'::text, 'web'::text])))
);

CREATE TABLE public.notification_campaign_acts (
    id bigint NOT NULL,
    campaign bigint NOT NULL,
    version integer NOT NULL,
    digest text NOT NULL,
    kind text NOT NULL,
    done_by uuid,
    done_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT notification_campaign_acts_by_somebody CHECK (((done_by IS NULL) = (kind = 'finished'::text))),
    CONSTRAINT notification_campaign_acts_kind_check CHECK ((kind = ANY (ARRAY['asked'::text, 'approved'::text, 'refused'::text, 'started'::text, 'stopped'::text, 'finished'::text]))),
    CONSTRAINT notification_campaign_acts_reason_check CHECK ((length(reason) <= 500))
);

ALTER TABLE public.notification_campaign_acts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notification_campaign_acts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notification_campaign_people (
    campaign bigint NOT NULL,
    user_id uuid NOT NULL,
    place double precision NOT NULL,
    available_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    decided_at timestamp with time zone
);

CREATE TABLE public.notification_campaign_tests (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    campaign bigint NOT NULL,
    version integer NOT NULL,
    variant text NOT NULL,
    platform text NOT NULL,
    address text,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    posted_at timestamp with time zone,
    via text,
    outcome text,
    error text DEFAULT ''::text NOT NULL,
    CONSTRAINT notification_campaign_tests_address_check CHECK (((length(address) >= 1) AND (length(address) <= 4096))),
    CONSTRAINT notification_campaign_tests_address_is_used_once CHECK (((address IS NULL) = (posted_at IS NOT NULL))),
    CONSTRAINT notification_campaign_tests_outcome_check CHECK (((length(outcome) >= 1) AND (length(outcome) <= 40))),
    CONSTRAINT notification_campaign_tests_outcome_of_a_post CHECK (((posted_at IS NOT NULL) OR (num_nonnulls(via, outcome) = 0))),
    CONSTRAINT notification_campaign_tests_platform_check CHECK ((platform = ANY (ARRAY['ios'::text, 'android'::text, 'web'::text]))),
    CONSTRAINT notification_campaign_tests_variant_check CHECK (((length(variant) >= 1) AND (length(variant) <= 40))),
    CONSTRAINT notification_campaign_tests_via_check CHECK ((via = ANY (ARRAY['fcm'::text, 'recorder'::text])))
);

CREATE TABLE public.notification_campaign_versions (
    campaign bigint NOT NULL,
    version integer NOT NULL,
    body text NOT NULL,
    people integer NOT NULL,
    audience_hash text NOT NULL,
    digest text NOT NULL,
    author_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT notification_campaign_versions_audience_hash_check CHECK ((audience_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT notification_campaign_versions_body_check CHECK (((length(body) <= 20000) AND (jsonb_typeof((body)::jsonb) = 'object'::text))),
    CONSTRAINT notification_campaign_versions_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT notification_campaign_versions_people_check CHECK ((people >= 0)),
    CONSTRAINT notification_campaign_versions_version_check CHECK ((version > 0))
);

CREATE TABLE public.notification_campaigns (
    number bigint NOT NULL,
    rule text GENERATED ALWAYS AS (('campaign_'::text || (number)::text)) STORED NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE public.notification_campaigns ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notification_campaigns_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notification_deliveries (
    notification_id uuid NOT NULL,
    user_id uuid NOT NULL,
    available_at timestamp with time zone NOT NULL,
    put_off_since timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    claimed_by text,
    claimed_at timestamp with time zone,
    finished_at timestamp with time zone,
    outcome text,
    reason text,
    CONSTRAINT notification_deliveries_claim_is_whole CHECK (((claimed_by IS NULL) = (claimed_at IS NULL))),
    CONSTRAINT notification_deliveries_finish_has_outcome CHECK (((finished_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT notification_deliveries_outcome_check CHECK ((outcome = ANY (ARRAY['accepted'::text, 'recorded'::text, 'ambiguous'::text, 'failed'::text, 'withheld'::text, 'expired'::text]))),
    CONSTRAINT notification_deliveries_tries_check CHECK ((tries >= 0))
);

CREATE TABLE public.notification_outcomes (
    attempt_id bigint NOT NULL,
    outcome text NOT NULL,
    error text DEFAULT ''::text NOT NULL,
    message_id text,
    answered_at timestamp with time zone NOT NULL,
    CONSTRAINT notification_outcomes_accepted_has_id CHECK (((outcome = 'accepted'::text) = (message_id IS NOT NULL))),
    CONSTRAINT notification_outcomes_outcome_check CHECK ((outcome = ANY (ARRAY['accepted'::text, 'recorded'::text, 'dead_address'::text, 'wrong_project'::text, 'payload'::text, 'configuration'::text, 'throttled'::text, 'unreachable'::text, 'ambiguous'::text, 'not_posted'::text])))
);

CREATE TABLE public.notification_preferences (
    id bigint NOT NULL,
    user_id uuid NOT NULL,
    quiet_from time without time zone,
    quiet_until time without time zone,
    opted_out text[] DEFAULT '{}'::text[] NOT NULL,
    decided_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT notification_preferences_opted_out_check CHECK ((cardinality(opted_out) <= 50)),
    CONSTRAINT notification_preferences_quiet_both CHECK (((quiet_from IS NULL) = (quiet_until IS NULL)))
);

ALTER TABLE public.notification_preferences ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notification_preferences_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notification_receipts (
    notification_id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT notification_receipts_kind_check CHECK ((kind = 'opened'::text))
);

CREATE TABLE public.notification_rule_activations (
    id bigint NOT NULL,
    rule text NOT NULL,
    version integer,
    activated_by uuid,
    activated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT notification_rule_activations_reason_check CHECK ((length(reason) <= 500))
);

ALTER TABLE public.notification_rule_activations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notification_rule_activations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notification_rule_approvals (
    rule text NOT NULL,
    version integer NOT NULL,
    digest text NOT NULL,
    approved_by uuid NOT NULL,
    approved_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.notification_rule_versions (
    rule text NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL,
    digest text NOT NULL,
    author_id uuid,
    message text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT notification_rule_versions_body_check CHECK ((jsonb_typeof(body) = 'object'::text)),
    CONSTRAINT notification_rule_versions_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT notification_rule_versions_message_check CHECK (((length(message) >= 1) AND (length(message) <= 500))),
    CONSTRAINT notification_rule_versions_no_campaign CHECK ((rule !~ '^campaign_[0-9]+$'::text)),
    CONSTRAINT notification_rule_versions_rule_check CHECK ((rule ~ '^[a-z][a-z0-9_]{0,39}$'::text)),
    CONSTRAINT notification_rule_versions_version_check CHECK ((version > 0))
);

CREATE TABLE public.notification_stops (
    id bigint NOT NULL,
    rule text,
    is_stopped boolean NOT NULL,
    changed_by uuid,
    changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    reason text NOT NULL,
    CONSTRAINT notification_stops_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);

ALTER TABLE public.notification_stops ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notification_stops_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.objective_hours (
    hour timestamp with time zone NOT NULL,
    objective text NOT NULL,
    route text NOT NULL,
    release text NOT NULL,
    prompt text NOT NULL,
    model text NOT NULL,
    good bigint NOT NULL,
    bad bigint NOT NULL,
    CONSTRAINT objective_hours_bad_check CHECK ((bad >= 0)),
    CONSTRAINT objective_hours_good_check CHECK ((good >= 0))
);

CREATE TABLE public.objective_minutes (
    minute timestamp with time zone NOT NULL,
    objective text NOT NULL,
    good bigint NOT NULL,
    bad bigint NOT NULL,
    CONSTRAINT objective_minutes_bad_check CHECK ((bad >= 0)),
    CONSTRAINT objective_minutes_good_check CHECK ((good >= 0)),
    CONSTRAINT objective_minutes_minute_check CHECK ((minute = (date_trunc('minute'::text, (minute AT TIME ZONE 'UTC'::text)) AT TIME ZONE 'UTC'::text))),
    CONSTRAINT objective_minutes_objective_check CHECK ((objective ~ '^[a-z][a-z_]{0,39}$'::text)),
    CONSTRAINT objective_minutes_say_something CHECK (((good + bad) > 0))
);

CREATE TABLE public.oncall_shifts (
    id bigint NOT NULL,
    level integer NOT NULL,
    staff_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    removed_by uuid,
    removed_at timestamp with time zone,
    CONSTRAINT oncall_shifts_end_later CHECK (((ends_at > starts_at) AND (ends_at <= (starts_at + '62 days'::interval)))),
    CONSTRAINT oncall_shifts_level_check CHECK (((level >= 1) AND (level <= 3))),
    CONSTRAINT oncall_shifts_removed_by_somebody CHECK (((removed_by IS NULL) = (removed_at IS NULL)))
);

ALTER TABLE public.oncall_shifts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.oncall_shifts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.outbox (
    id bigint NOT NULL,
    topic text NOT NULL,
    dedupe_key text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    available_at timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    delivered_at timestamp with time zone,
    last_error text,
    transaction xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT outbox_topic_check CHECK (((length(topic) >= 1) AND (length(topic) <= 60)))
);

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.personal_data (
    member_id uuid NOT NULL,
    full_name text,
    email text,
    phone text,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.probe_pushes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    taken_at timestamp with time zone,
    outcome text,
    CONSTRAINT probe_pushes_outcome_check CHECK ((outcome = ANY (ARRAY['recorded'::text, 'no_device'::text]))),
    CONSTRAINT probe_pushes_taken_has_outcome CHECK (((taken_at IS NULL) = (outcome IS NULL)))
);

CREATE TABLE public.probe_ticks (
    scheduled_at timestamp with time zone NOT NULL,
    target text NOT NULL,
    step text NOT NULL,
    prober text NOT NULL,
    every_s integer NOT NULL,
    ok boolean NOT NULL,
    retried boolean NOT NULL,
    seconds double precision NOT NULL,
    reason text NOT NULL,
    began_s double precision NOT NULL,
    ended_s double precision NOT NULL,
    release text NOT NULL,
    noted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT probe_ticks_began_s_check CHECK ((began_s >= (0)::double precision)),
    CONSTRAINT probe_ticks_end_after_they_begin CHECK ((ended_s >= began_s)),
    CONSTRAINT probe_ticks_every_s_check CHECK (((every_s >= 1) AND (every_s <= 3600))),
    CONSTRAINT probe_ticks_failed_twice CHECK ((ok OR retried)),
    CONSTRAINT probe_ticks_failure_has_reason CHECK ((ok OR (reason <> ''::text))),
    CONSTRAINT probe_ticks_reason_check CHECK ((reason ~ '^[a-z0-9_]{0,60}$'::text)),
    CONSTRAINT probe_ticks_release_check CHECK ((length(release) <= 100)),
    CONSTRAINT probe_ticks_seconds_check CHECK ((seconds >= (0)::double precision)),
    CONSTRAINT probe_ticks_step_check CHECK ((step = ANY (ARRAY['ready'::text, 'sign_in'::text, 'event'::text, 'momentum'::text, 'coach'::text, 'push'::text])))
);

CREATE TABLE public.probers (
    prober text NOT NULL,
    target text NOT NULL,
    probe text NOT NULL,
    every_s integer NOT NULL,
    release text NOT NULL,
    last_tick_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    not_run text DEFAULT ''::text NOT NULL,
    waiting integer DEFAULT 0 NOT NULL,
    CONSTRAINT probers_every_s_check CHECK (((every_s >= 1) AND (every_s <= 3600))),
    CONSTRAINT probers_not_run_check CHECK ((not_run ~ '^[a-z0-9_]{0,60}$'::text)),
    CONSTRAINT probers_probe_check CHECK ((probe = ANY (ARRAY['ready'::text, 'journey'::text]))),
    CONSTRAINT probers_prober_check CHECK ((prober ~ '^[a-z0-9][a-z0-9.-]{0,59}$'::text)),
    CONSTRAINT probers_release_check CHECK ((length(release) <= 100)),
    CONSTRAINT probers_target_check CHECK (((length(target) >= 1) AND (length(target) <= 200))),
    CONSTRAINT probers_waiting_check CHECK ((waiting >= 0))
);

CREATE TABLE public.request_refusals (
    hour timestamp with time zone NOT NULL,
    area text NOT NULL,
    user_id uuid NOT NULL,
    refused bigint NOT NULL,
    last_at timestamp with time zone NOT NULL,
    CONSTRAINT request_refusals_area_check CHECK ((area = ANY (ARRAY['v1'::text, 'rest'::text, 'graphql'::text, 'realtime'::text]))),
    CONSTRAINT request_refusals_hour_check CHECK ((hour = (date_trunc('hour'::text, (hour AT TIME ZONE 'UTC'::text)) AT TIME ZONE 'UTC'::text))),
    CONSTRAINT request_refusals_refused_check CHECK ((refused > 0))
);

CREATE TABLE public.safety_events (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    message_id uuid NOT NULL,
    category text NOT NULL,
    matched text[] NOT NULL,
    rules_version text NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    taken_by uuid,
    taken_at timestamp with time zone,
    closed_at timestamp with time zone,
    note text,
    finding text,
    CONSTRAINT safety_events_category_check CHECK ((category = ANY (ARRAY['self_harm'::text, 'violence'::text, 'emergency'::text]))),
    CONSTRAINT safety_events_closed_at_some_time CHECK (((status = 'closed'::text) = (closed_at IS NOT NULL))),
    CONSTRAINT safety_events_closed_with_a_finding CHECK (((status = 'closed'::text) = (finding IS NOT NULL))),
    CONSTRAINT safety_events_finding_check CHECK ((finding = ANY (ARRAY['handled'::text, 'false_alarm'::text]))),
    CONSTRAINT safety_events_matched_check CHECK ((cardinality(matched) > 0)),
    CONSTRAINT safety_events_note_check CHECK (((length(note) >= 1) AND (length(note) <= 4000))),
    CONSTRAINT safety_events_status_check CHECK ((status = ANY (ARRAY['open'::text, 'taken'::text, 'closed'::text]))),
    CONSTRAINT safety_events_taken_at_some_time CHECK (((taken_by IS NULL) = (taken_at IS NULL))),
    CONSTRAINT safety_events_taken_by_somebody CHECK (((status = 'open'::text) = (taken_by IS NULL)))
);

CREATE TABLE public.score_definition_activations (
    id bigint NOT NULL,
    definition text NOT NULL,
    activated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    activated_by uuid
);

ALTER TABLE public.score_definition_activations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.score_definition_activations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.score_definitions (
    name text NOT NULL,
    spec jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    CONSTRAINT score_definitions_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9._-]{0,39}$'::text)),
    CONSTRAINT score_definitions_spec_check CHECK ((jsonb_typeof(spec) = 'object'::text))
);

CREATE TABLE public.score_dues (
    user_id uuid NOT NULL,
    from_date date NOT NULL,
    touched_at timestamp with time zone DEFAULT now() NOT NULL,
    seq bigint DEFAULT 1 NOT NULL
);

CREATE TABLE public.score_frontiers (
    time_zone text NOT NULL,
    scored_through date NOT NULL,
    scored_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.score_restatements (
    id bigint NOT NULL,
    user_id uuid NOT NULL,
    score_date date NOT NULL,
    old_raw_score double precision NOT NULL,
    old_final_score double precision NOT NULL,
    old_momentum_state text NOT NULL,
    old_definition text NOT NULL,
    new_raw_score double precision,
    new_final_score double precision,
    new_momentum_state text,
    new_definition text,
    reason text NOT NULL,
    restated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT score_restatements_new_or_removed CHECK ((num_nulls(new_raw_score, new_final_score, new_momentum_state, new_definition) = ANY (ARRAY[0, 4]))),
    CONSTRAINT score_restatements_reason_check CHECK ((reason = ANY (ARRAY['late_event'::text, 'rebuild'::text, 'definition'::text, 'member_changed'::text, 'erasure'::text])))
);

ALTER TABLE public.score_restatements ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.score_restatements_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.service_amendments (
    id bigint NOT NULL,
    kind text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    state text,
    reason text NOT NULL,
    declared_by uuid NOT NULL,
    declared_at timestamp with time zone DEFAULT now() NOT NULL,
    uptime_before double precision,
    uptime_after double precision,
    withdrawn_at timestamp with time zone,
    withdrawn_by uuid,
    withdrawn_because text,
    CONSTRAINT service_amendments_correct_a_state CHECK (((kind = 'correction'::text) = (state IS NOT NULL))),
    CONSTRAINT service_amendments_correct_what_was CHECK (((kind <> 'correction'::text) OR (declared_at >= ends_at))),
    CONSTRAINT service_amendments_declare_before CHECK (((kind <> 'maintenance'::text) OR (declared_at <= starts_at))),
    CONSTRAINT service_amendments_end_after_they_start CHECK ((ends_at > starts_at)),
    CONSTRAINT service_amendments_ends_at_check CHECK ((ends_at = (date_trunc('minute'::text, (ends_at AT TIME ZONE 'UTC'::text)) AT TIME ZONE 'UTC'::text))),
    CONSTRAINT service_amendments_kind_check CHECK ((kind = ANY (ARRAY['maintenance'::text, 'correction'::text]))),
    CONSTRAINT service_amendments_last_a_week_at_most CHECK ((ends_at <= (starts_at + '7 days'::interval))),
    CONSTRAINT service_amendments_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
    CONSTRAINT service_amendments_starts_at_check CHECK ((starts_at = (date_trunc('minute'::text, (starts_at AT TIME ZONE 'UTC'::text)) AT TIME ZONE 'UTC'::text))),
    CONSTRAINT service_amendments_state_check CHECK ((state = ANY (ARRAY['up'::text, 'down'::text, 'unknown'::text]))),
    CONSTRAINT service_amendments_uptime_after_check CHECK (((uptime_after >= (0)::double precision) AND (uptime_after <= (1)::double precision))),
    CONSTRAINT service_amendments_uptime_before_check CHECK (((uptime_before >= (0)::double precision) AND (uptime_before <= (1)::double precision))),
    CONSTRAINT service_amendments_withdrawn_because_check CHECK (((length(withdrawn_because) >= 1) AND (length(withdrawn_because) <= 500))),
    CONSTRAINT service_amendments_withdrawn_whole CHECK ((((withdrawn_at IS NULL) = (withdrawn_by IS NULL)) AND ((withdrawn_at IS NULL) = (withdrawn_because IS NULL))))
);

ALTER TABLE public.service_amendments ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.service_amendments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.service_gaps (
    id uuid NOT NULL,
    minute timestamp with time zone NOT NULL,
    requests bigint NOT NULL,
    noted_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT service_gaps_requests_check CHECK ((requests > 0))
);

CREATE TABLE public.service_maintenance_changes (
    id bigint NOT NULL,
    amendment bigint NOT NULL,
    kind text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    changed_by uuid NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    withdrawn_at timestamp with time zone,
    withdrawn_by uuid,
    withdrawn_because text,
    CONSTRAINT service_maintenance_change_withdrawn_whole CHECK ((((withdrawn_at IS NULL) = (withdrawn_by IS NULL)) AND ((withdrawn_at IS NULL) = (withdrawn_because IS NULL)))),
    CONSTRAINT service_maintenance_changes_ends_at_check CHECK ((ends_at = (date_trunc('minute'::text, (ends_at AT TIME ZONE 'UTC'::text)) AT TIME ZONE 'UTC'::text))),
    CONSTRAINT service_maintenance_changes_kind_check CHECK ((kind = ANY (ARRAY['moved'::text, 'ended'::text]))),
    CONSTRAINT service_maintenance_changes_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
    CONSTRAINT service_maintenance_changes_starts_at_check CHECK ((starts_at = (date_trunc('minute'::text, (starts_at AT TIME ZONE 'UTC'::text)) AT TIME ZONE 'UTC'::text))),
    CONSTRAINT service_maintenance_changes_withdrawn_because_check CHECK (((length(withdrawn_because) >= 1) AND (length(withdrawn_because) <= 500))),
    CONSTRAINT service_maintenance_ended_when_said CHECK (((kind <> 'ended'::text) OR (changed_at <= ends_at))),
    CONSTRAINT service_maintenance_ends_after_it_starts CHECK ((ends_at > starts_at)),
    CONSTRAINT service_maintenance_lasts_a_week_at_most CHECK ((ends_at <= (starts_at + '7 days'::interval))),
    CONSTRAINT service_maintenance_moved_ahead CHECK (((kind <> 'moved'::text) OR (changed_at <= starts_at))),
    CONSTRAINT service_maintenance_only_endings_are_withdrawn CHECK (((withdrawn_at IS NULL) OR (kind = 'ended'::text)))
);

ALTER TABLE public.service_maintenance_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.service_maintenance_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.service_minutes (
    minute timestamp with time zone NOT NULL,
    route text NOT NULL,
    release text NOT NULL,
    prompt text DEFAULT ''::text NOT NULL,
    model text DEFAULT ''::text NOT NULL,
    status text NOT NULL,
    area text NOT NULL,
    n bigint NOT NULL,
    seconds double precision DEFAULT 0 NOT NULL,
    complete integer[] DEFAULT '{}'::integer[] NOT NULL,
    first_byte integer[] DEFAULT '{}'::integer[] NOT NULL,
    CONSTRAINT service_minutes_area_check CHECK ((area = ANY (ARRAY['api'::text, 'coach'::text, 'house'::text]))),
    CONSTRAINT service_minutes_minute_check CHECK ((minute = (date_trunc('minute'::text, (minute AT TIME ZONE 'UTC'::text)) AT TIME ZONE 'UTC'::text))),
    CONSTRAINT service_minutes_model_check CHECK ((length(model) <= 100)),
    CONSTRAINT service_minutes_n_check CHECK ((n > 0)),
    CONSTRAINT service_minutes_prompt_check CHECK ((length(prompt) <= 100)),
    CONSTRAINT service_minutes_release_check CHECK ((length(release) <= 100)),
    CONSTRAINT service_minutes_route_check CHECK (((length(route) >= 1) AND (length(route) <= 200))),
    CONSTRAINT service_minutes_status_check CHECK ((status = ANY (ARRAY['2xx'::text, '3xx'::text, '4xx'::text, 'limited'::text, '5xx'::text, 'broken'::text, 'timeout'::text, 'gone'::text, 'uncounted'::text])))
);

CREATE TABLE public.service_recorders (
    id uuid NOT NULL,
    release text NOT NULL,
    flushes bigint NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT service_recorders_flushes_check CHECK ((flushes > 0)),
    CONSTRAINT service_recorders_release_check CHECK ((length(release) <= 100))
);

CREATE TABLE public.service_totals (
    route text NOT NULL,
    release text NOT NULL,
    status text NOT NULL,
    n bigint NOT NULL,
    seconds double precision DEFAULT 0 NOT NULL,
    complete integer[] DEFAULT '{}'::integer[] NOT NULL,
    first_byte integer[] DEFAULT '{}'::integer[] NOT NULL,
    CONSTRAINT service_totals_n_check CHECK ((n > 0))
);

CREATE TABLE public.sign_in_attempts (
    id bigint NOT NULL,
    account text NOT NULL,
    address text NOT NULL,
    attempted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    succeeded boolean NOT NULL
);

ALTER TABLE public.sign_in_attempts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sign_in_attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.signing_keys (
    kid uuid NOT NULL,
    sealed_pem text NOT NULL,
    public_jwk jsonb NOT NULL,
    signs_from timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT signing_keys_public_only CHECK ((NOT (public_jwk ? 'd'::text))),
    CONSTRAINT signing_keys_seal CHECK ((sealed_pem ~~ '-----BEGIN ENCRYPTED PRIVATE KEY-----%'::text))
);

CREATE TABLE public.staff (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email text NOT NULL,
    full_name text NOT NULL,
    password_hash text,
    roles text[] DEFAULT '{}'::text[] NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_demo boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    CONSTRAINT staff_email_lowercase CHECK (((email = lower(email)) AND (POSITION(('@'::text) IN (email)) > 1))),
    CONSTRAINT staff_roles_known CHECK ((roles <@ ARRAY['product'::text, 'coach'::text, 'oncall'::text, 'admin'::text]))
);

CREATE TABLE public.staff_links (
    token_sha256 bytea NOT NULL,
    staff_id uuid NOT NULL,
    purpose text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT staff_links_purpose_check CHECK ((purpose = ANY (ARRAY['invitation'::text, 'reset'::text]))),
    CONSTRAINT staff_links_token_sha256_check CHECK ((length(token_sha256) = 32))
);

CREATE TABLE public.staff_sessions (
    token_sha256 bytea NOT NULL,
    staff_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    address text,
    ended_at timestamp with time zone,
    ended_because text,
    CONSTRAINT staff_sessions_end_has_reason CHECK (((ended_at IS NULL) = (ended_because IS NULL))),
    CONSTRAINT staff_sessions_ended_because_check CHECK ((ended_because = ANY (ARRAY['signed_out'::text, 'revoked'::text, 'password_changed'::text, 'expired'::text]))),
    CONSTRAINT staff_sessions_token_sha256_check CHECK ((length(token_sha256) = 32))
);

CREATE TABLE public.stale_days (
    score_date date NOT NULL
);

CREATE TABLE public.stale_hours (
    hour timestamp with time zone NOT NULL,
    marked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.stale_minutes (
    minute timestamp with time zone NOT NULL,
    marked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.status_incidents (
    id bigint NOT NULL,
    began_at timestamp with time zone NOT NULL,
    alert bigint,
    opened_by uuid NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT status_incidents_have_begun CHECK ((began_at <= opened_at))
);

ALTER TABLE public.status_incidents ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.status_incidents_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.status_notes (
    id bigint NOT NULL,
    incident bigint NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    written_by uuid NOT NULL,
    written_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    published_at timestamp with time zone,
    published_by uuid,
    withdrawn_at timestamp with time zone,
    withdrawn_by uuid,
    withdrawn_because text,
    CONSTRAINT status_notes_body_check CHECK (((length(body) >= 1) AND (length(body) <= 1000))),
    CONSTRAINT status_notes_kind_check CHECK ((kind = ANY (ARRAY['published'::text, 'updated'::text, 'resolved'::text]))),
    CONSTRAINT status_notes_published_whole CHECK (((published_at IS NULL) = (published_by IS NULL))),
    CONSTRAINT status_notes_title_check CHECK (((length(title) >= 1) AND (length(title) <= 120))),
    CONSTRAINT status_notes_withdrawn_because_check CHECK (((length(withdrawn_because) >= 1) AND (length(withdrawn_because) <= 500))),
    CONSTRAINT status_notes_withdrawn_whole CHECK ((((withdrawn_at IS NULL) = (withdrawn_by IS NULL)) AND ((withdrawn_at IS NULL) = (withdrawn_because IS NULL))))
);

ALTER TABLE public.status_notes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.status_notes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.unlisted_requests (
    minute timestamp with time zone NOT NULL,
    objective text NOT NULL,
    route text NOT NULL,
    release text NOT NULL,
    prompt text NOT NULL,
    model text NOT NULL,
    n bigint NOT NULL,
    CONSTRAINT unlisted_requests_minute_check CHECK ((minute = (date_trunc('minute'::text, (minute AT TIME ZONE 'UTC'::text)) AT TIME ZONE 'UTC'::text))),
    CONSTRAINT unlisted_requests_model_check CHECK ((length(model) <= 100)),
    CONSTRAINT unlisted_requests_n_check CHECK ((n > 0)),
    CONSTRAINT unlisted_requests_objective_check CHECK ((objective ~ '^[a-z][a-z_]{0,39}$'::text)),
    CONSTRAINT unlisted_requests_prompt_check CHECK ((length(prompt) <= 100)),
    CONSTRAINT unlisted_requests_release_check CHECK ((length(release) <= 100)),
    CONSTRAINT unlisted_requests_route_check CHECK (((length(route) >= 1) AND (length(route) <= 200)))
);

CREATE TABLE public.uptime_minutes (
    minute timestamp with time zone NOT NULL,
    state text NOT NULL,
    requests bigint DEFAULT 0 NOT NULL,
    failed bigint DEFAULT 0 NOT NULL,
    probes integer DEFAULT 0 NOT NULL,
    failed_probes integer DEFAULT 0 NOT NULL,
    CONSTRAINT uptime_minutes_check CHECK (((failed >= 0) AND (failed <= requests))),
    CONSTRAINT uptime_minutes_check1 CHECK (((failed_probes >= 0) AND (failed_probes <= probes))),
    CONSTRAINT uptime_minutes_minute_check CHECK ((minute = (date_trunc('minute'::text, (minute AT TIME ZONE 'UTC'::text)) AT TIME ZONE 'UTC'::text))),
    CONSTRAINT uptime_minutes_probes_check CHECK ((probes >= 0)),
    CONSTRAINT uptime_minutes_requests_check CHECK ((requests >= 0)),
    CONSTRAINT uptime_minutes_state_check CHECK ((state = ANY (ARRAY['up'::text, 'down'::text])))
);

CREATE TABLE public.user_fcm_tokens (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    fcm_token text NOT NULL,
    platform text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    address_kind text DEFAULT 'token'::text NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    deactivated_at timestamp with time zone,
    deactivated_because text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT user_fcm_tokens_address_kind_check CHECK ((address_kind = ANY (ARRAY['token'::text, 'fid'::text]))),
    CONSTRAINT user_fcm_tokens_fcm_token_check CHECK (((length(fcm_token) >= 1) AND (length(fcm_token) <= 4096))),
    CONSTRAINT user_fcm_tokens_inactive_has_reason CHECK ((is_active OR (deactivated_because IS NOT NULL))),
    CONSTRAINT user_fcm_tokens_platform_check CHECK ((platform = ANY (ARRAY['ios'::text, 'android'::text, 'web'::text])))
);

CREATE TABLE public.worker_beats (
    worker text NOT NULL,
    release text NOT NULL,
    beat_at timestamp with time zone NOT NULL,
    CONSTRAINT worker_beats_release_check CHECK ((length(release) <= 100)),
    CONSTRAINT worker_beats_worker_check CHECK (((length(worker) >= 1) AND (length(worker) <= 200)))
);

ALTER TABLE ONLY public.alert_acts
    ADD CONSTRAINT alert_acts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alert_messages
    ADD CONSTRAINT alert_messages_key UNIQUE (dedupe_key);

ALTER TABLE ONLY public.alert_messages
    ADD CONSTRAINT alert_messages_pkey PRIMARY KEY (alert, round, step, channel, receiver);

ALTER TABLE ONLY public.alert_passes
    ADD CONSTRAINT alert_passes_pkey PRIMARY KEY (minute);

ALTER TABLE ONLY public.alert_rule_versions
    ADD CONSTRAINT alert_rule_versions_pkey PRIMARY KEY (rule, version);

ALTER TABLE ONLY public.alert_signals
    ADD CONSTRAINT alert_signals_pkey PRIMARY KEY (minute, signal, subject);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.annotations
    ADD CONSTRAINT annotations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_seals
    ADD CONSTRAINT audit_seals_chain_does_not_fork UNIQUE (previous);

ALTER TABLE ONLY public.audit_seals
    ADD CONSTRAINT audit_seals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bad_requests
    ADD CONSTRAINT bad_requests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_breakers
    ADD CONSTRAINT coach_breakers_pkey PRIMARY KEY (provider);

ALTER TABLE ONLY public.coach_cases
    ADD CONSTRAINT coach_cases_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_cases
    ADD CONSTRAINT coach_cases_version_key UNIQUE (case_id, version);

ALTER TABLE ONLY public.coach_conversations
    ADD CONSTRAINT coach_conversations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_feedback
    ADD CONSTRAINT coach_feedback_pkey PRIMARY KEY (user_id, request_id);

ALTER TABLE ONLY public.coach_gate_verdicts
    ADD CONSTRAINT coach_gate_verdicts_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.coach_interventions
    ADD CONSTRAINT coach_interventions_notification_key UNIQUE (notification_id);

ALTER TABLE ONLY public.coach_interventions
    ADD CONSTRAINT coach_interventions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_interventions
    ADD CONSTRAINT coach_interventions_safety_event_key UNIQUE (safety_event_id);

ALTER TABLE ONLY public.coach_judgements
    ADD CONSTRAINT coach_judgements_once UNIQUE (judge_id, pair_id, candidate_was_first);

ALTER TABLE ONLY public.coach_judgements
    ADD CONSTRAINT coach_judgements_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_judges
    ADD CONSTRAINT coach_judges_once UNIQUE (review_id, model);

ALTER TABLE ONLY public.coach_judges
    ADD CONSTRAINT coach_judges_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_memory_embeddings
    ADD CONSTRAINT coach_memory_embeddings_pkey PRIMARY KEY (memory_id);

ALTER TABLE ONLY public.coach_memory
    ADD CONSTRAINT coach_memory_member_key UNIQUE (id, user_id);

ALTER TABLE ONLY public.coach_memory
    ADD CONSTRAINT coach_memory_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_memory_readings
    ADD CONSTRAINT coach_memory_readings_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY public.coach_messages
    ADD CONSTRAINT coach_messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_messages
    ADD CONSTRAINT coach_messages_request_key UNIQUE (user_id, request_id, role);

ALTER TABLE ONLY public.coach_model_calls
    ADD CONSTRAINT coach_model_calls_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_moments
    ADD CONSTRAINT coach_moments_pkey PRIMARY KEY (user_id, request_id);

ALTER TABLE ONLY public.coach_named_models
    ADD CONSTRAINT coach_named_models_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_prompt_decisions
    ADD CONSTRAINT coach_prompt_decisions_pkey PRIMARY KEY (promotion_id);

ALTER TABLE ONLY public.coach_prompt_deployments
    ADD CONSTRAINT coach_prompt_deployments_one_live EXCLUDE USING gist (int4range(place, place, '[]'::text) WITH &&, tstzrange(live_from, live_to) WITH &&);

ALTER TABLE ONLY public.coach_prompt_deployments
    ADD CONSTRAINT coach_prompt_deployments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_prompt_deployments
    ADD CONSTRAINT coach_prompt_deployments_promotion_key UNIQUE (promotion_id);

ALTER TABLE ONLY public.coach_prompt_places
    ADD CONSTRAINT coach_prompt_places_deployable UNIQUE (place, prompt);

ALTER TABLE ONLY public.coach_prompt_places
    ADD CONSTRAINT coach_prompt_places_key UNIQUE (prompt, environment);

ALTER TABLE ONLY public.coach_prompt_places
    ADD CONSTRAINT coach_prompt_places_pkey PRIMARY KEY (place);

ALTER TABLE ONLY public.coach_prompt_promotions
    ADD CONSTRAINT coach_prompt_promotions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_prompt_versions
    ADD CONSTRAINT coach_prompt_versions_deployable UNIQUE (id, prompt);

ALTER TABLE ONLY public.coach_prompt_versions
    ADD CONSTRAINT coach_prompt_versions_number_key UNIQUE (prompt, number);

ALTER TABLE ONLY public.coach_prompt_versions
    ADD CONSTRAINT coach_prompt_versions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_prompt_versions
    ADD CONSTRAINT coach_prompt_versions_sha256_key UNIQUE (prompt, sha256);

ALTER TABLE ONLY public.coach_ratings
    ADD CONSTRAINT coach_ratings_once UNIQUE (pair_id, rater_id);

ALTER TABLE ONLY public.coach_ratings
    ADD CONSTRAINT coach_ratings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_ratings
    ADD CONSTRAINT coach_ratings_seat UNIQUE (pair_id, seat);

ALTER TABLE ONLY public.coach_replay_answers
    ADD CONSTRAINT coach_replay_answers_pkey PRIMARY KEY (replay_id, user_id, request_id);

ALTER TABLE ONLY public.coach_replay_ends
    ADD CONSTRAINT coach_replay_ends_pkey PRIMARY KEY (replay_id);

ALTER TABLE ONLY public.coach_replay_messages
    ADD CONSTRAINT coach_replay_messages_pkey PRIMARY KEY (replay_id, user_id, request_id);

ALTER TABLE ONLY public.coach_replays
    ADD CONSTRAINT coach_replays_number_key UNIQUE (number);

ALTER TABLE ONLY public.coach_replays
    ADD CONSTRAINT coach_replays_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_review_ends
    ADD CONSTRAINT coach_review_ends_pkey PRIMARY KEY (review_id);

ALTER TABLE ONLY public.coach_review_pairs
    ADD CONSTRAINT coach_review_pairs_candidate_key UNIQUE (review_id, candidate_id);

ALTER TABLE ONLY public.coach_review_pairs
    ADD CONSTRAINT coach_review_pairs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_review_pairs
    ADD CONSTRAINT coach_review_pairs_place_key UNIQUE (review_id, place);

ALTER TABLE ONLY public.coach_review_raters
    ADD CONSTRAINT coach_review_raters_pkey PRIMARY KEY (review_id, rater_id);

ALTER TABLE ONLY public.coach_reviews
    ADD CONSTRAINT coach_reviews_number_key UNIQUE (number);

ALTER TABLE ONLY public.coach_reviews
    ADD CONSTRAINT coach_reviews_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_run_cases
    ADD CONSTRAINT coach_run_cases_pkey PRIMARY KEY (run_id, case_id);

ALTER TABLE ONLY public.coach_run_ends
    ADD CONSTRAINT coach_run_ends_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.coach_run_outputs
    ADD CONSTRAINT coach_run_outputs_once UNIQUE (run_id, case_id, arm, repeat);

ALTER TABLE ONLY public.coach_run_outputs
    ADD CONSTRAINT coach_run_outputs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.coach_runs
    ADD CONSTRAINT coach_runs_number_key UNIQUE (number);

ALTER TABLE ONLY public.coach_runs
    ADD CONSTRAINT coach_runs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.daily_engagement_scores
    ADD CONSTRAINT daily_engagement_scores_pkey PRIMARY KEY (user_id, score_date);

ALTER TABLE ONLY public.engagement_days
    ADD CONSTRAINT engagement_days_pkey PRIMARY KEY (segment, score_date, momentum_state);

ALTER TABLE ONLY public.engagement_events
    ADD CONSTRAINT engagement_events_pkey PRIMARY KEY (user_id, id);

ALTER TABLE ONLY public.engagement_recoveries
    ADD CONSTRAINT engagement_recoveries_pkey PRIMARY KEY (segment, score_date);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.member_accounts
    ADD CONSTRAINT member_accounts_email_key UNIQUE (email);

ALTER TABLE ONLY public.member_accounts
    ADD CONSTRAINT member_accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.member_requests
    ADD CONSTRAINT member_requests_pkey PRIMARY KEY (user_id, area);

ALTER TABLE ONLY public.member_sessions
    ADD CONSTRAINT member_sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_external_id_key UNIQUE (external_id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_number_key UNIQUE (number);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.momentum_notifications
    ADD CONSTRAINT momentum_notifications_moment_key UNIQUE (rule, user_id, moment);

ALTER TABLE ONLY public.momentum_notifications
    ADD CONSTRAINT momentum_notifications_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notification_attempts
    ADD CONSTRAINT notification_attempts_number_key UNIQUE (notification_id, token_id, number);

ALTER TABLE ONLY public.notification_attempts
    ADD CONSTRAINT notification_attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notification_breakers
    ADD CONSTRAINT notification_breakers_pkey PRIMARY KEY (project, platform);

ALTER TABLE ONLY public.notification_campaign_acts
    ADD CONSTRAINT notification_campaign_acts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notification_campaign_people
    ADD CONSTRAINT notification_campaign_people_pkey PRIMARY KEY (campaign, user_id);

ALTER TABLE ONLY public.notification_campaign_tests
    ADD CONSTRAINT notification_campaign_tests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notification_campaign_versions
    ADD CONSTRAINT notification_campaign_versions_bound UNIQUE (campaign, version, digest);

ALTER TABLE ONLY public.notification_campaign_versions
    ADD CONSTRAINT notification_campaign_versions_pkey PRIMARY KEY (campaign, version);

ALTER TABLE ONLY public.notification_campaigns
    ADD CONSTRAINT notification_campaigns_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.notification_campaigns
    ADD CONSTRAINT notification_campaigns_rule_key UNIQUE (rule);

ALTER TABLE ONLY public.notification_deliveries
    ADD CONSTRAINT notification_deliveries_pkey PRIMARY KEY (notification_id);

ALTER TABLE ONLY public.notification_outcomes
    ADD CONSTRAINT notification_outcomes_pkey PRIMARY KEY (attempt_id);

ALTER TABLE ONLY public.notification_preferences
    ADD CONSTRAINT notification_preferences_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notification_receipts
    ADD CONSTRAINT notification_receipts_pkey PRIMARY KEY (notification_id, kind);

ALTER TABLE ONLY public.notification_rule_activations
    ADD CONSTRAINT notification_rule_activations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notification_rule_approvals
    ADD CONSTRAINT notification_rule_approvals_pkey PRIMARY KEY (rule, version, approved_by);

ALTER TABLE ONLY public.notification_rule_versions
    ADD CONSTRAINT notification_rule_versions_approvable UNIQUE (rule, version, digest);

ALTER TABLE ONLY public.notification_rule_versions
    ADD CONSTRAINT notification_rule_versions_digest_key UNIQUE (rule, digest);

ALTER TABLE ONLY public.notification_rule_versions
    ADD CONSTRAINT notification_rule_versions_pkey PRIMARY KEY (rule, version);

ALTER TABLE ONLY public.notification_stops
    ADD CONSTRAINT notification_stops_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.objective_hours
    ADD CONSTRAINT objective_hours_pkey PRIMARY KEY (objective, hour, route, release, prompt, model);

ALTER TABLE ONLY public.objective_minutes
    ADD CONSTRAINT objective_minutes_pkey PRIMARY KEY (minute, objective);

ALTER TABLE ONLY public.oncall_shifts
    ADD CONSTRAINT oncall_shifts_one_a_level EXCLUDE USING gist (int4range(level, level, '[]'::text) WITH &&, tstzrange(starts_at, ends_at) WITH &&) WHERE ((removed_at IS NULL));

ALTER TABLE ONLY public.oncall_shifts
    ADD CONSTRAINT oncall_shifts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_dedupe_key_key UNIQUE (dedupe_key);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.personal_data
    ADD CONSTRAINT personal_data_pkey PRIMARY KEY (member_id);

ALTER TABLE ONLY public.probe_pushes
    ADD CONSTRAINT probe_pushes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.probe_ticks
    ADD CONSTRAINT probe_ticks_pkey PRIMARY KEY (scheduled_at, target, step, prober);

ALTER TABLE ONLY public.probers
    ADD CONSTRAINT probers_pkey PRIMARY KEY (prober, target, probe);

ALTER TABLE ONLY public.request_refusals
    ADD CONSTRAINT request_refusals_pkey PRIMARY KEY (hour, area, user_id);

ALTER TABLE ONLY public.safety_events
    ADD CONSTRAINT safety_events_message_key UNIQUE (message_id);

ALTER TABLE ONLY public.safety_events
    ADD CONSTRAINT safety_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.score_definition_activations
    ADD CONSTRAINT score_definition_activations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.score_definitions
    ADD CONSTRAINT score_definitions_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.score_dues
    ADD CONSTRAINT score_dues_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.score_frontiers
    ADD CONSTRAINT score_frontiers_pkey PRIMARY KEY (time_zone);

ALTER TABLE ONLY public.score_restatements
    ADD CONSTRAINT score_restatements_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.service_amendments
    ADD CONSTRAINT service_amendments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.service_gaps
    ADD CONSTRAINT service_gaps_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.service_maintenance_changes
    ADD CONSTRAINT service_maintenance_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.service_minutes
    ADD CONSTRAINT service_minutes_pkey PRIMARY KEY (minute, route, release, prompt, model, status);

ALTER TABLE ONLY public.service_recorders
    ADD CONSTRAINT service_recorders_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.service_totals
    ADD CONSTRAINT service_totals_pkey PRIMARY KEY (route, release, status);

ALTER TABLE ONLY public.sign_in_attempts
    ADD CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (kid);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_email_key UNIQUE (email);

ALTER TABLE ONLY public.staff_links
    ADD CONSTRAINT staff_links_pkey PRIMARY KEY (token_sha256);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.staff_sessions
    ADD CONSTRAINT staff_sessions_pkey PRIMARY KEY (token_sha256);

ALTER TABLE ONLY public.stale_days
    ADD CONSTRAINT stale_days_pkey PRIMARY KEY (score_date);

ALTER TABLE ONLY public.stale_hours
    ADD CONSTRAINT stale_hours_pkey PRIMARY KEY (hour);

ALTER TABLE ONLY public.stale_minutes
    ADD CONSTRAINT stale_minutes_pkey PRIMARY KEY (minute);

ALTER TABLE ONLY public.status_incidents
    ADD CONSTRAINT status_incidents_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.status_notes
    ADD CONSTRAINT status_notes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.unlisted_requests
    ADD CONSTRAINT unlisted_requests_pkey PRIMARY KEY (minute, objective, route, release, prompt, model);

ALTER TABLE ONLY public.uptime_minutes
    ADD CONSTRAINT uptime_minutes_pkey PRIMARY KEY (minute);

ALTER TABLE ONLY public.user_fcm_tokens
    ADD CONSTRAINT user_fcm_tokens_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.user_fcm_tokens
    ADD CONSTRAINT user_fcm_tokens_user_token_key UNIQUE (user_id, fcm_token);

ALTER TABLE ONLY public.worker_beats
    ADD CONSTRAINT worker_beats_pkey PRIMARY KEY (worker);

CREATE INDEX alert_acts_alert ON public.alert_acts USING btree (alert, id);

CREATE INDEX alert_acts_time ON public.alert_acts USING btree (done_at, id);

CREATE INDEX alert_signals_signal ON public.alert_signals USING btree (signal, minute);

CREATE INDEX alerts_cause ON public.alerts USING btree (rule, subject, id);

CREATE INDEX alerts_history ON public.alerts USING btree (opened_at, id);

CREATE UNIQUE INDEX alerts_open ON public.alerts USING btree (rule, subject) WHERE (closed_at IS NULL);

CREATE INDEX annotations_date ON public.annotations USING btree (on_date);

CREATE INDEX audit_log_action ON public.audit_log USING btree (action, at, id);

CREATE INDEX audit_log_order ON public.audit_log USING btree (transaction, id);

CREATE INDEX audit_log_subject ON public.audit_log USING btree (subject_kind, subject_id, id);

CREATE INDEX audit_log_time ON public.audit_log USING btree (at, id);

CREATE INDEX bad_requests_member ON public.bad_requests USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX bad_requests_minute ON public.bad_requests USING btree (minute) INCLUDE (user_id, route, release, prompt, model, spent);

CREATE INDEX coach_cases_taken ON public.coach_cases USING btree (taken_from) WHERE (taken_from IS NOT NULL);

CREATE INDEX coach_conversations_member ON public.coach_conversations USING btree (user_id, started_at);

CREATE INDEX coach_gate_verdicts_version ON public.coach_gate_verdicts USING btree (prompt, sha256, decided_at);

CREATE INDEX coach_interventions_done ON public.coach_interventions USING btree (done_at) WHERE (done_at IS NOT NULL);

CREATE INDEX coach_interventions_member ON public.coach_interventions USING btree (user_id, created_at);

CREATE INDEX coach_interventions_open ON public.coach_interventions USING btree (due_at) WHERE (done_at IS NULL);

CREATE INDEX coach_judgements_pair ON public.coach_judgements USING btree (pair_id);

CREATE UNIQUE INDEX coach_memory_current ON public.coach_memory USING btree (user_id, trait_key) WHERE ((valid_to IS NULL) AND (status = 'accepted'::text));

CREATE INDEX coach_memory_embeddings_keywords ON public.coach_memory_embeddings USING hnsw (((embedding)::extensions.vector(256)) extensions.vector_cosine_ops) WHERE ((provider = 'local'::text) AND (model = 'keywords-v1'::text) AND (dimension = 256));

CREATE INDEX coach_memory_embeddings_member ON public.coach_memory_embeddings USING btree (user_id);

CREATE INDEX coach_memory_embeddings_minilm ON public.coach_memory_embeddings USING hnsw (((embedding)::extensions.vector(384)) extensions.vector_cosine_ops) WHERE ((provider = 'local'::text) AND (model = 'all-minilm-l6-v2-int8'::text) AND (dimension = 384));

CREATE INDEX coach_memory_embeddings_openai_large ON public.coach_memory_embeddings USING hnsw (((embedding)::extensions.vector(768)) extensions.vector_cosine_ops) WHERE ((provider = 'openai'::text) AND (model = 'text-embedding-3-large'::text) AND (dimension = 768));

CREATE INDEX coach_memory_embeddings_openai_small ON public.coach_memory_embeddings USING hnsw (((embedding)::extensions.vector(768)) extensions.vector_cosine_ops) WHERE ((provider = 'openai'::text) AND (model = 'text-embedding-3-small'::text) AND (dimension = 768));

CREATE INDEX coach_memory_embeddings_vertex_005 ON public.coach_memory_embeddings USING hnsw (((embedding)::extensions.vector(768)) extensions.vector_cosine_ops) WHERE ((provider = 'vertex'::text) AND (model = 'google/text-embedding-005'::text) AND (dimension = 768));

CREATE INDEX coach_memory_embeddings_vertex_gemini ON public.coach_memory_embeddings USING hnsw (((embedding)::extensions.vector(768)) extensions.vector_cosine_ops) WHERE ((provider = 'vertex'::text) AND (model = 'google/gemini-embedding-001'::text) AND (dimension = 768));

CREATE INDEX coach_memory_member ON public.coach_memory USING btree (user_id, created_at);

CREATE UNIQUE INDEX coach_memory_proposed ON public.coach_memory USING btree (user_id, trait_key) WHERE (status = 'proposed'::text);

CREATE INDEX coach_memory_readings_member ON public.coach_memory_readings USING btree (user_id);

CREATE INDEX coach_memory_readings_said ON public.coach_memory_readings USING btree (said_at);

CREATE INDEX coach_messages_conversation ON public.coach_messages USING btree (conversation_id);

CREATE INDEX coach_messages_member ON public.coach_messages USING btree (user_id, number);

CREATE INDEX coach_messages_to_read ON public.coach_messages USING btree (created_at) WHERE ((role = 'member'::text) AND (NOT crisis));

CREATE INDEX coach_messages_written ON public.coach_messages USING btree (created_at) WHERE (role = 'member'::text);

CREATE INDEX coach_model_calls_day ON public.coach_model_calls USING btree (started_at);

CREATE INDEX coach_model_calls_member ON public.coach_model_calls USING btree (user_id, started_at);

CREATE INDEX coach_moments_day ON public.coach_moments USING btree (created_at);

CREATE INDEX coach_named_models_newest ON public.coach_named_models USING btree (environment, id);

CREATE INDEX coach_prompt_promotions_place ON public.coach_prompt_promotions USING btree (place, asked_at);

CREATE INDEX coach_ratings_rater ON public.coach_ratings USING btree (rater_id, rated_at);

CREATE INDEX coach_replay_messages_member ON public.coach_replay_messages USING btree (user_id, request_id);

CREATE INDEX coach_replays_day ON public.coach_replays USING btree (day, number);

CREATE INDEX coach_review_pairs_baseline ON public.coach_review_pairs USING btree (baseline_id);

CREATE INDEX coach_review_pairs_candidate ON public.coach_review_pairs USING btree (candidate_id);

CREATE INDEX coach_review_raters_rater ON public.coach_review_raters USING btree (rater_id);

CREATE INDEX coach_reviews_run ON public.coach_reviews USING btree (run_id);

CREATE INDEX coach_run_cases_case ON public.coach_run_cases USING btree (case_id);

CREATE INDEX coach_run_outputs_cache ON public.coach_run_outputs USING btree (cache_key) WHERE ((NOT is_cached) AND (NOT is_screened) AND (error IS NULL));

CREATE INDEX coach_run_outputs_case ON public.coach_run_outputs USING btree (case_id);

CREATE INDEX coach_run_outputs_words ON public.coach_run_outputs USING btree (md5(text));

CREATE INDEX coach_runs_candidate ON public.coach_runs USING btree (candidate_id, requested_at);

CREATE INDEX consents_member ON public.consents USING btree (member_id, purpose, decided_at);

CREATE INDEX daily_engagement_scores_day ON public.daily_engagement_scores USING btree (score_date);

CREATE INDEX daily_engagement_scores_open ON public.daily_engagement_scores USING btree (user_id) WHERE (NOT is_complete);

CREATE INDEX engagement_days_date ON public.engagement_days USING btree (score_date);

CREATE INDEX engagement_events_day ON public.engagement_events USING btree (event_date);

CREATE INDEX engagement_recoveries_date ON public.engagement_recoveries USING btree (score_date);

CREATE INDEX jobs_due ON public.jobs USING btree (run_at) WHERE (finished_at IS NULL);

CREATE INDEX jobs_history ON public.jobs USING btree (kind, finished_at);

CREATE UNIQUE INDEX jobs_open ON public.jobs USING btree (kind, key) WHERE (finished_at IS NULL);

CREATE INDEX member_sessions_refreshed ON public.member_sessions USING btree (refreshed_at);

CREATE INDEX member_sessions_user ON public.member_sessions USING btree (user_id);

CREATE INDEX members_coach ON public.members USING btree (coach_id) WHERE (coach_id IS NOT NULL);

CREATE INDEX momentum_notifications_member ON public.momentum_notifications USING btree (user_id, decided_at);

CREATE INDEX momentum_notifications_time ON public.momentum_notifications USING btree (decided_at, id);

CREATE INDEX momentum_notifications_unsent ON public.momentum_notifications USING btree (decided_at) WHERE ((decision = 'send'::text) AND (sent_at IS NULL));

CREATE INDEX notification_campaign_acts_campaign ON public.notification_campaign_acts USING btree (campaign, id);

CREATE UNIQUE INDEX notification_campaign_asked_once ON public.notification_campaign_acts USING btree (campaign, version) WHERE (kind = 'asked'::text);

CREATE UNIQUE INDEX notification_campaign_decided_once ON public.notification_campaign_acts USING btree (campaign, version) WHERE (kind = ANY (ARRAY['approved'::text, 'refused'::text]));

CREATE UNIQUE INDEX notification_campaign_ended_once ON public.notification_campaign_acts USING btree (campaign) WHERE (kind = ANY (ARRAY['stopped'::text, 'finished'::text]));

CREATE INDEX notification_campaign_people_member ON public.notification_campaign_people USING btree (user_id);

CREATE INDEX notification_campaign_people_next ON public.notification_campaign_people USING btree (campaign, available_at, place) WHERE (decided_at IS NULL);

CREATE UNIQUE INDEX notification_campaign_started_once ON public.notification_campaign_acts USING btree (campaign) WHERE (kind = 'started'::text);

CREATE INDEX notification_campaign_tests_campaign ON public.notification_campaign_tests USING btree (campaign, asked_at);

CREATE INDEX notification_campaign_tests_due ON public.notification_campaign_tests USING btree (asked_at) WHERE (posted_at IS NULL);

CREATE INDEX notification_deliveries_due ON public.notification_deliveries USING btree (available_at) WHERE (finished_at IS NULL);

CREATE INDEX notification_deliveries_member ON public.notification_deliveries USING btree (user_id);

CREATE INDEX notification_preferences_member ON public.notification_preferences USING btree (user_id, id);

CREATE INDEX notification_receipts_member ON public.notification_receipts USING btree (user_id);

CREATE INDEX notification_rule_activations_rule ON public.notification_rule_activations USING btree (rule, id);

CREATE INDEX notification_stops_rule ON public.notification_stops USING btree (rule, id);

CREATE INDEX outbox_changes ON public.outbox USING btree (transaction) WHERE (topic = 'realtime.change'::text);

CREATE INDEX outbox_waiting ON public.outbox USING btree (available_at) WHERE (delivered_at IS NULL);

CREATE INDEX probe_pushes_waiting ON public.probe_pushes USING btree (asked_at) WHERE (taken_at IS NULL);

CREATE INDEX request_refusals_member ON public.request_refusals USING btree (user_id);

CREATE INDEX safety_events_member ON public.safety_events USING btree (user_id, created_at);

CREATE INDEX safety_events_waiting ON public.safety_events USING btree (created_at) WHERE (status <> 'closed'::text);

CREATE INDEX score_restatements_member ON public.score_restatements USING btree (user_id, score_date);

CREATE INDEX service_amendments_time ON public.service_amendments USING btree (starts_at) WHERE (withdrawn_at IS NULL);

CREATE INDEX service_gaps_minute ON public.service_gaps USING btree (minute);

CREATE INDEX service_maintenance_changes_amendment ON public.service_maintenance_changes USING btree (amendment, id) WHERE (withdrawn_at IS NULL);

CREATE INDEX service_minutes_limited ON public.service_minutes USING btree (minute) WHERE (status = ANY (ARRAY['limited'::text, 'uncounted'::text]));

CREATE INDEX sign_in_attempts_account ON public.sign_in_attempts USING btree (account, attempted_at);

CREATE INDEX sign_in_attempts_address ON public.sign_in_attempts USING btree (address, attempted_at);

CREATE INDEX staff_links_staff ON public.staff_links USING btree (staff_id);

CREATE INDEX staff_sessions_open ON public.staff_sessions USING btree (staff_id) WHERE (ended_at IS NULL);

CREATE INDEX status_notes_incident ON public.status_notes USING btree (incident, id);

CREATE UNIQUE INDEX status_notes_resolved_once ON public.status_notes USING btree (incident) WHERE ((kind = 'resolved'::text) AND (published_at IS NOT NULL) AND (withdrawn_at IS NULL));

CREATE UNIQUE INDEX user_fcm_tokens_active ON public.user_fcm_tokens USING btree (fcm_token) WHERE is_active;

CREATE INDEX user_fcm_tokens_seen ON public.user_fcm_tokens USING btree (last_seen_at) WHERE is_active;

CREATE TRIGGER announce_new AFTER INSERT ON public.momentum_notifications FOR EACH ROW WHEN (((new.sent_at IS NOT NULL) AND (current_setting('bee.bulk_load'::text, true) IS DISTINCT FROM 'on'::text))) EXECUTE FUNCTION public.bee_announce_notification();

CREATE TRIGGER announce_sent AFTER UPDATE OF sent_at ON public.momentum_notifications FOR EACH ROW WHEN (((old.sent_at IS NULL) AND (new.sent_at IS NOT NULL))) EXECUTE FUNCTION public.bee_announce_notification();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.alert_acts FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.alert_rule_versions FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.coach_cases FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.coach_conversations FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_gate_verdicts FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.coach_judgements FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_judges FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.coach_messages FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.coach_moments FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_named_models FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_prompt_decisions FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON public.coach_prompt_deployments FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_prompt_places FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_prompt_promotions FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_prompt_versions FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.coach_ratings FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.coach_replay_answers FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_replay_ends FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.coach_replay_messages FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_replays FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_review_ends FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.coach_review_pairs FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_review_raters FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_reviews FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.coach_run_cases FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_run_ends FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON public.coach_run_outputs FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.coach_runs FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.notification_campaign_acts FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.notification_campaign_versions FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.notification_rule_activations FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.notification_rule_approvals FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.notification_rule_versions FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.notification_stops FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.score_definition_activations FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.score_definitions FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_change();

CREATE TRIGGER apply_act AFTER INSERT ON public.alert_acts FOR EACH ROW EXECUTE FUNCTION public.bee_apply_alert_act();

CREATE TRIGGER check_decision AFTER INSERT ON public.coach_prompt_decisions FOR EACH ROW EXECUTE FUNCTION public.bee_check_prompt_decision();

CREATE TRIGGER check_deployment AFTER INSERT ON public.coach_prompt_deployments FOR EACH ROW EXECUTE FUNCTION public.bee_check_deployment();

CREATE TRIGGER check_maintenance_change AFTER INSERT ON public.service_maintenance_changes FOR EACH ROW EXECUTE FUNCTION public.bee_check_maintenance_change();

CREATE TRIGGER check_rating AFTER INSERT ON public.coach_ratings FOR EACH ROW EXECUTE FUNCTION public.bee_check_rating();

CREATE TRIGGER check_turn AFTER INSERT ON public.notification_campaign_acts FOR EACH ROW EXECUTE FUNCTION public.bee_check_campaign_act();

CREATE TRIGGER decide_once BEFORE UPDATE ON public.coach_memory FOR EACH ROW EXECUTE FUNCTION public.bee_decide_memory_once();

CREATE TRIGGER do_task_once BEFORE UPDATE ON public.coach_interventions FOR EACH ROW EXECUTE FUNCTION public.bee_do_task_once();

CREATE TRIGGER end_once BEFORE UPDATE ON public.coach_prompt_deployments FOR EACH ROW EXECUTE FUNCTION public.bee_end_deployment_once();

CREATE TRIGGER fill_event BEFORE INSERT ON public.engagement_events FOR EACH ROW WHEN ((current_setting('bee.bulk_load'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION public.bee_fill_event();

CREATE TRIGGER fix_cases AFTER INSERT ON public.coach_runs FOR EACH ROW EXECUTE FUNCTION public.bee_fix_run_cases();

CREATE TRIGGER follow BEFORE INSERT ON public.coach_cases FOR EACH ROW EXECUTE FUNCTION public.bee_follow_case();

CREATE TRIGGER follow BEFORE INSERT ON public.coach_prompt_deployments FOR EACH ROW EXECUTE FUNCTION public.bee_follow_deployment();

CREATE TRIGGER forget_embedding AFTER UPDATE OF trait_key, trait_value ON public.coach_memory FOR EACH ROW WHEN (((old.trait_key <> new.trait_key) OR (old.trait_value <> new.trait_value))) EXECUTE FUNCTION public.bee_forget_embedding();

CREATE TRIGGER mark_changed_due AFTER UPDATE OF left_on, time_zone ON public.members FOR EACH ROW WHEN (((new.left_on IS DISTINCT FROM old.left_on) OR (new.time_zone <> old.time_zone))) EXECUTE FUNCTION public.bee_mark_changed_member_due();

CREATE TRIGGER mark_due AFTER INSERT ON public.engagement_events REFERENCING NEW TABLE AS added FOR EACH STATEMENT WHEN ((current_setting('bee.bulk_load'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION public.bee_mark_events_due();

CREATE TRIGGER mark_probed_minutes AFTER INSERT ON public.probe_ticks REFERENCING NEW TABLE AS ticks FOR EACH STATEMENT EXECUTE FUNCTION public.bee_mark_probed_minutes();

CREATE TRIGGER mark_segments_stale AFTER DELETE OR UPDATE OF coach_id, attributes, time_zone, is_demo, is_synthetic ON public.members FOR EACH STATEMENT EXECUTE FUNCTION public.bee_mark_segments_stale();

CREATE TRIGGER mirror_consent AFTER INSERT ON public.consents FOR EACH ROW EXECUTE FUNCTION public.bee_mirror_consent();

CREATE TRIGGER never_forgotten BEFORE DELETE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_forgetting();

CREATE TRIGGER never_forgotten BEFORE DELETE ON public.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION public.bee_refuse_forgetting();

CREATE TRIGGER pair_answers AFTER INSERT ON public.coach_reviews FOR EACH ROW EXECUTE FUNCTION public.bee_pair_answers();

CREATE TRIGGER record_preferences AFTER INSERT ON public.notification_preferences FOR EACH ROW EXECUTE FUNCTION public.bee_record_preferences();

CREATE TRIGGER record_token AFTER INSERT OR DELETE OR UPDATE ON public.user_fcm_tokens FOR EACH ROW EXECUTE FUNCTION public.bee_record_token();

CREATE TRIGGER recount BEFORE INSERT ON public.coach_gate_verdicts FOR EACH ROW EXECUTE FUNCTION public.bee_recount_verdict();

CREATE TRIGGER refuse_own AFTER INSERT ON public.coach_judges FOR EACH ROW EXECUTE FUNCTION public.bee_refuse_own_judge();

CREATE TRIGGER register_token BEFORE INSERT OR UPDATE OF fcm_token, platform, address_kind ON public.user_fcm_tokens FOR EACH ROW EXECUTE FUNCTION public.bee_register_token();

CREATE TRIGGER remove_once BEFORE UPDATE ON public.oncall_shifts FOR EACH ROW EXECUTE FUNCTION public.bee_remove_shift_once();

CREATE TRIGGER seat BEFORE INSERT ON public.coach_ratings FOR EACH ROW EXECUTE FUNCTION public.bee_seat_rating();

CREATE TRIGGER see_to_safety_event BEFORE UPDATE ON public.safety_events FOR EACH ROW EXECUTE FUNCTION public.bee_see_to_safety_event();

CREATE TRIGGER send_once BEFORE UPDATE ON public.momentum_notifications FOR EACH ROW EXECUTE FUNCTION public.bee_send_once();

CREATE TRIGGER wake_realtime AFTER INSERT ON public.outbox FOR EACH ROW WHEN ((new.topic = 'realtime.change'::text)) EXECUTE FUNCTION public.bee_wake_realtime();

ALTER TABLE ONLY public.alert_acts
    ADD CONSTRAINT alert_acts_alert_fkey FOREIGN KEY (alert) REFERENCES public.alerts(id);

ALTER TABLE ONLY public.alert_acts
    ADD CONSTRAINT alert_acts_done_by_fkey FOREIGN KEY (done_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.alert_messages
    ADD CONSTRAINT alert_messages_alert_fkey FOREIGN KEY (alert) REFERENCES public.alerts(id);

ALTER TABLE ONLY public.alert_rule_versions
    ADD CONSTRAINT alert_rule_versions_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.alert_signals
    ADD CONSTRAINT alert_signals_minute_fkey FOREIGN KEY (minute) REFERENCES public.alert_passes(minute) ON DELETE CASCADE;

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_acknowledged_by_fkey FOREIGN KEY (acknowledged_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_rule_version_fkey FOREIGN KEY (rule, version) REFERENCES public.alert_rule_versions(rule, version);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_snoozed_by_fkey FOREIGN KEY (snoozed_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.annotations
    ADD CONSTRAINT annotations_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.bad_requests
    ADD CONSTRAINT bad_requests_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.coach_cases
    ADD CONSTRAINT coach_cases_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_cases
    ADD CONSTRAINT coach_cases_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_cases
    ADD CONSTRAINT coach_cases_taken_from_fkey FOREIGN KEY (taken_from) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_conversations
    ADD CONSTRAINT coach_conversations_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_feedback
    ADD CONSTRAINT coach_feedback_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_feedback
    ADD CONSTRAINT coach_feedback_user_id_request_id_role_fkey FOREIGN KEY (user_id, request_id, role) REFERENCES public.coach_messages(user_id, request_id, role) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_gate_verdicts
    ADD CONSTRAINT coach_gate_verdicts_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.coach_runs(id);

ALTER TABLE ONLY public.coach_interventions
    ADD CONSTRAINT coach_interventions_coach_id_fkey FOREIGN KEY (coach_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_interventions
    ADD CONSTRAINT coach_interventions_done_by_fkey FOREIGN KEY (done_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_interventions
    ADD CONSTRAINT coach_interventions_notification_id_fkey FOREIGN KEY (notification_id) REFERENCES public.momentum_notifications(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_interventions
    ADD CONSTRAINT coach_interventions_safety_event_id_fkey FOREIGN KEY (safety_event_id) REFERENCES public.safety_events(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_interventions
    ADD CONSTRAINT coach_interventions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_judgements
    ADD CONSTRAINT coach_judgements_judge_id_fkey FOREIGN KEY (judge_id) REFERENCES public.coach_judges(id);

ALTER TABLE ONLY public.coach_judgements
    ADD CONSTRAINT coach_judgements_pair_id_fkey FOREIGN KEY (pair_id) REFERENCES public.coach_review_pairs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_judges
    ADD CONSTRAINT coach_judges_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_judges
    ADD CONSTRAINT coach_judges_review_id_fkey FOREIGN KEY (review_id) REFERENCES public.coach_reviews(id);

ALTER TABLE ONLY public.coach_memory
    ADD CONSTRAINT coach_memory_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_memory_embeddings
    ADD CONSTRAINT coach_memory_embeddings_memory FOREIGN KEY (memory_id, user_id) REFERENCES public.coach_memory(id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_memory
    ADD CONSTRAINT coach_memory_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.coach_messages(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.coach_memory_readings
    ADD CONSTRAINT coach_memory_readings_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.coach_messages(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_memory_readings
    ADD CONSTRAINT coach_memory_readings_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_memory
    ADD CONSTRAINT coach_memory_replaces_fkey FOREIGN KEY (replaces) REFERENCES public.coach_memory(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.coach_memory
    ADD CONSTRAINT coach_memory_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_messages
    ADD CONSTRAINT coach_messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.coach_conversations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_messages
    ADD CONSTRAINT coach_messages_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_model_calls
    ADD CONSTRAINT coach_model_calls_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_model_calls
    ADD CONSTRAINT coach_model_calls_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.coach_moments
    ADD CONSTRAINT coach_moments_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_moments
    ADD CONSTRAINT coach_moments_user_id_request_id_role_fkey FOREIGN KEY (user_id, request_id, role) REFERENCES public.coach_messages(user_id, request_id, role) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_prompt_decisions
    ADD CONSTRAINT coach_prompt_decisions_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_prompt_decisions
    ADD CONSTRAINT coach_prompt_decisions_promotion_id_fkey FOREIGN KEY (promotion_id) REFERENCES public.coach_prompt_promotions(id);

ALTER TABLE ONLY public.coach_prompt_deployments
    ADD CONSTRAINT coach_prompt_deployments_back_to_fkey FOREIGN KEY (back_to) REFERENCES public.coach_prompt_deployments(id);

ALTER TABLE ONLY public.coach_prompt_deployments
    ADD CONSTRAINT coach_prompt_deployments_deployed_by_fkey FOREIGN KEY (deployed_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_prompt_deployments
    ADD CONSTRAINT coach_prompt_deployments_place_prompt_fkey FOREIGN KEY (place, prompt) REFERENCES public.coach_prompt_places(place, prompt);

ALTER TABLE ONLY public.coach_prompt_deployments
    ADD CONSTRAINT coach_prompt_deployments_promotion_id_fkey FOREIGN KEY (promotion_id) REFERENCES public.coach_prompt_promotions(id);

ALTER TABLE ONLY public.coach_prompt_deployments
    ADD CONSTRAINT coach_prompt_deployments_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.coach_gate_verdicts(run_id);

ALTER TABLE ONLY public.coach_prompt_deployments
    ADD CONSTRAINT coach_prompt_deployments_version_id_prompt_fkey FOREIGN KEY (version_id, prompt) REFERENCES public.coach_prompt_versions(id, prompt);

ALTER TABLE ONLY public.coach_prompt_promotions
    ADD CONSTRAINT coach_prompt_promotions_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_prompt_promotions
    ADD CONSTRAINT coach_prompt_promotions_place_prompt_fkey FOREIGN KEY (place, prompt) REFERENCES public.coach_prompt_places(place, prompt);

ALTER TABLE ONLY public.coach_prompt_promotions
    ADD CONSTRAINT coach_prompt_promotions_version_id_prompt_fkey FOREIGN KEY (version_id, prompt) REFERENCES public.coach_prompt_versions(id, prompt);

ALTER TABLE ONLY public.coach_prompt_versions
    ADD CONSTRAINT coach_prompt_versions_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_ratings
    ADD CONSTRAINT coach_ratings_pair_id_fkey FOREIGN KEY (pair_id) REFERENCES public.coach_review_pairs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_ratings
    ADD CONSTRAINT coach_ratings_rater_id_fkey FOREIGN KEY (rater_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_replay_answers
    ADD CONSTRAINT coach_replay_answers_replay_id_user_id_request_id_fkey FOREIGN KEY (replay_id, user_id, request_id) REFERENCES public.coach_replay_messages(replay_id, user_id, request_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_replay_ends
    ADD CONSTRAINT coach_replay_ends_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_replay_ends
    ADD CONSTRAINT coach_replay_ends_replay_id_fkey FOREIGN KEY (replay_id) REFERENCES public.coach_replays(id);

ALTER TABLE ONLY public.coach_replay_messages
    ADD CONSTRAINT coach_replay_messages_replay_id_fkey FOREIGN KEY (replay_id) REFERENCES public.coach_replays(id);

ALTER TABLE ONLY public.coach_replay_messages
    ADD CONSTRAINT coach_replay_messages_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_replay_messages
    ADD CONSTRAINT coach_replay_messages_user_id_request_id_role_fkey FOREIGN KEY (user_id, request_id, role) REFERENCES public.coach_messages(user_id, request_id, role) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_replays
    ADD CONSTRAINT coach_replays_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_replays
    ADD CONSTRAINT coach_replays_version_id_prompt_fkey FOREIGN KEY (version_id, prompt) REFERENCES public.coach_prompt_versions(id, prompt);

ALTER TABLE ONLY public.coach_review_ends
    ADD CONSTRAINT coach_review_ends_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_review_ends
    ADD CONSTRAINT coach_review_ends_review_id_fkey FOREIGN KEY (review_id) REFERENCES public.coach_reviews(id);

ALTER TABLE ONLY public.coach_review_pairs
    ADD CONSTRAINT coach_review_pairs_baseline_id_fkey FOREIGN KEY (baseline_id) REFERENCES public.coach_run_outputs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_review_pairs
    ADD CONSTRAINT coach_review_pairs_candidate_id_fkey FOREIGN KEY (candidate_id) REFERENCES public.coach_run_outputs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_review_pairs
    ADD CONSTRAINT coach_review_pairs_review_id_fkey FOREIGN KEY (review_id) REFERENCES public.coach_reviews(id);

ALTER TABLE ONLY public.coach_review_raters
    ADD CONSTRAINT coach_review_raters_rater_id_fkey FOREIGN KEY (rater_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_review_raters
    ADD CONSTRAINT coach_review_raters_review_id_fkey FOREIGN KEY (review_id) REFERENCES public.coach_reviews(id);

ALTER TABLE ONLY public.coach_reviews
    ADD CONSTRAINT coach_reviews_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_reviews
    ADD CONSTRAINT coach_reviews_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.coach_runs(id);

ALTER TABLE ONLY public.coach_run_cases
    ADD CONSTRAINT coach_run_cases_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.coach_cases(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_run_cases
    ADD CONSTRAINT coach_run_cases_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.coach_runs(id);

ALTER TABLE ONLY public.coach_run_ends
    ADD CONSTRAINT coach_run_ends_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.coach_run_ends
    ADD CONSTRAINT coach_run_ends_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.coach_runs(id);

ALTER TABLE ONLY public.coach_run_outputs
    ADD CONSTRAINT coach_run_outputs_run_id_case_id_fkey FOREIGN KEY (run_id, case_id) REFERENCES public.coach_run_cases(run_id, case_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coach_runs
    ADD CONSTRAINT coach_runs_baseline_id_prompt_fkey FOREIGN KEY (baseline_id, prompt) REFERENCES public.coach_prompt_versions(id, prompt);

ALTER TABLE ONLY public.coach_runs
    ADD CONSTRAINT coach_runs_candidate_id_prompt_fkey FOREIGN KEY (candidate_id, prompt) REFERENCES public.coach_prompt_versions(id, prompt);

ALTER TABLE ONLY public.coach_runs
    ADD CONSTRAINT coach_runs_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.daily_engagement_scores
    ADD CONSTRAINT daily_engagement_scores_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.engagement_events
    ADD CONSTRAINT engagement_events_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.member_accounts
    ADD CONSTRAINT member_accounts_id_fkey FOREIGN KEY (id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.member_sessions
    ADD CONSTRAINT member_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.member_accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_coach_id_fkey FOREIGN KEY (coach_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.momentum_notifications
    ADD CONSTRAINT momentum_notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification_attempts
    ADD CONSTRAINT notification_attempts_notification_id_fkey FOREIGN KEY (notification_id) REFERENCES public.notification_deliveries(notification_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification_campaign_acts
    ADD CONSTRAINT notification_campaign_acts_campaign_version_digest_fkey FOREIGN KEY (campaign, version, digest) REFERENCES public.notification_campaign_versions(campaign, version, digest);

ALTER TABLE ONLY public.notification_campaign_acts
    ADD CONSTRAINT notification_campaign_acts_done_by_fkey FOREIGN KEY (done_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.notification_campaign_people
    ADD CONSTRAINT notification_campaign_people_campaign_fkey FOREIGN KEY (campaign) REFERENCES public.notification_campaigns(number);

ALTER TABLE ONLY public.notification_campaign_people
    ADD CONSTRAINT notification_campaign_people_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification_campaign_tests
    ADD CONSTRAINT notification_campaign_tests_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.notification_campaign_tests
    ADD CONSTRAINT notification_campaign_tests_campaign_version_fkey FOREIGN KEY (campaign, version) REFERENCES public.notification_campaign_versions(campaign, version);

ALTER TABLE ONLY public.notification_campaign_versions
    ADD CONSTRAINT notification_campaign_versions_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.notification_campaign_versions
    ADD CONSTRAINT notification_campaign_versions_campaign_fkey FOREIGN KEY (campaign) REFERENCES public.notification_campaigns(number);

ALTER TABLE ONLY public.notification_campaigns
    ADD CONSTRAINT notification_campaigns_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.notification_deliveries
    ADD CONSTRAINT notification_deliveries_notification_id_fkey FOREIGN KEY (notification_id) REFERENCES public.momentum_notifications(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification_deliveries
    ADD CONSTRAINT notification_deliveries_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification_outcomes
    ADD CONSTRAINT notification_outcomes_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES public.notification_attempts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification_preferences
    ADD CONSTRAINT notification_preferences_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification_receipts
    ADD CONSTRAINT notification_receipts_notification_id_fkey FOREIGN KEY (notification_id) REFERENCES public.momentum_notifications(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification_receipts
    ADD CONSTRAINT notification_receipts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification_rule_activations
    ADD CONSTRAINT notification_rule_activations_activated_by_fkey FOREIGN KEY (activated_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.notification_rule_activations
    ADD CONSTRAINT notification_rule_activations_rule_version_fkey FOREIGN KEY (rule, version) REFERENCES public.notification_rule_versions(rule, version);

ALTER TABLE ONLY public.notification_rule_approvals
    ADD CONSTRAINT notification_rule_approvals_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.notification_rule_approvals
    ADD CONSTRAINT notification_rule_approvals_rule_version_digest_fkey FOREIGN KEY (rule, version, digest) REFERENCES public.notification_rule_versions(rule, version, digest);

ALTER TABLE ONLY public.notification_rule_versions
    ADD CONSTRAINT notification_rule_versions_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.notification_stops
    ADD CONSTRAINT notification_stops_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.oncall_shifts
    ADD CONSTRAINT oncall_shifts_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.oncall_shifts
    ADD CONSTRAINT oncall_shifts_removed_by_fkey FOREIGN KEY (removed_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.oncall_shifts
    ADD CONSTRAINT oncall_shifts_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id);

ALTER TABLE ONLY public.personal_data
    ADD CONSTRAINT personal_data_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.request_refusals
    ADD CONSTRAINT request_refusals_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.safety_events
    ADD CONSTRAINT safety_events_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.coach_messages(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.safety_events
    ADD CONSTRAINT safety_events_taken_by_fkey FOREIGN KEY (taken_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.safety_events
    ADD CONSTRAINT safety_events_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.score_definition_activations
    ADD CONSTRAINT score_definition_activations_activated_by_fkey FOREIGN KEY (activated_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.score_definition_activations
    ADD CONSTRAINT score_definition_activations_definition_fkey FOREIGN KEY (definition) REFERENCES public.score_definitions(name);

ALTER TABLE ONLY public.score_definitions
    ADD CONSTRAINT score_definitions_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.score_dues
    ADD CONSTRAINT score_dues_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.score_restatements
    ADD CONSTRAINT score_restatements_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_amendments
    ADD CONSTRAINT service_amendments_declared_by_fkey FOREIGN KEY (declared_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.service_amendments
    ADD CONSTRAINT service_amendments_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.service_maintenance_changes
    ADD CONSTRAINT service_maintenance_changes_amendment_fkey FOREIGN KEY (amendment) REFERENCES public.service_amendments(id);

ALTER TABLE ONLY public.service_maintenance_changes
    ADD CONSTRAINT service_maintenance_changes_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.service_maintenance_changes
    ADD CONSTRAINT service_maintenance_changes_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.staff_links
    ADD CONSTRAINT staff_links_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.staff_links
    ADD CONSTRAINT staff_links_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.staff_sessions
    ADD CONSTRAINT staff_sessions_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES public.staff(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.status_incidents
    ADD CONSTRAINT status_incidents_alert_fkey FOREIGN KEY (alert) REFERENCES public.alerts(id);

ALTER TABLE ONLY public.status_incidents
    ADD CONSTRAINT status_incidents_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.status_notes
    ADD CONSTRAINT status_notes_incident_fkey FOREIGN KEY (incident) REFERENCES public.status_incidents(id);

ALTER TABLE ONLY public.status_notes
    ADD CONSTRAINT status_notes_published_by_fkey FOREIGN KEY (published_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.status_notes
    ADD CONSTRAINT status_notes_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.status_notes
    ADD CONSTRAINT status_notes_written_by_fkey FOREIGN KEY (written_by) REFERENCES public.staff(id);

ALTER TABLE ONLY public.user_fcm_tokens
    ADD CONSTRAINT user_fcm_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.members(id) ON DELETE CASCADE;

CREATE POLICY admin ON public.coach_conversations FOR SELECT TO bee_admin USING (true);

CREATE POLICY admin ON public.coach_feedback FOR SELECT TO bee_admin USING (true);

CREATE POLICY admin ON public.coach_interventions FOR SELECT TO bee_admin USING (true);

CREATE POLICY admin ON public.coach_memory FOR SELECT TO bee_admin USING (true);

CREATE POLICY admin ON public.coach_memory_embeddings FOR SELECT TO bee_admin USING (true);

CREATE POLICY admin ON public.coach_messages FOR SELECT TO bee_admin USING (true);

CREATE POLICY admin ON public.coach_moments FOR SELECT TO bee_admin USING (true);

CREATE POLICY admin ON public.consents FOR SELECT TO bee_admin USING (true);

CREATE POLICY admin ON public.engagement_events FOR SELECT TO bee_admin USING (true);

CREATE POLICY admin ON public.members TO bee_admin USING (true) WITH CHECK (true);

CREATE POLICY admin ON public.notification_preferences FOR SELECT TO bee_admin USING (true);

CREATE POLICY admin ON public.personal_data FOR SELECT TO bee_admin USING (true);

CREATE POLICY admin ON public.safety_events FOR SELECT TO bee_admin USING (true);

CREATE POLICY admin ON public.staff TO bee_admin USING (true) WITH CHECK (true);

CREATE POLICY admin ON public.staff_links TO bee_admin USING (true) WITH CHECK (true);

CREATE POLICY admin ON public.staff_sessions TO bee_admin USING (true) WITH CHECK (true);

CREATE POLICY admin_does ON public.coach_interventions FOR UPDATE TO bee_admin USING (true) WITH CHECK (((done_by IS NULL) OR (done_by = ( SELECT public.bee_staff_id() AS bee_staff_id))));

CREATE POLICY admin_sees_to_it ON public.safety_events FOR UPDATE TO bee_admin USING (true) WITH CHECK (true);

ALTER TABLE public.alert_acts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.alert_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.alert_passes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.alert_rule_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.alert_signals ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.alerts ENABLE ROW LEVEL SECURITY;

CREATE POLICY amenders ON public.stale_hours FOR INSERT TO bee_oncall, bee_admin WITH CHECK (true);

ALTER TABLE public.annotations ENABLE ROW LEVEL SECURITY;

CREATE POLICY approved ON public.notification_rule_activations FOR INSERT TO bee_admin WITH CHECK (((activated_by = ( SELECT public.bee_staff_id() AS bee_staff_id)) AND ((version IS NULL) OR (EXISTS ( SELECT
   FROM public.notification_rule_approvals approval
  WHERE ((approval.rule = notification_rule_activations.rule) AND (approval.version = notification_rule_activations.version)))))));

CREATE POLICY approves_by_name ON public.notification_campaign_acts FOR INSERT TO bee_admin WITH CHECK (((done_by = ( SELECT public.bee_staff_id() AS bee_staff_id)) AND (kind <> 'finished'::text)));

CREATE POLICY ask ON public.coach_judges FOR INSERT TO bee_coach, bee_admin WITH CHECK ((asked_by = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY ask ON public.coach_replays FOR INSERT TO bee_coach, bee_admin WITH CHECK (((requested_by = ( SELECT public.bee_staff_id() AS bee_staff_id)) AND (requested_as = CURRENT_USER)));

CREATE POLICY ask ON public.coach_reviews FOR INSERT TO bee_coach, bee_admin WITH CHECK ((asked_by = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY ask ON public.coach_runs FOR INSERT TO bee_coach, bee_admin WITH CHECK ((requested_by = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY asks ON public.jobs FOR INSERT TO bee_oncall, bee_admin WITH CHECK (true);

CREATE POLICY asks ON public.probe_pushes FOR INSERT TO bee_system WITH CHECK (true);

CREATE POLICY assigned ON public.coach_conversations FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_conversations.user_id))));

CREATE POLICY assigned ON public.coach_feedback FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_feedback.user_id))));

CREATE POLICY assigned ON public.coach_interventions FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_interventions.user_id))));

CREATE POLICY assigned ON public.coach_memory FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_memory.user_id))));

CREATE POLICY assigned ON public.coach_memory_embeddings FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_memory_embeddings.user_id))));

CREATE POLICY assigned ON public.coach_messages FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_messages.user_id))));

CREATE POLICY assigned ON public.coach_moments FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_moments.user_id))));

CREATE POLICY assigned ON public.coach_replay_answers FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_replay_answers.user_id))));

CREATE POLICY assigned ON public.coach_replay_messages FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_replay_messages.user_id))));

CREATE POLICY assigned ON public.consents FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = consents.member_id))));

CREATE POLICY assigned ON public.daily_engagement_scores FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = daily_engagement_scores.user_id))));

CREATE POLICY assigned ON public.engagement_events FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = engagement_events.user_id))));

CREATE POLICY assigned ON public.members FOR SELECT TO bee_coach USING ((coach_id = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY assigned ON public.momentum_notifications FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = momentum_notifications.user_id))));

CREATE POLICY assigned ON public.notification_deliveries FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = notification_deliveries.user_id))));

CREATE POLICY assigned ON public.notification_preferences FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = notification_preferences.user_id))));

CREATE POLICY assigned ON public.notification_receipts FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = notification_receipts.user_id))));

CREATE POLICY assigned ON public.personal_data FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = personal_data.member_id))));

CREATE POLICY assigned ON public.safety_events FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = safety_events.user_id))));

CREATE POLICY assigned ON public.score_restatements FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = score_restatements.user_id))));

CREATE POLICY assigned_decides ON public.coach_memory FOR UPDATE TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_memory.user_id)))) WITH CHECK ((decided_by = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY assigned_does ON public.coach_interventions FOR UPDATE TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_interventions.user_id)))) WITH CHECK (((done_by IS NULL) OR (done_by = ( SELECT public.bee_staff_id() AS bee_staff_id))));

CREATE POLICY assigned_sees_to_it ON public.safety_events FOR UPDATE TO bee_coach USING ((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = safety_events.user_id)))) WITH CHECK ((taken_by = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY assigned_words ON public.coach_memory FOR INSERT TO bee_coach WITH CHECK (((EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_memory.user_id))) AND (status = 'accepted'::text) AND (source = 'coach'::text) AND (decided_by = ( SELECT public.bee_staff_id() AS bee_staff_id))));

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_seals ENABLE ROW LEVEL SECURITY;

CREATE POLICY author ON public.alert_rule_versions FOR INSERT TO bee_oncall, bee_admin WITH CHECK ((author_id = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY author ON public.annotations FOR INSERT TO bee_product, bee_admin WITH CHECK ((author_id = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY author ON public.notification_rule_versions FOR INSERT TO bee_product, bee_admin WITH CHECK ((author_id = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY authors ON public.service_amendments FOR INSERT TO bee_oncall, bee_admin WITH CHECK ((declared_by = public.bee_staff_id()));

CREATE POLICY authors ON public.status_incidents FOR INSERT TO bee_oncall, bee_admin WITH CHECK ((opened_by = public.bee_staff_id()));

CREATE POLICY authors ON public.status_notes FOR INSERT TO bee_oncall, bee_admin WITH CHECK ((written_by = public.bee_staff_id()));

ALTER TABLE public.bad_requests ENABLE ROW LEVEL SECURITY;

CREATE POLICY by_name ON public.coach_prompt_decisions FOR INSERT TO bee_coach, bee_admin WITH CHECK ((decided_by = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY by_name ON public.coach_prompt_deployments FOR INSERT TO bee_coach, bee_admin WITH CHECK ((deployed_by = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY by_name ON public.coach_prompt_promotions FOR INSERT TO bee_coach, bee_admin WITH CHECK ((asked_by = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY by_name ON public.coach_prompt_versions FOR INSERT TO bee_coach, bee_admin WITH CHECK ((author_id = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY by_name ON public.notification_campaign_acts FOR INSERT TO bee_product WITH CHECK (((done_by = ( SELECT public.bee_staff_id() AS bee_staff_id)) AND (kind = ANY (ARRAY['asked'::text, 'started'::text, 'stopped'::text]))));

CREATE POLICY by_name ON public.notification_campaign_tests FOR INSERT TO bee_product, bee_admin WITH CHECK ((asked_by = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY by_name ON public.notification_stops FOR INSERT TO bee_admin WITH CHECK ((changed_by = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY by_name ON public.oncall_shifts FOR INSERT TO bee_oncall, bee_admin WITH CHECK ((created_by = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY cancel ON public.coach_replay_ends FOR INSERT TO bee_coach, bee_admin WITH CHECK (((outcome = 'cancelled'::text) AND (ended_by = ( SELECT public.bee_staff_id() AS bee_staff_id))));

CREATE POLICY cancel ON public.coach_review_ends FOR INSERT TO bee_coach, bee_admin WITH CHECK (((outcome = 'cancelled'::text) AND (ended_by = ( SELECT public.bee_staff_id() AS bee_staff_id))));

CREATE POLICY cancel ON public.coach_run_ends FOR INSERT TO bee_coach, bee_admin WITH CHECK (((outcome = 'cancelled'::text) AND (ended_by = ( SELECT public.bee_staff_id() AS bee_staff_id))));

CREATE POLICY changers ON public.service_maintenance_changes FOR INSERT TO bee_oncall, bee_admin WITH CHECK (((changed_by = public.bee_staff_id()) AND ((EXISTS ( SELECT
   FROM public.service_amendments amendments
  WHERE ((amendments.id = service_maintenance_changes.amendment) AND (amendments.declared_by = service_maintenance_changes.changed_by)))) OR (EXISTS ( SELECT
   FROM public.staff
  WHERE ((staff.id = service_maintenance_changes.changed_by) AND ('admin'::text = ANY (staff.roles))))))));

ALTER TABLE public.coach_breakers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_cases ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_conversations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_feedback ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_gate_verdicts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_interventions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_judgements ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_judges ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_memory ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_memory_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_memory_readings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_model_calls ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_moments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_named_models ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_prompt_decisions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_prompt_deployments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_prompt_places ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_prompt_promotions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_prompt_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_ratings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_replay_answers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_replay_ends ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_replay_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_replays ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_review_ends ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_review_pairs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_review_raters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_reviews ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_run_cases ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_run_ends ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_run_outputs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coach_runs ENABLE ROW LEVEL SECURITY;

CREATE POLICY colleagues ON public.staff FOR SELECT TO bee_product, bee_coach, bee_oncall USING (true);

ALTER TABLE public.consents ENABLE ROW LEVEL SECURITY;

CREATE POLICY counts ON public.safety_events FOR SELECT TO bee_oncall USING (true);

ALTER TABLE public.daily_engagement_scores ENABLE ROW LEVEL SECURITY;

CREATE POLICY done ON public.coach_replay_ends FOR INSERT TO bee_worker WITH CHECK ((outcome <> 'cancelled'::text));

CREATE POLICY done ON public.coach_review_ends FOR INSERT TO bee_worker WITH CHECK ((outcome <> 'cancelled'::text));

CREATE POLICY done ON public.coach_run_ends FOR INSERT TO bee_worker WITH CHECK ((outcome <> 'cancelled'::text));

CREATE POLICY draw ON public.coach_replay_messages FOR INSERT TO bee_coach, bee_admin WITH CHECK (((EXISTS ( SELECT
   FROM public.coach_replays
  WHERE ((coach_replays.id = coach_replay_messages.replay_id) AND (coach_replays.requested_by = ( SELECT public.bee_staff_id() AS bee_staff_id))))) AND (EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_replay_messages.user_id)))));

CREATE POLICY editors ON public.status_notes FOR UPDATE TO bee_oncall, bee_admin USING (true) WITH CHECK ((((withdrawn_by IS NULL) OR (withdrawn_by = public.bee_staff_id())) AND ((published_by IS NULL) OR ((public.bee_staff_id() = published_by) OR (public.bee_staff_id() = withdrawn_by)))));

CREATE POLICY ended ON public.coach_judgements FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.coach_review_pairs pairs
  WHERE (pairs.id = coach_judgements.pair_id))));

CREATE POLICY ended ON public.coach_ratings FOR SELECT TO bee_coach USING ((EXISTS ( SELECT
   FROM public.coach_review_pairs pairs
  WHERE (pairs.id = coach_ratings.pair_id))));

CREATE POLICY ended ON public.coach_review_pairs FOR SELECT TO bee_coach USING (((EXISTS ( SELECT
   FROM public.coach_review_ends ends
  WHERE (ends.review_id = coach_review_pairs.review_id))) AND (EXISTS ( SELECT
   FROM public.coach_run_outputs shown
  WHERE (shown.id = coach_review_pairs.candidate_id)))));

ALTER TABLE public.engagement_days ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.engagement_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.engagement_recoveries ENABLE ROW LEVEL SECURITY;

CREATE POLICY everybody ON public.notification_campaign_acts FOR SELECT TO bee_product, bee_admin, bee_worker USING (true);

CREATE POLICY everybody ON public.notification_campaign_people FOR SELECT TO bee_product, bee_admin, bee_worker USING (true);

CREATE POLICY everybody ON public.notification_campaign_versions FOR SELECT TO bee_product, bee_admin, bee_worker USING (true);

CREATE POLICY everybody ON public.notification_campaigns FOR SELECT TO bee_product, bee_admin, bee_worker USING (true);

CREATE POLICY everybody ON public.notification_rule_activations FOR SELECT TO bee_product, bee_coach, bee_oncall, bee_admin, bee_worker USING (true);

CREATE POLICY everybody ON public.notification_rule_approvals FOR SELECT TO bee_product, bee_coach, bee_oncall, bee_admin, bee_worker USING (true);

CREATE POLICY everybody ON public.notification_rule_versions FOR SELECT TO bee_product, bee_coach, bee_oncall, bee_admin, bee_worker USING (true);

CREATE POLICY everybody ON public.notification_stops FOR SELECT TO bee_product, bee_coach, bee_oncall, bee_admin, bee_worker USING (true);

CREATE POLICY everybody ON public.score_definitions FOR SELECT TO authenticated USING (true);

CREATE POLICY gate ON public.sign_in_attempts TO bee_gate USING (true) WITH CHECK (true);

CREATE POLICY gate ON public.staff TO bee_gate USING (true) WITH CHECK (true);

CREATE POLICY gate ON public.staff_links TO bee_gate USING (true) WITH CHECK (true);

CREATE POLICY gate ON public.staff_sessions TO bee_gate USING (true) WITH CHECK (true);

CREATE POLICY gate_act ON public.audit_log FOR INSERT TO bee_gate WITH CHECK ((actor_kind = 'staff'::text));

CREATE POLICY hastens ON public.jobs FOR UPDATE TO bee_oncall, bee_admin USING (((finished_at IS NULL) AND (started_at IS NULL))) WITH CHECK (true);

ALTER TABLE public.jobs ENABLE ROW LEVEL SECURITY;

CREATE POLICY join_in ON public.coach_review_raters FOR INSERT TO bee_coach WITH CHECK ((rater_id = ( SELECT public.bee_staff_id() AS bee_staff_id)));

ALTER TABLE public.member_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.member_requests ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.member_sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.members ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.momentum_notifications ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_breakers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_campaign_acts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_campaign_people ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_campaign_tests ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_campaign_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_campaigns ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_deliveries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_outcomes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_preferences ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_receipts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_rule_activations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_rule_approvals ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_rule_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_stops ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.objective_hours ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.objective_minutes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.oncall_shifts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY own ON public.coach_conversations FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own ON public.coach_feedback TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid))) WITH CHECK ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own ON public.coach_memory FOR SELECT TO authenticated USING (((user_id = ( SELECT auth.uid() AS uid)) AND (status = 'accepted'::text)));

CREATE POLICY own ON public.coach_memory_embeddings FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own ON public.coach_messages FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own ON public.coach_model_calls FOR SELECT TO bee_coach USING ((staff_id = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY own ON public.consents FOR SELECT TO authenticated USING ((member_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own ON public.daily_engagement_scores FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own ON public.engagement_events FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own ON public.members FOR SELECT TO authenticated USING ((id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own ON public.notification_preferences FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own ON public.notification_receipts FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own ON public.personal_data FOR SELECT TO authenticated USING ((member_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own ON public.score_dues FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own ON public.user_fcm_tokens TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid))) WITH CHECK ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_act ON public.alert_acts FOR INSERT TO bee_oncall, bee_admin WITH CHECK ((done_by = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY own_act ON public.audit_log FOR INSERT TO bee_product, bee_coach, bee_oncall, bee_admin WITH CHECK (((actor_kind = 'staff'::text) AND (actor_id = ( SELECT public.bee_staff_id() AS bee_staff_id))));

CREATE POLICY own_choice ON public.notification_preferences FOR INSERT TO authenticated WITH CHECK ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_decision ON public.consents FOR INSERT TO authenticated WITH CHECK (((member_id = ( SELECT auth.uid() AS uid)) AND (source = 'member'::text)));

CREATE POLICY own_new ON public.engagement_events FOR INSERT TO authenticated WITH CHECK (((user_id = ( SELECT auth.uid() AS uid)) AND (source = 'app'::text)));

CREATE POLICY own_new ON public.notification_receipts FOR INSERT TO authenticated WITH CHECK (((user_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM public.momentum_notifications sent
  WHERE ((sent.id = notification_receipts.notification_id) AND (sent.user_id = notification_receipts.user_id))))));

CREATE POLICY own_segment ON public.engagement_days FOR SELECT TO bee_coach USING ((segment = ('coach:'::text || (( SELECT public.bee_staff_id() AS bee_staff_id))::text)));

CREATE POLICY own_segment ON public.engagement_recoveries FOR SELECT TO bee_coach USING ((segment = ('coach:'::text || (( SELECT public.bee_staff_id() AS bee_staff_id))::text)));

CREATE POLICY own_sent ON public.momentum_notifications FOR SELECT TO authenticated USING (((user_id = ( SELECT auth.uid() AS uid)) AND (sent_at IS NOT NULL)));

ALTER TABLE public.personal_data ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.probe_pushes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.probe_ticks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.probers ENABLE ROW LEVEL SECURITY;

CREATE POLICY pseudonyms ON public.engagement_events FOR SELECT TO bee_product USING (true);

CREATE POLICY pseudonyms ON public.members FOR SELECT TO bee_product, bee_oncall USING (true);

CREATE POLICY pseudonyms ON public.notification_preferences FOR SELECT TO bee_product USING (true);

CREATE POLICY rate ON public.coach_ratings FOR INSERT TO bee_coach WITH CHECK ((rater_id = ( SELECT public.bee_staff_id() AS bee_staff_id)));

CREATE POLICY readers ON public.coach_cases FOR SELECT TO bee_coach, bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_gate_verdicts FOR SELECT TO bee_coach, bee_admin, bee_system USING (true);

CREATE POLICY readers ON public.coach_judgements FOR SELECT TO bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_judges FOR SELECT TO bee_coach, bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_named_models FOR SELECT TO bee_coach, bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_prompt_decisions FOR SELECT TO bee_coach, bee_admin USING (true);

CREATE POLICY readers ON public.coach_prompt_deployments FOR SELECT TO bee_coach, bee_admin, bee_system USING (true);

CREATE POLICY readers ON public.coach_prompt_places FOR SELECT TO bee_coach, bee_admin, bee_system USING (true);

CREATE POLICY readers ON public.coach_prompt_promotions FOR SELECT TO bee_coach, bee_admin USING (true);

CREATE POLICY readers ON public.coach_prompt_versions FOR SELECT TO bee_coach, bee_admin, bee_system USING (true);

CREATE POLICY readers ON public.coach_ratings FOR SELECT TO bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_replay_answers FOR SELECT TO bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_replay_ends FOR SELECT TO bee_coach, bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_replay_messages FOR SELECT TO bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_replays FOR SELECT TO bee_coach, bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_review_ends FOR SELECT TO bee_coach, bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_review_pairs FOR SELECT TO bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_review_raters FOR SELECT TO bee_coach, bee_admin USING (true);

CREATE POLICY readers ON public.coach_reviews FOR SELECT TO bee_coach, bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_run_cases FOR SELECT TO bee_coach, bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_run_ends FOR SELECT TO bee_coach, bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_run_outputs FOR SELECT TO bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.coach_runs FOR SELECT TO bee_coach, bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.probe_pushes FOR SELECT TO bee_oncall, bee_admin, bee_system, bee_worker USING (true);

CREATE POLICY readers ON public.service_amendments FOR SELECT TO bee_oncall, bee_admin, bee_worker USING (true);

CREATE POLICY readers ON public.service_maintenance_changes FOR SELECT TO bee_oncall, bee_admin, bee_system, bee_worker USING (true);

CREATE POLICY readers ON public.status_incidents FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY readers ON public.status_notes FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY readers_who_do_not_rate ON public.coach_run_outputs FOR SELECT TO bee_coach USING ((run_id <> ALL (ARRAY( SELECT hidden.run_id
   FROM public.bee_hidden_runs() hidden(run_id, review)))));

CREATE POLICY removed_by_name ON public.oncall_shifts FOR UPDATE TO bee_oncall, bee_admin USING (true) WITH CHECK (((removed_by IS NULL) OR (removed_by = ( SELECT public.bee_staff_id() AS bee_staff_id))));

ALTER TABLE public.request_refusals ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.safety_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.score_definition_activations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.score_definitions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.score_dues ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.score_frontiers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.score_restatements ENABLE ROW LEVEL SECURITY;

CREATE POLICY seal ON public.audit_seals FOR INSERT TO bee_worker WITH CHECK (true);

CREATE POLICY second_person ON public.notification_rule_approvals FOR INSERT TO bee_admin WITH CHECK (((approved_by = ( SELECT public.bee_staff_id() AS bee_staff_id)) AND (EXISTS ( SELECT
   FROM public.notification_rule_versions version
  WHERE ((version.rule = notification_rule_approvals.rule) AND (version.version = notification_rule_approvals.version) AND (version.author_id IS DISTINCT FROM notification_rule_approvals.approved_by))))));

CREATE POLICY service ON public.coach_conversations FOR SELECT TO service_role USING (true);

CREATE POLICY service ON public.coach_memory TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service ON public.coach_messages FOR SELECT TO service_role USING (true);

CREATE POLICY service ON public.consents TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service ON public.daily_engagement_scores FOR SELECT TO service_role USING (true);

CREATE POLICY service ON public.engagement_events FOR SELECT TO service_role USING (true);

CREATE POLICY service ON public.members TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service ON public.momentum_notifications FOR SELECT TO service_role USING (true);

CREATE POLICY service ON public.notification_receipts FOR SELECT TO service_role USING (true);

CREATE POLICY service ON public.personal_data TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service ON public.score_definitions FOR SELECT TO service_role USING (true);

CREATE POLICY service ON public.user_fcm_tokens TO service_role USING (true) WITH CHECK (true);

ALTER TABLE public.service_amendments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.service_gaps ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.service_maintenance_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.service_minutes ENABLE ROW LEVEL SECURITY;

CREATE POLICY service_new ON public.engagement_events FOR INSERT TO service_role WITH CHECK (true);

CREATE POLICY service_new ON public.momentum_notifications FOR INSERT TO service_role WITH CHECK (true);

ALTER TABLE public.service_recorders ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.service_totals ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sign_in_attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY staff ON public.alert_acts FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.alert_messages FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.alert_passes FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.alert_rule_versions FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.alert_signals FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.alerts FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.annotations FOR SELECT TO bee_product, bee_coach, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.bad_requests FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.coach_breakers FOR SELECT TO bee_product, bee_coach, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.coach_model_calls FOR SELECT TO bee_product, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.daily_engagement_scores FOR SELECT TO bee_product, bee_admin USING (true);

CREATE POLICY staff ON public.engagement_days FOR SELECT TO bee_product, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.engagement_recoveries FOR SELECT TO bee_product, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.jobs FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.momentum_notifications FOR SELECT TO bee_product, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.notification_attempts FOR SELECT TO bee_product, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.notification_breakers FOR SELECT TO bee_product, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.notification_campaign_tests FOR SELECT TO bee_product, bee_admin USING (true);

CREATE POLICY staff ON public.notification_deliveries FOR SELECT TO bee_product, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.notification_outcomes FOR SELECT TO bee_product, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.notification_receipts FOR SELECT TO bee_product, bee_oncall, bee_admin, bee_worker USING (true);

CREATE POLICY staff ON public.objective_hours FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.objective_minutes FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.oncall_shifts FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.outbox FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.probe_ticks FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.probers FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.request_refusals FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.score_definition_activations FOR SELECT TO bee_product, bee_coach, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.score_definitions FOR SELECT TO bee_product, bee_coach, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.score_dues FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.score_frontiers FOR SELECT TO bee_product, bee_coach, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.score_restatements FOR SELECT TO bee_product, bee_admin USING (true);

CREATE POLICY staff ON public.service_gaps FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.service_minutes FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.service_recorders FOR SELECT TO bee_oncall, bee_admin USING (true);

ALTER TABLE public.staff ENABLE ROW LEVEL SECURITY;

CREATE POLICY staff ON public.stale_days FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.unlisted_requests FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.uptime_minutes FOR SELECT TO bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.user_fcm_tokens FOR SELECT TO bee_product, bee_oncall, bee_admin USING (true);

CREATE POLICY staff ON public.worker_beats FOR SELECT TO bee_oncall, bee_admin USING (true);

ALTER TABLE public.staff_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stale_days ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stale_hours ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stale_minutes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.status_incidents ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.status_notes ENABLE ROW LEVEL SECURITY;

CREATE POLICY stops_by_name ON public.notification_stops FOR INSERT TO bee_oncall WITH CHECK ((is_stopped AND (changed_by = ( SELECT public.bee_staff_id() AS bee_staff_id))));

CREATE POLICY system ON public.bad_requests FOR INSERT TO bee_system WITH CHECK (true);

CREATE POLICY system ON public.coach_breakers TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.coach_conversations TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.coach_memory FOR SELECT TO bee_system USING (true);

CREATE POLICY system ON public.coach_messages TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.coach_model_calls TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.coach_moments TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.daily_engagement_scores TO bee_system, bee_worker USING (true) WITH CHECK (true);

CREATE POLICY system ON public.engagement_days TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY system ON public.engagement_events FOR SELECT TO bee_system, bee_worker USING (true);

CREATE POLICY system ON public.engagement_recoveries TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY system ON public.jobs TO bee_system, bee_worker USING (true) WITH CHECK (true);

CREATE POLICY system ON public.member_accounts TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.member_requests TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.member_sessions TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.members FOR SELECT TO bee_system, bee_worker USING (true);

CREATE POLICY system ON public.objective_minutes FOR SELECT TO bee_system USING (true);

CREATE POLICY system ON public.outbox TO bee_system, bee_worker USING (true) WITH CHECK (true);

CREATE POLICY system ON public.personal_data TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.probe_ticks TO bee_system, bee_worker USING (true) WITH CHECK (true);

CREATE POLICY system ON public.probers TO bee_system, bee_worker USING (true) WITH CHECK (true);

CREATE POLICY system ON public.request_refusals TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.safety_events TO bee_system USING (true) WITH CHECK ((status = 'open'::text));

CREATE POLICY system ON public.score_definition_activations FOR SELECT TO bee_system, bee_worker USING (true);

CREATE POLICY system ON public.score_definitions FOR SELECT TO bee_system, bee_worker USING (true);

CREATE POLICY system ON public.score_dues TO bee_system, bee_worker USING (true) WITH CHECK (true);

CREATE POLICY system ON public.score_frontiers TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY system ON public.score_restatements TO bee_system, bee_worker USING (true) WITH CHECK (true);

CREATE POLICY system ON public.service_amendments FOR SELECT TO bee_system USING (true);

CREATE POLICY system ON public.service_gaps TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.service_minutes TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.service_recorders TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.service_totals TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.sign_in_attempts TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.signing_keys TO bee_system, bee_worker USING (true) WITH CHECK (true);

CREATE POLICY system ON public.stale_days TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY system ON public.stale_minutes TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.unlisted_requests TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system ON public.uptime_minutes FOR SELECT TO bee_system USING (true);

CREATE POLICY system_act ON public.audit_log FOR INSERT TO bee_system, bee_worker WITH CHECK ((actor_kind = ANY (ARRAY['system'::text, 'member'::text])));

CREATE POLICY system_change ON public.members FOR UPDATE TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system_forgets ON public.coach_memory FOR DELETE TO bee_system USING (true);

CREATE POLICY system_mark ON public.stale_days TO bee_system USING (true) WITH CHECK (true);

CREATE POLICY system_new ON public.members FOR INSERT TO bee_system WITH CHECK (true);

CREATE POLICY system_read ON public.score_frontiers FOR SELECT TO bee_system USING (true);

CREATE POLICY takes ON public.probe_pushes FOR UPDATE TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY trail ON public.audit_log FOR SELECT TO bee_oncall, bee_admin, bee_worker USING (true);

CREATE POLICY trail ON public.audit_seals FOR SELECT TO bee_oncall, bee_admin, bee_worker USING (true);

ALTER TABLE public.unlisted_requests ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.uptime_minutes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.user_fcm_tokens ENABLE ROW LEVEL SECURITY;

CREATE POLICY withdrawers ON public.service_amendments FOR UPDATE TO bee_oncall, bee_admin USING (true) WITH CHECK (((withdrawn_by IS NULL) OR (withdrawn_by = public.bee_staff_id())));

CREATE POLICY withdrawers ON public.service_maintenance_changes FOR UPDATE TO bee_oncall, bee_admin USING (true) WITH CHECK (((withdrawn_by IS NULL) OR (withdrawn_by = public.bee_staff_id())));

CREATE POLICY work ON public.coach_judgements FOR INSERT TO bee_worker WITH CHECK (true);

CREATE POLICY work ON public.coach_replay_answers FOR INSERT TO bee_worker WITH CHECK (true);

CREATE POLICY work ON public.coach_run_outputs FOR INSERT TO bee_worker WITH CHECK (true);

CREATE POLICY worker ON public.alert_acts FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.alert_messages TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.alert_passes TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.alert_rule_versions FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.alert_signals TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.alerts TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.bad_requests TO bee_worker USING (true);

CREATE POLICY worker ON public.coach_breakers FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.coach_gate_verdicts FOR INSERT TO bee_worker WITH CHECK (true);

CREATE POLICY worker ON public.coach_interventions FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.coach_memory FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.coach_memory_embeddings TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.coach_memory_readings TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.coach_messages FOR SELECT TO bee_worker USING (((role = 'member'::text) AND (NOT crisis)));

CREATE POLICY worker ON public.coach_model_calls TO bee_worker USING (true) WITH CHECK ((purpose <> 'production'::text));

CREATE POLICY worker ON public.coach_moments TO bee_worker USING (true) WITH CHECK (false);

CREATE POLICY worker ON public.coach_named_models FOR INSERT TO bee_worker WITH CHECK (true);

CREATE POLICY worker ON public.coach_prompt_deployments FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.coach_prompt_places FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.coach_prompt_versions FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.consents FOR SELECT TO bee_worker USING ((purpose = 'coaching'::text));

CREATE POLICY worker ON public.member_requests TO bee_worker USING (true);

CREATE POLICY worker ON public.member_sessions TO bee_worker USING (true);

CREATE POLICY worker ON public.momentum_notifications FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.notification_attempts TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.notification_breakers TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.notification_campaign_tests FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.notification_deliveries TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.notification_outcomes TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.notification_preferences FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.objective_hours TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.objective_minutes TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.oncall_shifts FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.personal_data FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.request_refusals TO bee_worker USING (true);

CREATE POLICY worker ON public.service_gaps TO bee_worker USING (true);

CREATE POLICY worker ON public.service_minutes TO bee_worker USING (true);

CREATE POLICY worker ON public.service_recorders TO bee_worker USING (true);

CREATE POLICY worker ON public.sign_in_attempts TO bee_worker USING (true);

CREATE POLICY worker ON public.staff FOR SELECT TO bee_worker USING (true);

CREATE POLICY worker ON public.staff_links TO bee_worker USING (true);

CREATE POLICY worker ON public.staff_sessions TO bee_worker USING (true);

CREATE POLICY worker ON public.stale_hours TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.stale_minutes TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.unlisted_requests TO bee_worker USING (true);

CREATE POLICY worker ON public.uptime_minutes TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.user_fcm_tokens TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker ON public.worker_beats TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker_acts ON public.alert_acts FOR INSERT TO bee_worker WITH CHECK ((done_by IS NULL));

CREATE POLICY worker_asks ON public.coach_interventions FOR INSERT TO bee_worker WITH CHECK (true);

ALTER TABLE public.worker_beats ENABLE ROW LEVEL SECURITY;

CREATE POLICY worker_decides ON public.momentum_notifications FOR INSERT TO bee_worker WITH CHECK (true);

CREATE POLICY worker_decides ON public.notification_campaign_people FOR UPDATE TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker_finishes ON public.notification_campaign_acts FOR INSERT TO bee_worker WITH CHECK ((kind = 'finished'::text));

CREATE POLICY worker_posts ON public.notification_campaign_tests FOR UPDATE TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY worker_proposes ON public.coach_memory FOR INSERT TO bee_worker WITH CHECK (((status = 'proposed'::text) AND (source = 'conversation'::text)));

CREATE POLICY worker_sends ON public.momentum_notifications FOR UPDATE TO bee_worker USING (true) WITH CHECK (true);

CREATE POLICY writers ON public.coach_cases FOR INSERT TO bee_coach, bee_admin WITH CHECK (((author_id = ( SELECT public.bee_staff_id() AS bee_staff_id)) AND COALESCE((confirmed_by = ( SELECT public.bee_staff_id() AS bee_staff_id)), true) AND ((version > 1) OR (source <> 'program'::text)) AND ((version > 1) OR (taken_from IS NULL) OR (EXISTS ( SELECT
   FROM public.members
  WHERE (members.id = coach_cases.taken_from))))));

GRANT ALL ON SCHEMA public TO bee_migrator WITH GRANT OPTION;
GRANT USAGE ON SCHEMA public TO anon;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA public TO authenticated;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA public TO service_role;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA public TO bee_product;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA public TO bee_coach;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA public TO bee_oncall;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA public TO bee_admin;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA public TO bee_gate;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA public TO bee_api;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA public TO bee_system;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA public TO bee_dashboard;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA public TO bee_worker;
RESET SESSION AUTHORIZATION;

REVOKE ALL ON FUNCTION public.bee_add_sketches(one integer[], other integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_add_sketches(one integer[], other integer[]) TO bee_system;

REVOKE ALL ON FUNCTION public.bee_amended(since timestamp with time zone, until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_amended(since timestamp with time zone, until timestamp with time zone) TO bee_oncall;
GRANT ALL ON FUNCTION public.bee_amended(since timestamp with time zone, until timestamp with time zone) TO bee_admin;
GRANT ALL ON FUNCTION public.bee_amended(since timestamp with time zone, until timestamp with time zone) TO bee_worker;
GRANT ALL ON FUNCTION public.bee_amended(since timestamp with time zone, until timestamp with time zone) TO bee_system;

REVOKE ALL ON FUNCTION public.bee_announce_notification() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_answering_model(version uuid, place_of text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_apply_alert_act() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_campaign_audience(wanted jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_campaign_audience(wanted jsonb) TO bee_product;
GRANT ALL ON FUNCTION public.bee_campaign_audience(wanted jsonb) TO bee_admin;

REVOKE ALL ON FUNCTION public.bee_candidate_is_left(seed integer, pair_id uuid, rater_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_check_campaign_act() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_check_deployment() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_check_maintenance_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_check_prompt_decision() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_check_rating() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_complete_through(segment text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_complete_through(segment text) TO bee_product;
GRANT ALL ON FUNCTION public.bee_complete_through(segment text) TO bee_coach;
GRANT ALL ON FUNCTION public.bee_complete_through(segment text) TO bee_admin;
GRANT ALL ON FUNCTION public.bee_complete_through(segment text) TO bee_worker;
GRANT ALL ON FUNCTION public.bee_complete_through(segment text) TO bee_system;

REVOKE ALL ON FUNCTION public.bee_database_activity() FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_database_activity() TO bee_oncall;
GRANT ALL ON FUNCTION public.bee_database_activity() TO bee_admin;

REVOKE ALL ON FUNCTION public.bee_decide_memory_once() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_do_task_once() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_end_deployment_once() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_fill_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_fix_run_cases() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_follow_case() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_follow_deployment() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_forget_acts(sealed_before timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_forget_embedding() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_forget_notifications(decided_before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_forget_notifications(decided_before timestamp with time zone) TO bee_worker;

REVOKE ALL ON FUNCTION public.bee_gate_fault(wanted uuid, version uuid, wanted_place integer, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_hidden_runs() FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_hidden_runs() TO bee_coach;
GRANT ALL ON FUNCTION public.bee_hidden_runs() TO bee_admin;

REVOKE ALL ON FUNCTION public.bee_in_segment(segment text, is_demo boolean, time_zone text, coach_id uuid, attributes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_in_segment(segment text, is_demo boolean, time_zone text, coach_id uuid, attributes jsonb) TO bee_product;
GRANT ALL ON FUNCTION public.bee_in_segment(segment text, is_demo boolean, time_zone text, coach_id uuid, attributes jsonb) TO bee_coach;
GRANT ALL ON FUNCTION public.bee_in_segment(segment text, is_demo boolean, time_zone text, coach_id uuid, attributes jsonb) TO bee_admin;
GRANT ALL ON FUNCTION public.bee_in_segment(segment text, is_demo boolean, time_zone text, coach_id uuid, attributes jsonb) TO bee_worker;
GRANT ALL ON FUNCTION public.bee_in_segment(segment text, is_demo boolean, time_zone text, coach_id uuid, attributes jsonb) TO bee_system;

REVOKE ALL ON FUNCTION public.bee_is_time_zone(zone text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_is_time_zone(zone text) TO service_role;
GRANT ALL ON FUNCTION public.bee_is_time_zone(zone text) TO bee_admin;
GRANT ALL ON FUNCTION public.bee_is_time_zone(zone text) TO bee_system;

REVOKE ALL ON FUNCTION public.bee_judged(minutes timestamp with time zone[], asked jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_judged(minutes timestamp with time zone[], asked jsonb) TO bee_worker;

REVOKE ALL ON FUNCTION public.bee_live_prompts(here text, assumed text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_live_prompts(here text, assumed text) TO bee_coach;
GRANT ALL ON FUNCTION public.bee_live_prompts(here text, assumed text) TO bee_oncall;
GRANT ALL ON FUNCTION public.bee_live_prompts(here text, assumed text) TO bee_admin;

REVOKE ALL ON FUNCTION public.bee_mark_changed_member_due() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_mark_events_due() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_mark_probed_minutes() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_mark_segments_stale() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_members_in(segment text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_members_in(segment text) TO bee_product;
GRANT ALL ON FUNCTION public.bee_members_in(segment text) TO bee_coach;
GRANT ALL ON FUNCTION public.bee_members_in(segment text) TO bee_oncall;
GRANT ALL ON FUNCTION public.bee_members_in(segment text) TO bee_admin;

REVOKE ALL ON FUNCTION public.bee_mirror_consent() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_names_in_campaign(asked bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_names_in_campaign(asked bigint) TO bee_product;
GRANT ALL ON FUNCTION public.bee_names_in_campaign(asked bigint) TO bee_admin;

REVOKE ALL ON FUNCTION public.bee_names_in_status_note(asked bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_names_in_status_note(asked bigint) TO bee_oncall;
GRANT ALL ON FUNCTION public.bee_names_in_status_note(asked bigint) TO bee_admin;

REVOKE ALL ON FUNCTION public.bee_near_memories(member_id uuid, provider_name text, model_name text, asked real[], at timestamp with time zone, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_near_memories(member_id uuid, provider_name text, model_name text, asked real[], at timestamp with time zone, most integer) TO authenticated;
GRANT ALL ON FUNCTION public.bee_near_memories(member_id uuid, provider_name text, model_name text, asked real[], at timestamp with time zone, most integer) TO bee_coach;
GRANT ALL ON FUNCTION public.bee_near_memories(member_id uuid, provider_name text, model_name text, asked real[], at timestamp with time zone, most integer) TO bee_admin;

REVOKE ALL ON FUNCTION public.bee_next_pair(review uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_next_pair(review uuid) TO bee_coach;

REVOKE ALL ON FUNCTION public.bee_notification_state(decision text, sent_at timestamp with time zone, outcome text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_notification_state(decision text, sent_at timestamp with time zone, outcome text) TO bee_product;
GRANT ALL ON FUNCTION public.bee_notification_state(decision text, sent_at timestamp with time zone, outcome text) TO bee_coach;
GRANT ALL ON FUNCTION public.bee_notification_state(decision text, sent_at timestamp with time zone, outcome text) TO bee_oncall;
GRANT ALL ON FUNCTION public.bee_notification_state(decision text, sent_at timestamp with time zone, outcome text) TO bee_admin;

REVOKE ALL ON FUNCTION public.bee_objective_counts(since timestamp with time zone, until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_objective_counts(since timestamp with time zone, until timestamp with time zone) TO bee_oncall;
GRANT ALL ON FUNCTION public.bee_objective_counts(since timestamp with time zone, until timestamp with time zone) TO bee_admin;
GRANT ALL ON FUNCTION public.bee_objective_counts(since timestamp with time zone, until timestamp with time zone) TO bee_worker;
GRANT ALL ON FUNCTION public.bee_objective_counts(since timestamp with time zone, until timestamp with time zone) TO bee_system;

REVOKE ALL ON FUNCTION public.bee_oncall_address(person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_oncall_address(person uuid) TO bee_worker;

REVOKE ALL ON FUNCTION public.bee_pair_answers() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_record_preferences() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_record_token() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_recount_verdict() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_refuse_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_refuse_forgetting() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_refuse_own_judge() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_register_token() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_remove_shift_once() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_review_progress(review uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_review_progress(review uuid) TO bee_coach;
GRANT ALL ON FUNCTION public.bee_review_progress(review uuid) TO bee_admin;

REVOKE ALL ON FUNCTION public.bee_run_progress(run uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_run_progress(run uuid) TO bee_coach;
GRANT ALL ON FUNCTION public.bee_run_progress(run uuid) TO bee_admin;

REVOKE ALL ON FUNCTION public.bee_save_campaign(known bigint, wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_save_campaign(known bigint, wanted text) TO bee_product;
GRANT ALL ON FUNCTION public.bee_save_campaign(known bigint, wanted text) TO bee_admin;

REVOKE ALL ON FUNCTION public.bee_seat_rating() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_see_to_safety_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_send_once() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.bee_staff_id() FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_staff_id() TO bee_product;
GRANT ALL ON FUNCTION public.bee_staff_id() TO bee_coach;
GRANT ALL ON FUNCTION public.bee_staff_id() TO bee_oncall;
GRANT ALL ON FUNCTION public.bee_staff_id() TO bee_admin;
GRANT ALL ON FUNCTION public.bee_staff_id() TO bee_gate;
GRANT ALL ON FUNCTION public.bee_staff_id() TO bee_worker;
GRANT ALL ON FUNCTION public.bee_staff_id() TO bee_system;
GRANT ALL ON FUNCTION public.bee_staff_id() TO service_role;

REVOKE ALL ON FUNCTION public.bee_uptime_states(since timestamp with time zone, until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bee_uptime_states(since timestamp with time zone, until timestamp with time zone) TO bee_oncall;
GRANT ALL ON FUNCTION public.bee_uptime_states(since timestamp with time zone, until timestamp with time zone) TO bee_admin;
GRANT ALL ON FUNCTION public.bee_uptime_states(since timestamp with time zone, until timestamp with time zone) TO bee_worker;
GRANT ALL ON FUNCTION public.bee_uptime_states(since timestamp with time zone, until timestamp with time zone) TO bee_system;

REVOKE ALL ON FUNCTION public.bee_wake_realtime() FROM PUBLIC;

GRANT SELECT ON TABLE public.alert_acts TO bee_worker;
GRANT SELECT ON TABLE public.alert_acts TO bee_oncall;
GRANT SELECT ON TABLE public.alert_acts TO bee_admin;

GRANT INSERT(alert) ON TABLE public.alert_acts TO bee_worker;
GRANT INSERT(alert) ON TABLE public.alert_acts TO bee_oncall;
GRANT INSERT(alert) ON TABLE public.alert_acts TO bee_admin;

GRANT INSERT(kind) ON TABLE public.alert_acts TO bee_worker;
GRANT INSERT(kind) ON TABLE public.alert_acts TO bee_oncall;
GRANT INSERT(kind) ON TABLE public.alert_acts TO bee_admin;

GRANT INSERT(done_by) ON TABLE public.alert_acts TO bee_oncall;
GRANT INSERT(done_by) ON TABLE public.alert_acts TO bee_admin;

GRANT INSERT(done_at) ON TABLE public.alert_acts TO bee_worker;

GRANT INSERT(seen) ON TABLE public.alert_acts TO bee_oncall;
GRANT INSERT(seen) ON TABLE public.alert_acts TO bee_admin;

GRANT INSERT(until) ON TABLE public.alert_acts TO bee_oncall;
GRANT INSERT(until) ON TABLE public.alert_acts TO bee_admin;

GRANT INSERT(is_actionable) ON TABLE public.alert_acts TO bee_oncall;
GRANT INSERT(is_actionable) ON TABLE public.alert_acts TO bee_admin;

GRANT INSERT(note) ON TABLE public.alert_acts TO bee_worker;
GRANT INSERT(note) ON TABLE public.alert_acts TO bee_oncall;
GRANT INSERT(note) ON TABLE public.alert_acts TO bee_admin;

GRANT SELECT ON TABLE public.alert_messages TO bee_worker;
GRANT SELECT ON TABLE public.alert_messages TO bee_oncall;
GRANT SELECT ON TABLE public.alert_messages TO bee_admin;

GRANT INSERT(alert) ON TABLE public.alert_messages TO bee_worker;

GRANT INSERT(round) ON TABLE public.alert_messages TO bee_worker;

GRANT INSERT(step) ON TABLE public.alert_messages TO bee_worker;

GRANT INSERT(channel) ON TABLE public.alert_messages TO bee_worker;

GRANT INSERT(receiver) ON TABLE public.alert_messages TO bee_worker;

GRANT INSERT(queued_at) ON TABLE public.alert_messages TO bee_worker;

GRANT UPDATE(given_up_at) ON TABLE public.alert_messages TO bee_worker;

GRANT SELECT,INSERT,DELETE ON TABLE public.alert_passes TO bee_worker;
GRANT SELECT ON TABLE public.alert_passes TO bee_oncall;
GRANT SELECT ON TABLE public.alert_passes TO bee_admin;

GRANT SELECT ON TABLE public.alert_rule_versions TO bee_worker;
GRANT SELECT ON TABLE public.alert_rule_versions TO bee_oncall;
GRANT SELECT ON TABLE public.alert_rule_versions TO bee_admin;

GRANT INSERT(rule) ON TABLE public.alert_rule_versions TO bee_oncall;
GRANT INSERT(rule) ON TABLE public.alert_rule_versions TO bee_admin;

GRANT INSERT(version) ON TABLE public.alert_rule_versions TO bee_oncall;
GRANT INSERT(version) ON TABLE public.alert_rule_versions TO bee_admin;

GRANT INSERT(is_on) ON TABLE public.alert_rule_versions TO bee_oncall;
GRANT INSERT(is_on) ON TABLE public.alert_rule_versions TO bee_admin;

GRANT INSERT(body) ON TABLE public.alert_rule_versions TO bee_oncall;
GRANT INSERT(body) ON TABLE public.alert_rule_versions TO bee_admin;

GRANT INSERT(digest) ON TABLE public.alert_rule_versions TO bee_oncall;
GRANT INSERT(digest) ON TABLE public.alert_rule_versions TO bee_admin;

GRANT INSERT(tested) ON TABLE public.alert_rule_versions TO bee_oncall;
GRANT INSERT(tested) ON TABLE public.alert_rule_versions TO bee_admin;

GRANT INSERT(author_id) ON TABLE public.alert_rule_versions TO bee_oncall;
GRANT INSERT(author_id) ON TABLE public.alert_rule_versions TO bee_admin;

GRANT INSERT(message) ON TABLE public.alert_rule_versions TO bee_oncall;
GRANT INSERT(message) ON TABLE public.alert_rule_versions TO bee_admin;

GRANT SELECT,INSERT,DELETE ON TABLE public.alert_signals TO bee_worker;
GRANT SELECT ON TABLE public.alert_signals TO bee_oncall;
GRANT SELECT ON TABLE public.alert_signals TO bee_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO bee_worker;
GRANT SELECT ON TABLE public.alerts TO bee_oncall;
GRANT SELECT ON TABLE public.alerts TO bee_admin;

GRANT SELECT ON TABLE public.annotations TO bee_product;
GRANT SELECT ON TABLE public.annotations TO bee_coach;
GRANT SELECT ON TABLE public.annotations TO bee_oncall;
GRANT SELECT ON TABLE public.annotations TO bee_admin;

GRANT INSERT(on_date) ON TABLE public.annotations TO bee_product;
GRANT INSERT(on_date) ON TABLE public.annotations TO bee_admin;

GRANT INSERT(title) ON TABLE public.annotations TO bee_product;
GRANT INSERT(title) ON TABLE public.annotations TO bee_admin;

GRANT INSERT(body) ON TABLE public.annotations TO bee_product;
GRANT INSERT(body) ON TABLE public.annotations TO bee_admin;

GRANT INSERT(kind) ON TABLE public.annotations TO bee_product;
GRANT INSERT(kind) ON TABLE public.annotations TO bee_admin;

GRANT INSERT(author_id) ON TABLE public.annotations TO bee_product;
GRANT INSERT(author_id) ON TABLE public.annotations TO bee_admin;

GRANT SELECT ON TABLE public.audit_log TO bee_admin;
GRANT SELECT ON TABLE public.audit_log TO bee_oncall;
GRANT SELECT ON TABLE public.audit_log TO bee_worker;

GRANT INSERT(actor_kind) ON TABLE public.audit_log TO bee_gate;
GRANT INSERT(actor_kind) ON TABLE public.audit_log TO bee_product;
GRANT INSERT(actor_kind) ON TABLE public.audit_log TO bee_coach;
GRANT INSERT(actor_kind) ON TABLE public.audit_log TO bee_oncall;
GRANT INSERT(actor_kind) ON TABLE public.audit_log TO bee_admin;
GRANT INSERT(actor_kind) ON TABLE public.audit_log TO bee_worker;
GRANT INSERT(actor_kind) ON TABLE public.audit_log TO bee_system;

GRANT INSERT(actor_id) ON TABLE public.audit_log TO bee_gate;
GRANT INSERT(actor_id) ON TABLE public.audit_log TO bee_product;
GRANT INSERT(actor_id) ON TABLE public.audit_log TO bee_coach;
GRANT INSERT(actor_id) ON TABLE public.audit_log TO bee_oncall;
GRANT INSERT(actor_id) ON TABLE public.audit_log TO bee_admin;
GRANT INSERT(actor_id) ON TABLE public.audit_log TO bee_worker;
GRANT INSERT(actor_id) ON TABLE public.audit_log TO bee_system;

GRANT INSERT(action) ON TABLE public.audit_log TO bee_gate;
GRANT INSERT(action) ON TABLE public.audit_log TO bee_product;
GRANT INSERT(action) ON TABLE public.audit_log TO bee_coach;
GRANT INSERT(action) ON TABLE public.audit_log TO bee_oncall;
GRANT INSERT(action) ON TABLE public.audit_log TO bee_admin;
GRANT INSERT(action) ON TABLE public.audit_log TO bee_worker;
GRANT INSERT(action) ON TABLE public.audit_log TO bee_system;

GRANT INSERT(subject_kind) ON TABLE public.audit_log TO bee_gate;
GRANT INSERT(subject_kind) ON TABLE public.audit_log TO bee_product;
GRANT INSERT(subject_kind) ON TABLE public.audit_log TO bee_coach;
GRANT INSERT(subject_kind) ON TABLE public.audit_log TO bee_oncall;
GRANT INSERT(subject_kind) ON TABLE public.audit_log TO bee_admin;
GRANT INSERT(subject_kind) ON TABLE public.audit_log TO bee_worker;
GRANT INSERT(subject_kind) ON TABLE public.audit_log TO bee_system;

GRANT INSERT(subject_id) ON TABLE public.audit_log TO bee_gate;
GRANT INSERT(subject_id) ON TABLE public.audit_log TO bee_product;
GRANT INSERT(subject_id) ON TABLE public.audit_log TO bee_coach;
GRANT INSERT(subject_id) ON TABLE public.audit_log TO bee_oncall;
GRANT INSERT(subject_id) ON TABLE public.audit_log TO bee_admin;
GRANT INSERT(subject_id) ON TABLE public.audit_log TO bee_worker;
GRANT INSERT(subject_id) ON TABLE public.audit_log TO bee_system;

GRANT INSERT(before) ON TABLE public.audit_log TO bee_gate;
GRANT INSERT(before) ON TABLE public.audit_log TO bee_product;
GRANT INSERT(before) ON TABLE public.audit_log TO bee_coach;
GRANT INSERT(before) ON TABLE public.audit_log TO bee_oncall;
GRANT INSERT(before) ON TABLE public.audit_log TO bee_admin;
GRANT INSERT(before) ON TABLE public.audit_log TO bee_worker;
GRANT INSERT(before) ON TABLE public.audit_log TO bee_system;

GRANT INSERT(after) ON TABLE public.audit_log TO bee_gate;
GRANT INSERT(after) ON TABLE public.audit_log TO bee_product;
GRANT INSERT(after) ON TABLE public.audit_log TO bee_coach;
GRANT INSERT(after) ON TABLE public.audit_log TO bee_oncall;
GRANT INSERT(after) ON TABLE public.audit_log TO bee_admin;
GRANT INSERT(after) ON TABLE public.audit_log TO bee_worker;
GRANT INSERT(after) ON TABLE public.audit_log TO bee_system;

GRANT INSERT(reason) ON TABLE public.audit_log TO bee_gate;
GRANT INSERT(reason) ON TABLE public.audit_log TO bee_product;
GRANT INSERT(reason) ON TABLE public.audit_log TO bee_coach;
GRANT INSERT(reason) ON TABLE public.audit_log TO bee_oncall;
GRANT INSERT(reason) ON TABLE public.audit_log TO bee_admin;
GRANT INSERT(reason) ON TABLE public.audit_log TO bee_worker;
GRANT INSERT(reason) ON TABLE public.audit_log TO bee_system;

GRANT SELECT ON TABLE public.audit_seals TO bee_admin;
GRANT SELECT ON TABLE public.audit_seals TO bee_oncall;
GRANT SELECT ON TABLE public.audit_seals TO bee_worker;

GRANT INSERT(through_transaction) ON TABLE public.audit_seals TO bee_worker;

GRANT INSERT(through_id) ON TABLE public.audit_seals TO bee_worker;

GRANT INSERT(rows_sealed) ON TABLE public.audit_seals TO bee_worker;

GRANT INSERT(previous) ON TABLE public.audit_seals TO bee_worker;

GRANT INSERT(digest) ON TABLE public.audit_seals TO bee_worker;

GRANT INSERT ON TABLE public.bad_requests TO bee_system;
GRANT SELECT,DELETE ON TABLE public.bad_requests TO bee_worker;
GRANT SELECT ON TABLE public.bad_requests TO bee_oncall;
GRANT SELECT ON TABLE public.bad_requests TO bee_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE public.coach_breakers TO bee_system;
GRANT SELECT ON TABLE public.coach_breakers TO bee_product;
GRANT SELECT ON TABLE public.coach_breakers TO bee_coach;
GRANT SELECT ON TABLE public.coach_breakers TO bee_oncall;
GRANT SELECT ON TABLE public.coach_breakers TO bee_admin;
GRANT SELECT ON TABLE public.coach_breakers TO bee_worker;

GRANT SELECT ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(id),INSERT(id) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(id) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(id) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(case_id),INSERT(case_id) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(case_id) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(case_id) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(version),INSERT(version) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(version) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(version) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(title),INSERT(title) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(title) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(title) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(kind),INSERT(kind) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(kind) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(kind) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(category),INSERT(category) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(category) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(category) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(state),INSERT(state) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(state) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(state) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(memories),INSERT(memories) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(memories) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(memories) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(recent),INSERT(recent) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(recent) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(recent) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(message),INSERT(message) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(message) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(message) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(tags),INSERT(tags) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(tags) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(tags) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(source),INSERT(source) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(source) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(source) ON TABLE public.coach_cases TO bee_admin;

GRANT INSERT(taken_from) ON TABLE public.coach_cases TO bee_coach;
GRANT INSERT(taken_from) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(mask_version),INSERT(mask_version) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(mask_version) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(mask_version) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(confirmed_by),INSERT(confirmed_by) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(confirmed_by) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(confirmed_by) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(confirmed_at),INSERT(confirmed_at) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(confirmed_at) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(confirmed_at) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(author_id),INSERT(author_id) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(author_id) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(author_id) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(is_retired),INSERT(is_retired) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(is_retired) ON TABLE public.coach_cases TO bee_worker;
GRANT INSERT(is_retired) ON TABLE public.coach_cases TO bee_admin;

GRANT SELECT(created_at) ON TABLE public.coach_cases TO bee_coach;
GRANT SELECT(created_at) ON TABLE public.coach_cases TO bee_worker;

GRANT SELECT ON TABLE public.coach_conversations TO authenticated;
GRANT SELECT ON TABLE public.coach_conversations TO service_role;
GRANT SELECT,INSERT ON TABLE public.coach_conversations TO bee_system;
GRANT SELECT ON TABLE public.coach_conversations TO bee_coach;
GRANT SELECT ON TABLE public.coach_conversations TO bee_admin;

GRANT SELECT ON TABLE public.coach_feedback TO authenticated;
GRANT SELECT ON TABLE public.coach_feedback TO bee_coach;
GRANT SELECT ON TABLE public.coach_feedback TO bee_admin;

GRANT INSERT(user_id) ON TABLE public.coach_feedback TO authenticated;

GRANT INSERT(request_id) ON TABLE public.coach_feedback TO authenticated;

GRANT INSERT(is_helpful),UPDATE(is_helpful) ON TABLE public.coach_feedback TO authenticated;

GRANT INSERT(said_at),UPDATE(said_at) ON TABLE public.coach_feedback TO authenticated;

GRANT SELECT ON TABLE public.coach_gate_verdicts TO bee_coach;
GRANT SELECT ON TABLE public.coach_gate_verdicts TO bee_admin;
GRANT SELECT ON TABLE public.coach_gate_verdicts TO bee_system;
GRANT INSERT ON TABLE public.coach_gate_verdicts TO bee_worker;

GRANT SELECT ON TABLE public.coach_interventions TO bee_coach;
GRANT SELECT ON TABLE public.coach_interventions TO bee_admin;

GRANT SELECT(id) ON TABLE public.coach_interventions TO bee_worker;

GRANT SELECT(user_id),INSERT(user_id) ON TABLE public.coach_interventions TO bee_worker;

GRANT SELECT(notification_id),INSERT(notification_id) ON TABLE public.coach_interventions TO bee_worker;

GRANT SELECT(safety_event_id),INSERT(safety_event_id) ON TABLE public.coach_interventions TO bee_worker;

GRANT INSERT(coach_id) ON TABLE public.coach_interventions TO bee_worker;

GRANT INSERT(priority) ON TABLE public.coach_interventions TO bee_worker;

GRANT SELECT(created_at),INSERT(created_at) ON TABLE public.coach_interventions TO bee_worker;

GRANT SELECT(due_at),INSERT(due_at) ON TABLE public.coach_interventions TO bee_worker;

GRANT UPDATE(done_at) ON TABLE public.coach_interventions TO bee_coach;
GRANT UPDATE(done_at) ON TABLE public.coach_interventions TO bee_admin;
GRANT SELECT(done_at) ON TABLE public.coach_interventions TO bee_worker;

GRANT UPDATE(done_by) ON TABLE public.coach_interventions TO bee_coach;
GRANT UPDATE(done_by) ON TABLE public.coach_interventions TO bee_admin;

GRANT UPDATE(outcome) ON TABLE public.coach_interventions TO bee_coach;
GRANT UPDATE(outcome) ON TABLE public.coach_interventions TO bee_admin;

GRANT UPDATE(note) ON TABLE public.coach_interventions TO bee_coach;
GRANT UPDATE(note) ON TABLE public.coach_interventions TO bee_admin;

GRANT SELECT ON TABLE public.coach_judgements TO bee_coach;
GRANT SELECT ON TABLE public.coach_judgements TO bee_admin;
GRANT SELECT ON TABLE public.coach_judgements TO bee_worker;

GRANT INSERT(id) ON TABLE public.coach_judgements TO bee_worker;

GRANT INSERT(judge_id) ON TABLE public.coach_judgements TO bee_worker;

GRANT INSERT(pair_id) ON TABLE public.coach_judgements TO bee_worker;

GRANT INSERT(candidate_was_first) ON TABLE public.coach_judgements TO bee_worker;

GRANT INSERT(verdict) ON TABLE public.coach_judgements TO bee_worker;

GRANT INSERT(error) ON TABLE public.coach_judgements TO bee_worker;

GRANT INSERT(cost_usd) ON TABLE public.coach_judgements TO bee_worker;

GRANT SELECT ON TABLE public.coach_judges TO bee_coach;
GRANT SELECT ON TABLE public.coach_judges TO bee_admin;
GRANT SELECT ON TABLE public.coach_judges TO bee_worker;

GRANT INSERT(id) ON TABLE public.coach_judges TO bee_coach;
GRANT INSERT(id) ON TABLE public.coach_judges TO bee_admin;

GRANT INSERT(review_id) ON TABLE public.coach_judges TO bee_coach;
GRANT INSERT(review_id) ON TABLE public.coach_judges TO bee_admin;

GRANT INSERT(model) ON TABLE public.coach_judges TO bee_coach;
GRANT INSERT(model) ON TABLE public.coach_judges TO bee_admin;

GRANT INSERT(most_usd) ON TABLE public.coach_judges TO bee_coach;
GRANT INSERT(most_usd) ON TABLE public.coach_judges TO bee_admin;

GRANT INSERT(asked_by) ON TABLE public.coach_judges TO bee_coach;
GRANT INSERT(asked_by) ON TABLE public.coach_judges TO bee_admin;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.coach_memory TO service_role;
GRANT SELECT ON TABLE public.coach_memory TO bee_coach;
GRANT SELECT ON TABLE public.coach_memory TO bee_admin;
GRANT DELETE ON TABLE public.coach_memory TO bee_system;

GRANT SELECT(id) ON TABLE public.coach_memory TO authenticated;
GRANT SELECT(id) ON TABLE public.coach_memory TO bee_worker;
GRANT SELECT(id) ON TABLE public.coach_memory TO bee_system;

GRANT SELECT(user_id) ON TABLE public.coach_memory TO authenticated;
GRANT INSERT(user_id) ON TABLE public.coach_memory TO bee_coach;
GRANT SELECT(user_id),INSERT(user_id) ON TABLE public.coach_memory TO bee_worker;
GRANT SELECT(user_id) ON TABLE public.coach_memory TO bee_system;

GRANT SELECT(trait_key) ON TABLE public.coach_memory TO authenticated;
GRANT INSERT(trait_key) ON TABLE public.coach_memory TO bee_coach;
GRANT SELECT(trait_key),INSERT(trait_key) ON TABLE public.coach_memory TO bee_worker;

GRANT SELECT(trait_value) ON TABLE public.coach_memory TO authenticated;
GRANT INSERT(trait_value) ON TABLE public.coach_memory TO bee_coach;
GRANT SELECT(trait_value),INSERT(trait_value) ON TABLE public.coach_memory TO bee_worker;

GRANT SELECT(source) ON TABLE public.coach_memory TO authenticated;
GRANT INSERT(source) ON TABLE public.coach_memory TO bee_coach;
GRANT INSERT(source) ON TABLE public.coach_memory TO bee_worker;

GRANT SELECT(status) ON TABLE public.coach_memory TO authenticated;
GRANT INSERT(status),UPDATE(status) ON TABLE public.coach_memory TO bee_coach;
GRANT SELECT(status),INSERT(status) ON TABLE public.coach_memory TO bee_worker;

GRANT SELECT(valid_from) ON TABLE public.coach_memory TO authenticated;
GRANT INSERT(valid_from),UPDATE(valid_from) ON TABLE public.coach_memory TO bee_coach;
GRANT INSERT(valid_from) ON TABLE public.coach_memory TO bee_worker;

GRANT SELECT(valid_to) ON TABLE public.coach_memory TO authenticated;
GRANT UPDATE(valid_to) ON TABLE public.coach_memory TO bee_coach;
GRANT SELECT(valid_to) ON TABLE public.coach_memory TO bee_worker;

GRANT SELECT(created_at) ON TABLE public.coach_memory TO authenticated;
GRANT SELECT(created_at) ON TABLE public.coach_memory TO bee_worker;

GRANT INSERT(message_id) ON TABLE public.coach_memory TO bee_coach;
GRANT INSERT(message_id) ON TABLE public.coach_memory TO bee_worker;

GRANT INSERT(replaces) ON TABLE public.coach_memory TO bee_coach;

GRANT INSERT(decided_by),UPDATE(decided_by) ON TABLE public.coach_memory TO bee_coach;

GRANT INSERT(decided_at),UPDATE(decided_at) ON TABLE public.coach_memory TO bee_coach;

GRANT SELECT ON TABLE public.coach_memory_embeddings TO authenticated;
GRANT SELECT ON TABLE public.coach_memory_embeddings TO bee_coach;
GRANT SELECT ON TABLE public.coach_memory_embeddings TO bee_admin;
GRANT SELECT,INSERT,UPDATE ON TABLE public.coach_memory_embeddings TO bee_worker;

GRANT SELECT,INSERT ON TABLE public.coach_memory_readings TO bee_worker;

GRANT SELECT ON TABLE public.coach_messages TO service_role;
GRANT SELECT,INSERT ON TABLE public.coach_messages TO bee_system;
GRANT SELECT ON TABLE public.coach_messages TO bee_coach;
GRANT SELECT ON TABLE public.coach_messages TO bee_admin;

GRANT SELECT(id) ON TABLE public.coach_messages TO authenticated;
GRANT SELECT(id) ON TABLE public.coach_messages TO bee_worker;

GRANT SELECT(number) ON TABLE public.coach_messages TO authenticated;

GRANT SELECT(conversation_id) ON TABLE public.coach_messages TO authenticated;

GRANT SELECT(user_id) ON TABLE public.coach_messages TO authenticated;
GRANT SELECT(user_id) ON TABLE public.coach_messages TO bee_worker;

GRANT SELECT(request_id) ON TABLE public.coach_messages TO authenticated;

GRANT SELECT(role) ON TABLE public.coach_messages TO authenticated;
GRANT SELECT(role) ON TABLE public.coach_messages TO bee_worker;

GRANT SELECT(body) ON TABLE public.coach_messages TO authenticated;
GRANT SELECT(body) ON TABLE public.coach_messages TO bee_worker;

GRANT SELECT(crisis) ON TABLE public.coach_messages TO authenticated;
GRANT SELECT(crisis) ON TABLE public.coach_messages TO bee_worker;

GRANT SELECT(category) ON TABLE public.coach_messages TO authenticated;

GRANT SELECT(rules_version) ON TABLE public.coach_messages TO authenticated;

GRANT SELECT(model) ON TABLE public.coach_messages TO authenticated;

GRANT SELECT(prompt) ON TABLE public.coach_messages TO authenticated;

GRANT SELECT(usage) ON TABLE public.coach_messages TO authenticated;

GRANT SELECT(fallback) ON TABLE public.coach_messages TO authenticated;

GRANT SELECT(created_at) ON TABLE public.coach_messages TO authenticated;
GRANT SELECT(created_at) ON TABLE public.coach_messages TO bee_worker;

GRANT SELECT,INSERT ON TABLE public.coach_model_calls TO bee_system;
GRANT SELECT ON TABLE public.coach_model_calls TO bee_coach;
GRANT SELECT ON TABLE public.coach_model_calls TO bee_admin;
GRANT SELECT,INSERT,DELETE ON TABLE public.coach_model_calls TO bee_worker;

GRANT SELECT(id) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(id) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(purpose) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(purpose) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(attempt) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(attempt) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(provider) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(provider) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(model) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(model) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(prompt) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(prompt) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(prompt_sha256) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(prompt_sha256) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(started_at) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(started_at) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(outcome) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(outcome) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(detail) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(detail) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(failed_checks) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(failed_checks) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(input_tokens) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(input_tokens) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(cache_read_tokens) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(cache_read_tokens) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(cache_write_tokens) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(cache_write_tokens) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(output_tokens) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(output_tokens) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(reasoning_tokens) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(reasoning_tokens) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(is_estimate) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(is_estimate) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(cost_usd) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(cost_usd) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(priced_from) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(priced_from) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(first_byte_ms) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(first_byte_ms) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT(total_ms) ON TABLE public.coach_model_calls TO bee_product;
GRANT SELECT(total_ms) ON TABLE public.coach_model_calls TO bee_oncall;

GRANT SELECT,INSERT ON TABLE public.coach_moments TO bee_system;
GRANT SELECT ON TABLE public.coach_moments TO bee_coach;
GRANT SELECT ON TABLE public.coach_moments TO bee_admin;
GRANT DELETE ON TABLE public.coach_moments TO bee_worker;

GRANT SELECT(created_at) ON TABLE public.coach_moments TO bee_worker;

GRANT SELECT ON TABLE public.coach_named_models TO bee_coach;
GRANT SELECT ON TABLE public.coach_named_models TO bee_admin;
GRANT SELECT ON TABLE public.coach_named_models TO bee_worker;

GRANT INSERT(environment) ON TABLE public.coach_named_models TO bee_worker;

GRANT INSERT(model) ON TABLE public.coach_named_models TO bee_worker;

GRANT SELECT ON TABLE public.coach_prompt_decisions TO bee_coach;
GRANT SELECT ON TABLE public.coach_prompt_decisions TO bee_admin;

GRANT INSERT(promotion_id) ON TABLE public.coach_prompt_decisions TO bee_coach;
GRANT INSERT(promotion_id) ON TABLE public.coach_prompt_decisions TO bee_admin;

GRANT INSERT(outcome) ON TABLE public.coach_prompt_decisions TO bee_coach;
GRANT INSERT(outcome) ON TABLE public.coach_prompt_decisions TO bee_admin;

GRANT INSERT(decided_by) ON TABLE public.coach_prompt_decisions TO bee_coach;
GRANT INSERT(decided_by) ON TABLE public.coach_prompt_decisions TO bee_admin;

GRANT INSERT(reason) ON TABLE public.coach_prompt_decisions TO bee_coach;
GRANT INSERT(reason) ON TABLE public.coach_prompt_decisions TO bee_admin;

GRANT SELECT ON TABLE public.coach_prompt_deployments TO bee_coach;
GRANT SELECT ON TABLE public.coach_prompt_deployments TO bee_admin;
GRANT SELECT ON TABLE public.coach_prompt_deployments TO bee_system;
GRANT SELECT ON TABLE public.coach_prompt_deployments TO bee_worker;

GRANT INSERT(place) ON TABLE public.coach_prompt_deployments TO bee_coach;
GRANT INSERT(place) ON TABLE public.coach_prompt_deployments TO bee_admin;

GRANT INSERT(prompt) ON TABLE public.coach_prompt_deployments TO bee_coach;
GRANT INSERT(prompt) ON TABLE public.coach_prompt_deployments TO bee_admin;

GRANT INSERT(version_id) ON TABLE public.coach_prompt_deployments TO bee_coach;
GRANT INSERT(version_id) ON TABLE public.coach_prompt_deployments TO bee_admin;

GRANT INSERT(deployed_by) ON TABLE public.coach_prompt_deployments TO bee_coach;
GRANT INSERT(deployed_by) ON TABLE public.coach_prompt_deployments TO bee_admin;

GRANT INSERT(promotion_id) ON TABLE public.coach_prompt_deployments TO bee_coach;
GRANT INSERT(promotion_id) ON TABLE public.coach_prompt_deployments TO bee_admin;

GRANT INSERT(back_to) ON TABLE public.coach_prompt_deployments TO bee_coach;
GRANT INSERT(back_to) ON TABLE public.coach_prompt_deployments TO bee_admin;

GRANT INSERT(run_id) ON TABLE public.coach_prompt_deployments TO bee_coach;
GRANT INSERT(run_id) ON TABLE public.coach_prompt_deployments TO bee_admin;

GRANT INSERT(reason) ON TABLE public.coach_prompt_deployments TO bee_coach;
GRANT INSERT(reason) ON TABLE public.coach_prompt_deployments TO bee_admin;

GRANT SELECT ON TABLE public.coach_prompt_places TO bee_coach;
GRANT SELECT ON TABLE public.coach_prompt_places TO bee_admin;
GRANT SELECT ON TABLE public.coach_prompt_places TO bee_system;
GRANT SELECT ON TABLE public.coach_prompt_places TO bee_worker;

GRANT SELECT ON TABLE public.coach_prompt_promotions TO bee_coach;
GRANT SELECT ON TABLE public.coach_prompt_promotions TO bee_admin;

GRANT INSERT(place) ON TABLE public.coach_prompt_promotions TO bee_coach;
GRANT INSERT(place) ON TABLE public.coach_prompt_promotions TO bee_admin;

GRANT INSERT(prompt) ON TABLE public.coach_prompt_promotions TO bee_coach;
GRANT INSERT(prompt) ON TABLE public.coach_prompt_promotions TO bee_admin;

GRANT INSERT(version_id) ON TABLE public.coach_prompt_promotions TO bee_coach;
GRANT INSERT(version_id) ON TABLE public.coach_prompt_promotions TO bee_admin;

GRANT INSERT(asked_by) ON TABLE public.coach_prompt_promotions TO bee_coach;
GRANT INSERT(asked_by) ON TABLE public.coach_prompt_promotions TO bee_admin;

GRANT INSERT(reason) ON TABLE public.coach_prompt_promotions TO bee_coach;
GRANT INSERT(reason) ON TABLE public.coach_prompt_promotions TO bee_admin;

GRANT SELECT ON TABLE public.coach_prompt_versions TO bee_coach;
GRANT SELECT ON TABLE public.coach_prompt_versions TO bee_admin;
GRANT SELECT ON TABLE public.coach_prompt_versions TO bee_system;
GRANT SELECT ON TABLE public.coach_prompt_versions TO bee_worker;

GRANT INSERT(prompt) ON TABLE public.coach_prompt_versions TO bee_coach;
GRANT INSERT(prompt) ON TABLE public.coach_prompt_versions TO bee_admin;

GRANT INSERT(number) ON TABLE public.coach_prompt_versions TO bee_coach;
GRANT INSERT(number) ON TABLE public.coach_prompt_versions TO bee_admin;

GRANT INSERT(body) ON TABLE public.coach_prompt_versions TO bee_coach;
GRANT INSERT(body) ON TABLE public.coach_prompt_versions TO bee_admin;

GRANT INSERT(model) ON TABLE public.coach_prompt_versions TO bee_coach;
GRANT INSERT(model) ON TABLE public.coach_prompt_versions TO bee_admin;

GRANT INSERT(parameters) ON TABLE public.coach_prompt_versions TO bee_coach;
GRANT INSERT(parameters) ON TABLE public.coach_prompt_versions TO bee_admin;

GRANT INSERT(sha256) ON TABLE public.coach_prompt_versions TO bee_coach;
GRANT INSERT(sha256) ON TABLE public.coach_prompt_versions TO bee_admin;

GRANT INSERT(author_id) ON TABLE public.coach_prompt_versions TO bee_coach;
GRANT INSERT(author_id) ON TABLE public.coach_prompt_versions TO bee_admin;

GRANT INSERT(message) ON TABLE public.coach_prompt_versions TO bee_coach;
GRANT INSERT(message) ON TABLE public.coach_prompt_versions TO bee_admin;

GRANT SELECT ON TABLE public.coach_ratings TO bee_coach;
GRANT SELECT ON TABLE public.coach_ratings TO bee_admin;
GRANT SELECT ON TABLE public.coach_ratings TO bee_worker;

GRANT INSERT(id) ON TABLE public.coach_ratings TO bee_coach;

GRANT INSERT(pair_id) ON TABLE public.coach_ratings TO bee_coach;

GRANT INSERT(rater_id) ON TABLE public.coach_ratings TO bee_coach;

GRANT INSERT(chosen) ON TABLE public.coach_ratings TO bee_coach;

GRANT INSERT(met_left) ON TABLE public.coach_ratings TO bee_coach;

GRANT INSERT(met_right) ON TABLE public.coach_ratings TO bee_coach;

GRANT INSERT(comment) ON TABLE public.coach_ratings TO bee_coach;

GRANT SELECT ON TABLE public.coach_replay_answers TO bee_coach;
GRANT SELECT ON TABLE public.coach_replay_answers TO bee_admin;
GRANT SELECT ON TABLE public.coach_replay_answers TO bee_worker;

GRANT INSERT(replay_id) ON TABLE public.coach_replay_answers TO bee_worker;

GRANT INSERT(user_id) ON TABLE public.coach_replay_answers TO bee_worker;

GRANT INSERT(request_id) ON TABLE public.coach_replay_answers TO bee_worker;

GRANT INSERT(danger) ON TABLE public.coach_replay_answers TO bee_worker;

GRANT INSERT(sent) ON TABLE public.coach_replay_answers TO bee_worker;

GRANT INSERT(heard) ON TABLE public.coach_replay_answers TO bee_worker;

GRANT INSERT(fallback) ON TABLE public.coach_replay_answers TO bee_worker;

GRANT INSERT(failed_then) ON TABLE public.coach_replay_answers TO bee_worker;

GRANT INSERT(checks) ON TABLE public.coach_replay_answers TO bee_worker;

GRANT INSERT(distance) ON TABLE public.coach_replay_answers TO bee_worker;

GRANT INSERT(cost_usd) ON TABLE public.coach_replay_answers TO bee_worker;

GRANT SELECT ON TABLE public.coach_replay_ends TO bee_coach;
GRANT SELECT ON TABLE public.coach_replay_ends TO bee_admin;
GRANT SELECT ON TABLE public.coach_replay_ends TO bee_worker;

GRANT INSERT(replay_id) ON TABLE public.coach_replay_ends TO bee_coach;
GRANT INSERT(replay_id) ON TABLE public.coach_replay_ends TO bee_admin;
GRANT INSERT(replay_id) ON TABLE public.coach_replay_ends TO bee_worker;

GRANT INSERT(outcome) ON TABLE public.coach_replay_ends TO bee_coach;
GRANT INSERT(outcome) ON TABLE public.coach_replay_ends TO bee_admin;
GRANT INSERT(outcome) ON TABLE public.coach_replay_ends TO bee_worker;

GRANT INSERT(said) ON TABLE public.coach_replay_ends TO bee_coach;
GRANT INSERT(said) ON TABLE public.coach_replay_ends TO bee_admin;
GRANT INSERT(said) ON TABLE public.coach_replay_ends TO bee_worker;

GRANT INSERT(ended_by) ON TABLE public.coach_replay_ends TO bee_coach;
GRANT INSERT(ended_by) ON TABLE public.coach_replay_ends TO bee_admin;
GRANT INSERT(ended_by) ON TABLE public.coach_replay_ends TO bee_worker;

GRANT SELECT ON TABLE public.coach_replay_messages TO bee_coach;
GRANT SELECT ON TABLE public.coach_replay_messages TO bee_admin;
GRANT SELECT ON TABLE public.coach_replay_messages TO bee_worker;

GRANT INSERT(replay_id) ON TABLE public.coach_replay_messages TO bee_coach;
GRANT INSERT(replay_id) ON TABLE public.coach_replay_messages TO bee_admin;

GRANT INSERT(user_id) ON TABLE public.coach_replay_messages TO bee_coach;
GRANT INSERT(user_id) ON TABLE public.coach_replay_messages TO bee_admin;

GRANT INSERT(request_id) ON TABLE public.coach_replay_messages TO bee_coach;
GRANT INSERT(request_id) ON TABLE public.coach_replay_messages TO bee_admin;

GRANT SELECT ON TABLE public.coach_replays TO bee_coach;
GRANT SELECT ON TABLE public.coach_replays TO bee_admin;
GRANT SELECT ON TABLE public.coach_replays TO bee_worker;

GRANT INSERT(prompt) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(prompt) ON TABLE public.coach_replays TO bee_admin;

GRANT INSERT(version_id) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(version_id) ON TABLE public.coach_replays TO bee_admin;

GRANT INSERT(model) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(model) ON TABLE public.coach_replays TO bee_admin;

GRANT INSERT(day) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(day) ON TABLE public.coach_replays TO bee_admin;

GRANT INSERT(written) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(written) ON TABLE public.coach_replays TO bee_admin;

GRANT INSERT(unconsented) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(unconsented) ON TABLE public.coach_replays TO bee_admin;

GRANT INSERT(not_kept) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(not_kept) ON TABLE public.coach_replays TO bee_admin;

GRANT INSERT(askable) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(askable) ON TABLE public.coach_replays TO bee_admin;

GRANT INSERT(most_messages) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(most_messages) ON TABLE public.coach_replays TO bee_admin;

GRANT INSERT(most_usd) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(most_usd) ON TABLE public.coach_replays TO bee_admin;

GRANT INSERT(seed) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(seed) ON TABLE public.coach_replays TO bee_admin;

GRANT INSERT(requested_by) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(requested_by) ON TABLE public.coach_replays TO bee_admin;

GRANT INSERT(requested_as) ON TABLE public.coach_replays TO bee_coach;
GRANT INSERT(requested_as) ON TABLE public.coach_replays TO bee_admin;

GRANT SELECT ON TABLE public.coach_review_ends TO bee_coach;
GRANT SELECT ON TABLE public.coach_review_ends TO bee_admin;
GRANT SELECT ON TABLE public.coach_review_ends TO bee_worker;

GRANT INSERT(review_id) ON TABLE public.coach_review_ends TO bee_coach;
GRANT INSERT(review_id) ON TABLE public.coach_review_ends TO bee_admin;
GRANT INSERT(review_id) ON TABLE public.coach_review_ends TO bee_worker;

GRANT INSERT(outcome) ON TABLE public.coach_review_ends TO bee_coach;
GRANT INSERT(outcome) ON TABLE public.coach_review_ends TO bee_admin;
GRANT INSERT(outcome) ON TABLE public.coach_review_ends TO bee_worker;

GRANT INSERT(ended_by) ON TABLE public.coach_review_ends TO bee_coach;
GRANT INSERT(ended_by) ON TABLE public.coach_review_ends TO bee_admin;
GRANT INSERT(ended_by) ON TABLE public.coach_review_ends TO bee_worker;

GRANT SELECT ON TABLE public.coach_review_pairs TO bee_coach;
GRANT SELECT ON TABLE public.coach_review_pairs TO bee_admin;
GRANT SELECT ON TABLE public.coach_review_pairs TO bee_worker;

GRANT SELECT ON TABLE public.coach_review_raters TO bee_coach;
GRANT SELECT ON TABLE public.coach_review_raters TO bee_admin;

GRANT INSERT(review_id) ON TABLE public.coach_review_raters TO bee_coach;

GRANT INSERT(rater_id) ON TABLE public.coach_review_raters TO bee_coach;

GRANT SELECT ON TABLE public.coach_reviews TO bee_worker;

GRANT SELECT(id),INSERT(id) ON TABLE public.coach_reviews TO bee_coach;
GRANT SELECT(id),INSERT(id) ON TABLE public.coach_reviews TO bee_admin;

GRANT SELECT(number) ON TABLE public.coach_reviews TO bee_coach;
GRANT SELECT(number) ON TABLE public.coach_reviews TO bee_admin;

GRANT SELECT(run_id),INSERT(run_id) ON TABLE public.coach_reviews TO bee_coach;
GRANT SELECT(run_id),INSERT(run_id) ON TABLE public.coach_reviews TO bee_admin;

GRANT SELECT(raters),INSERT(raters) ON TABLE public.coach_reviews TO bee_coach;
GRANT SELECT(raters),INSERT(raters) ON TABLE public.coach_reviews TO bee_admin;

GRANT SELECT(rubric),INSERT(rubric) ON TABLE public.coach_reviews TO bee_coach;
GRANT SELECT(rubric),INSERT(rubric) ON TABLE public.coach_reviews TO bee_admin;

GRANT INSERT(seed) ON TABLE public.coach_reviews TO bee_coach;
GRANT INSERT(seed) ON TABLE public.coach_reviews TO bee_admin;

GRANT SELECT(asked_by),INSERT(asked_by) ON TABLE public.coach_reviews TO bee_coach;
GRANT SELECT(asked_by),INSERT(asked_by) ON TABLE public.coach_reviews TO bee_admin;

GRANT SELECT(asked_at) ON TABLE public.coach_reviews TO bee_coach;
GRANT SELECT(asked_at) ON TABLE public.coach_reviews TO bee_admin;

GRANT SELECT ON TABLE public.coach_run_cases TO bee_coach;
GRANT SELECT ON TABLE public.coach_run_cases TO bee_admin;
GRANT SELECT ON TABLE public.coach_run_cases TO bee_worker;

GRANT SELECT ON TABLE public.coach_run_ends TO bee_coach;
GRANT SELECT ON TABLE public.coach_run_ends TO bee_admin;
GRANT SELECT ON TABLE public.coach_run_ends TO bee_worker;

GRANT INSERT(run_id) ON TABLE public.coach_run_ends TO bee_coach;
GRANT INSERT(run_id) ON TABLE public.coach_run_ends TO bee_admin;
GRANT INSERT(run_id) ON TABLE public.coach_run_ends TO bee_worker;

GRANT INSERT(outcome) ON TABLE public.coach_run_ends TO bee_coach;
GRANT INSERT(outcome) ON TABLE public.coach_run_ends TO bee_admin;
GRANT INSERT(outcome) ON TABLE public.coach_run_ends TO bee_worker;

GRANT INSERT(said) ON TABLE public.coach_run_ends TO bee_coach;
GRANT INSERT(said) ON TABLE public.coach_run_ends TO bee_admin;
GRANT INSERT(said) ON TABLE public.coach_run_ends TO bee_worker;

GRANT INSERT(ended_by) ON TABLE public.coach_run_ends TO bee_coach;
GRANT INSERT(ended_by) ON TABLE public.coach_run_ends TO bee_admin;
GRANT INSERT(ended_by) ON TABLE public.coach_run_ends TO bee_worker;

GRANT SELECT ON TABLE public.coach_run_outputs TO bee_coach;
GRANT SELECT ON TABLE public.coach_run_outputs TO bee_admin;
GRANT SELECT ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(id) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(run_id) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(case_id) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(arm) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(repeat) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(provider) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(model) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(is_screened) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(is_cached) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(cache_key) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(text) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(error) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(checks) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(first_token_ms) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(total_ms) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(input_tokens) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(cache_read_tokens) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(cache_write_tokens) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(output_tokens) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(reasoning_tokens) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(is_estimate) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT INSERT(cost_usd) ON TABLE public.coach_run_outputs TO bee_worker;

GRANT SELECT ON TABLE public.coach_runs TO bee_coach;
GRANT SELECT ON TABLE public.coach_runs TO bee_admin;
GRANT SELECT ON TABLE public.coach_runs TO bee_worker;

GRANT INSERT(id) ON TABLE public.coach_runs TO bee_coach;
GRANT INSERT(id) ON TABLE public.coach_runs TO bee_admin;

GRANT INSERT(prompt) ON TABLE public.coach_runs TO bee_coach;
GRANT INSERT(prompt) ON TABLE public.coach_runs TO bee_admin;

GRANT INSERT(candidate_id) ON TABLE public.coach_runs TO bee_coach;
GRANT INSERT(candidate_id) ON TABLE public.coach_runs TO bee_admin;

GRANT INSERT(baseline_id) ON TABLE public.coach_runs TO bee_coach;
GRANT INSERT(baseline_id) ON TABLE public.coach_runs TO bee_admin;

GRANT INSERT(tag) ON TABLE public.coach_runs TO bee_coach;
GRANT INSERT(tag) ON TABLE public.coach_runs TO bee_admin;

GRANT INSERT(repeats) ON TABLE public.coach_runs TO bee_coach;
GRANT INSERT(repeats) ON TABLE public.coach_runs TO bee_admin;

GRANT INSERT(reuses_answers) ON TABLE public.coach_runs TO bee_coach;
GRANT INSERT(reuses_answers) ON TABLE public.coach_runs TO bee_admin;

GRANT INSERT(most_usd) ON TABLE public.coach_runs TO bee_coach;
GRANT INSERT(most_usd) ON TABLE public.coach_runs TO bee_admin;

GRANT INSERT(seed) ON TABLE public.coach_runs TO bee_coach;
GRANT INSERT(seed) ON TABLE public.coach_runs TO bee_admin;

GRANT INSERT(checker) ON TABLE public.coach_runs TO bee_coach;
GRANT INSERT(checker) ON TABLE public.coach_runs TO bee_admin;

GRANT INSERT(requested_by) ON TABLE public.coach_runs TO bee_coach;
GRANT INSERT(requested_by) ON TABLE public.coach_runs TO bee_admin;

GRANT SELECT ON TABLE public.consents TO authenticated;
GRANT SELECT ON TABLE public.consents TO service_role;
GRANT SELECT ON TABLE public.consents TO bee_coach;
GRANT SELECT ON TABLE public.consents TO bee_admin;

GRANT INSERT(member_id) ON TABLE public.consents TO authenticated;
GRANT INSERT(member_id) ON TABLE public.consents TO service_role;
GRANT SELECT(member_id) ON TABLE public.consents TO bee_worker;

GRANT INSERT(purpose) ON TABLE public.consents TO authenticated;
GRANT INSERT(purpose) ON TABLE public.consents TO service_role;
GRANT SELECT(purpose) ON TABLE public.consents TO bee_worker;

GRANT INSERT(granted) ON TABLE public.consents TO authenticated;
GRANT INSERT(granted) ON TABLE public.consents TO service_role;

GRANT SELECT(decided_at) ON TABLE public.consents TO bee_worker;

GRANT INSERT(source) ON TABLE public.consents TO authenticated;
GRANT INSERT(source) ON TABLE public.consents TO service_role;

GRANT SELECT ON TABLE public.daily_engagement_scores TO authenticated;
GRANT SELECT ON TABLE public.daily_engagement_scores TO service_role;
GRANT SELECT ON TABLE public.daily_engagement_scores TO bee_product;
GRANT SELECT ON TABLE public.daily_engagement_scores TO bee_coach;
GRANT SELECT ON TABLE public.daily_engagement_scores TO bee_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.daily_engagement_scores TO bee_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.daily_engagement_scores TO bee_system;

GRANT SELECT ON TABLE public.engagement_days TO bee_product;
GRANT SELECT ON TABLE public.engagement_days TO bee_coach;
GRANT SELECT ON TABLE public.engagement_days TO bee_oncall;
GRANT SELECT ON TABLE public.engagement_days TO bee_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.engagement_days TO bee_worker;

GRANT SELECT ON TABLE public.engagement_events TO authenticated;
GRANT SELECT ON TABLE public.engagement_events TO service_role;
GRANT SELECT ON TABLE public.engagement_events TO bee_coach;
GRANT SELECT ON TABLE public.engagement_events TO bee_admin;
GRANT SELECT ON TABLE public.engagement_events TO bee_worker;
GRANT SELECT ON TABLE public.engagement_events TO bee_system;

GRANT INSERT(id) ON TABLE public.engagement_events TO authenticated;
GRANT INSERT(id) ON TABLE public.engagement_events TO service_role;
GRANT SELECT(id) ON TABLE public.engagement_events TO bee_product;

GRANT INSERT(user_id) ON TABLE public.engagement_events TO authenticated;
GRANT INSERT(user_id) ON TABLE public.engagement_events TO service_role;
GRANT SELECT(user_id) ON TABLE public.engagement_events TO bee_product;

GRANT INSERT(event_type) ON TABLE public.engagement_events TO authenticated;
GRANT INSERT(event_type) ON TABLE public.engagement_events TO service_role;
GRANT SELECT(event_type) ON TABLE public.engagement_events TO bee_product;

GRANT SELECT(event_date) ON TABLE public.engagement_events TO bee_product;

GRANT INSERT(metadata) ON TABLE public.engagement_events TO authenticated;
GRANT INSERT(metadata) ON TABLE public.engagement_events TO service_role;

GRANT INSERT(occurred_at) ON TABLE public.engagement_events TO authenticated;
GRANT INSERT(occurred_at) ON TABLE public.engagement_events TO service_role;
GRANT SELECT(occurred_at) ON TABLE public.engagement_events TO bee_product;

GRANT SELECT(received_at) ON TABLE public.engagement_events TO bee_product;

GRANT INSERT(time_zone) ON TABLE public.engagement_events TO authenticated;
GRANT INSERT(time_zone) ON TABLE public.engagement_events TO service_role;
GRANT SELECT(time_zone) ON TABLE public.engagement_events TO bee_product;

GRANT INSERT(source) ON TABLE public.engagement_events TO service_role;
GRANT SELECT(source) ON TABLE public.engagement_events TO bee_product;

GRANT SELECT ON TABLE public.engagement_recoveries TO bee_product;
GRANT SELECT ON TABLE public.engagement_recoveries TO bee_coach;
GRANT SELECT ON TABLE public.engagement_recoveries TO bee_oncall;
GRANT SELECT ON TABLE public.engagement_recoveries TO bee_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.engagement_recoveries TO bee_worker;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobs TO bee_worker;
GRANT INSERT ON TABLE public.jobs TO bee_system;
GRANT SELECT ON TABLE public.jobs TO bee_oncall;
GRANT SELECT ON TABLE public.jobs TO bee_admin;

GRANT SELECT(kind) ON TABLE public.jobs TO bee_system;
GRANT INSERT(kind) ON TABLE public.jobs TO bee_oncall;
GRANT INSERT(kind) ON TABLE public.jobs TO bee_admin;

GRANT SELECT(key) ON TABLE public.jobs TO bee_system;
GRANT INSERT(key) ON TABLE public.jobs TO bee_oncall;
GRANT INSERT(key) ON TABLE public.jobs TO bee_admin;

GRANT UPDATE(run_at) ON TABLE public.jobs TO bee_oncall;
GRANT UPDATE(run_at) ON TABLE public.jobs TO bee_admin;

GRANT SELECT(finished_at) ON TABLE public.jobs TO bee_system;

GRANT SELECT,INSERT ON TABLE public.member_accounts TO bee_system;

GRANT UPDATE(email) ON TABLE public.member_accounts TO bee_system;

GRANT UPDATE(password_hash) ON TABLE public.member_accounts TO bee_system;

GRANT UPDATE(user_metadata) ON TABLE public.member_accounts TO bee_system;

GRANT UPDATE(last_sign_in_at) ON TABLE public.member_accounts TO bee_system;

GRANT UPDATE(updated_at) ON TABLE public.member_accounts TO bee_system;

GRANT SELECT,INSERT,UPDATE ON TABLE public.member_requests TO bee_system;
GRANT SELECT,DELETE ON TABLE public.member_requests TO bee_worker;

GRANT SELECT ON TABLE public.members TO service_role;
GRANT SELECT ON TABLE public.members TO bee_coach;
GRANT SELECT ON TABLE public.members TO bee_admin;

GRANT SELECT(id) ON TABLE public.members TO authenticated;
GRANT INSERT(id) ON TABLE public.members TO service_role;
GRANT SELECT(id) ON TABLE public.members TO bee_product;
GRANT SELECT(id) ON TABLE public.members TO bee_oncall;
GRANT SELECT(id) ON TABLE public.members TO bee_worker;
GRANT SELECT(id),INSERT(id) ON TABLE public.members TO bee_system;

GRANT SELECT(number) ON TABLE public.members TO bee_product;
GRANT SELECT(number) ON TABLE public.members TO bee_oncall;
GRANT SELECT(number) ON TABLE public.members TO bee_worker;
GRANT SELECT(number) ON TABLE public.members TO bee_system;

GRANT SELECT(external_id) ON TABLE public.members TO authenticated;
GRANT INSERT(external_id),UPDATE(external_id) ON TABLE public.members TO service_role;
GRANT INSERT(external_id) ON TABLE public.members TO bee_system;

GRANT SELECT(time_zone) ON TABLE public.members TO authenticated;
GRANT INSERT(time_zone),UPDATE(time_zone) ON TABLE public.members TO service_role;
GRANT SELECT(time_zone) ON TABLE public.members TO bee_product;
GRANT SELECT(time_zone) ON TABLE public.members TO bee_oncall;
GRANT SELECT(time_zone) ON TABLE public.members TO bee_worker;
GRANT SELECT(time_zone),INSERT(time_zone),UPDATE(time_zone) ON TABLE public.members TO bee_system;

GRANT SELECT(joined_on) ON TABLE public.members TO authenticated;
GRANT INSERT(joined_on),UPDATE(joined_on) ON TABLE public.members TO service_role;
GRANT SELECT(joined_on) ON TABLE public.members TO bee_product;
GRANT SELECT(joined_on) ON TABLE public.members TO bee_oncall;
GRANT SELECT(joined_on) ON TABLE public.members TO bee_worker;
GRANT SELECT(joined_on),INSERT(joined_on) ON TABLE public.members TO bee_system;

GRANT SELECT(left_on) ON TABLE public.members TO authenticated;
GRANT INSERT(left_on),UPDATE(left_on) ON TABLE public.members TO service_role;
GRANT SELECT(left_on) ON TABLE public.members TO bee_product;
GRANT SELECT(left_on) ON TABLE public.members TO bee_oncall;
GRANT SELECT(left_on) ON TABLE public.members TO bee_worker;
GRANT SELECT(left_on) ON TABLE public.members TO bee_system;

GRANT INSERT(coach_id),UPDATE(coach_id) ON TABLE public.members TO service_role;
GRANT SELECT(coach_id) ON TABLE public.members TO bee_product;
GRANT UPDATE(coach_id) ON TABLE public.members TO bee_admin;
GRANT SELECT(coach_id) ON TABLE public.members TO bee_worker;
GRANT SELECT(coach_id) ON TABLE public.members TO bee_system;

GRANT INSERT(attributes),UPDATE(attributes) ON TABLE public.members TO service_role;
GRANT SELECT(attributes) ON TABLE public.members TO bee_product;
GRANT SELECT(attributes) ON TABLE public.members TO bee_worker;
GRANT SELECT(attributes) ON TABLE public.members TO bee_system;

GRANT SELECT(consents) ON TABLE public.members TO authenticated;
GRANT SELECT(consents) ON TABLE public.members TO bee_product;
GRANT SELECT(consents) ON TABLE public.members TO bee_worker;
GRANT SELECT(consents) ON TABLE public.members TO bee_system;

GRANT SELECT(is_demo) ON TABLE public.members TO bee_product;
GRANT SELECT(is_demo) ON TABLE public.members TO bee_oncall;
GRANT SELECT(is_demo) ON TABLE public.members TO bee_worker;
GRANT SELECT(is_demo),INSERT(is_demo) ON TABLE public.members TO bee_system;

GRANT SELECT(is_synthetic) ON TABLE public.members TO bee_product;
GRANT SELECT(is_synthetic) ON TABLE public.members TO bee_oncall;
GRANT SELECT(is_synthetic) ON TABLE public.members TO bee_worker;
GRANT SELECT(is_synthetic),INSERT(is_synthetic) ON TABLE public.members TO bee_system;

GRANT SELECT(created_at) ON TABLE public.members TO authenticated;
GRANT SELECT(created_at) ON TABLE public.members TO bee_product;
GRANT SELECT(created_at) ON TABLE public.members TO bee_oncall;
GRANT SELECT(created_at) ON TABLE public.members TO bee_worker;
GRANT SELECT(created_at) ON TABLE public.members TO bee_system;

GRANT SELECT ON TABLE public.member_segments TO bee_product;
GRANT SELECT ON TABLE public.member_segments TO bee_coach;
GRANT SELECT ON TABLE public.member_segments TO bee_admin;
GRANT SELECT ON TABLE public.member_segments TO bee_worker;

GRANT SELECT,INSERT,DELETE ON TABLE public.member_sessions TO bee_system;
GRANT DELETE ON TABLE public.member_sessions TO bee_worker;

GRANT SELECT(id) ON TABLE public.member_sessions TO bee_worker;

GRANT UPDATE(turn) ON TABLE public.member_sessions TO bee_system;

GRANT UPDATE(refreshed_at) ON TABLE public.member_sessions TO bee_system;
GRANT SELECT(refreshed_at) ON TABLE public.member_sessions TO bee_worker;

GRANT SELECT ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT ON TABLE public.momentum_notifications TO bee_coach;
GRANT SELECT ON TABLE public.momentum_notifications TO bee_admin;
GRANT SELECT ON TABLE public.momentum_notifications TO bee_worker;

GRANT SELECT(id) ON TABLE public.momentum_notifications TO authenticated;
GRANT INSERT(id) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(id) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(id) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(id) ON TABLE public.momentum_notifications TO bee_worker;

GRANT SELECT(user_id) ON TABLE public.momentum_notifications TO authenticated;
GRANT INSERT(user_id) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(user_id) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(user_id) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(user_id) ON TABLE public.momentum_notifications TO bee_worker;

GRANT SELECT(notification_type) ON TABLE public.momentum_notifications TO authenticated;
GRANT INSERT(notification_type) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(notification_type) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(notification_type) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(notification_type) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(rule) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(rule) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(rule) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(rule) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(rule_version) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(rule_version) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(rule_version) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(rule_version) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(moment) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(moment) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(moment) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(moment) ON TABLE public.momentum_notifications TO bee_worker;

GRANT SELECT(trigger_date) ON TABLE public.momentum_notifications TO authenticated;
GRANT INSERT(trigger_date) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(trigger_date) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(trigger_date) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(trigger_date) ON TABLE public.momentum_notifications TO bee_worker;

GRANT SELECT(decided_at) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(decided_at) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(decided_at) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(decision) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(decision) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(decision) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(decision) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(reason) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(reason) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(reason) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(reason) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(guards) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(guards) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(guards) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(guards) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(draw) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(draw) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(draw) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(draw) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(probability) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(probability) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(probability) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(probability) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(definition) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(definition) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(definition) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(definition) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(final_score) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(final_score) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(final_score) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(final_score) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(momentum_state) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(momentum_state) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(momentum_state) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(momentum_state) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(priority) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(priority) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(priority) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(priority) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(not_before) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(not_before) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(not_before) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(not_before) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(expires_at) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(expires_at) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(expires_at) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(expires_at) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(silent_since) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(silent_since) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(silent_since) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(silent_since) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(variant) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(variant) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(variant) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(variant) ON TABLE public.momentum_notifications TO bee_worker;

GRANT SELECT(title) ON TABLE public.momentum_notifications TO authenticated;
GRANT INSERT(title) ON TABLE public.momentum_notifications TO service_role;
GRANT INSERT(title) ON TABLE public.momentum_notifications TO bee_worker;

GRANT SELECT(message) ON TABLE public.momentum_notifications TO authenticated;
GRANT INSERT(message) ON TABLE public.momentum_notifications TO service_role;
GRANT INSERT(message) ON TABLE public.momentum_notifications TO bee_worker;

GRANT SELECT(action) ON TABLE public.momentum_notifications TO authenticated;
GRANT INSERT(action) ON TABLE public.momentum_notifications TO service_role;
GRANT INSERT(action) ON TABLE public.momentum_notifications TO bee_worker;

GRANT INSERT(audience_hash) ON TABLE public.momentum_notifications TO service_role;
GRANT SELECT(audience_hash) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(audience_hash) ON TABLE public.momentum_notifications TO bee_product;
GRANT INSERT(audience_hash) ON TABLE public.momentum_notifications TO bee_worker;

GRANT SELECT(sent_at) ON TABLE public.momentum_notifications TO authenticated;
GRANT SELECT(sent_at) ON TABLE public.momentum_notifications TO bee_oncall;
GRANT SELECT(sent_at) ON TABLE public.momentum_notifications TO bee_product;
GRANT UPDATE(sent_at) ON TABLE public.momentum_notifications TO bee_worker;

GRANT SELECT ON TABLE public.notification_attempts TO bee_product;
GRANT SELECT ON TABLE public.notification_attempts TO bee_oncall;
GRANT SELECT ON TABLE public.notification_attempts TO bee_admin;
GRANT SELECT,INSERT ON TABLE public.notification_attempts TO bee_worker;

GRANT SELECT ON TABLE public.notification_breakers TO bee_product;
GRANT SELECT ON TABLE public.notification_breakers TO bee_oncall;
GRANT SELECT ON TABLE public.notification_breakers TO bee_admin;
GRANT SELECT,INSERT,UPDATE ON TABLE public.notification_breakers TO bee_worker;

GRANT SELECT ON TABLE public.notification_campaign_acts TO bee_product;
GRANT SELECT ON TABLE public.notification_campaign_acts TO bee_admin;
GRANT SELECT ON TABLE public.notification_campaign_acts TO bee_worker;

GRANT INSERT(campaign) ON TABLE public.notification_campaign_acts TO bee_product;
GRANT INSERT(campaign) ON TABLE public.notification_campaign_acts TO bee_admin;
GRANT INSERT(campaign) ON TABLE public.notification_campaign_acts TO bee_worker;

GRANT INSERT(version) ON TABLE public.notification_campaign_acts TO bee_product;
GRANT INSERT(version) ON TABLE public.notification_campaign_acts TO bee_admin;
GRANT INSERT(version) ON TABLE public.notification_campaign_acts TO bee_worker;

GRANT INSERT(digest) ON TABLE public.notification_campaign_acts TO bee_product;
GRANT INSERT(digest) ON TABLE public.notification_campaign_acts TO bee_admin;
GRANT INSERT(digest) ON TABLE public.notification_campaign_acts TO bee_worker;

GRANT INSERT(kind) ON TABLE public.notification_campaign_acts TO bee_product;
GRANT INSERT(kind) ON TABLE public.notification_campaign_acts TO bee_admin;
GRANT INSERT(kind) ON TABLE public.notification_campaign_acts TO bee_worker;

GRANT INSERT(done_by) ON TABLE public.notification_campaign_acts TO bee_product;
GRANT INSERT(done_by) ON TABLE public.notification_campaign_acts TO bee_admin;

GRANT INSERT(reason) ON TABLE public.notification_campaign_acts TO bee_product;
GRANT INSERT(reason) ON TABLE public.notification_campaign_acts TO bee_admin;

GRANT SELECT ON TABLE public.notification_campaign_people TO bee_product;
GRANT SELECT ON TABLE public.notification_campaign_people TO bee_admin;
GRANT SELECT ON TABLE public.notification_campaign_people TO bee_worker;

GRANT UPDATE(available_at) ON TABLE public.notification_campaign_people TO bee_worker;

GRANT UPDATE(decided_at) ON TABLE public.notification_campaign_people TO bee_worker;

GRANT SELECT ON TABLE public.notification_campaign_tests TO bee_worker;

GRANT SELECT(id) ON TABLE public.notification_campaign_tests TO bee_product;
GRANT SELECT(id) ON TABLE public.notification_campaign_tests TO bee_admin;

GRANT SELECT(campaign),INSERT(campaign) ON TABLE public.notification_campaign_tests TO bee_product;
GRANT SELECT(campaign),INSERT(campaign) ON TABLE public.notification_campaign_tests TO bee_admin;

GRANT SELECT(version),INSERT(version) ON TABLE public.notification_campaign_tests TO bee_product;
GRANT SELECT(version),INSERT(version) ON TABLE public.notification_campaign_tests TO bee_admin;

GRANT SELECT(variant),INSERT(variant) ON TABLE public.notification_campaign_tests TO bee_product;
GRANT SELECT(variant),INSERT(variant) ON TABLE public.notification_campaign_tests TO bee_admin;

GRANT SELECT(platform),INSERT(platform) ON TABLE public.notification_campaign_tests TO bee_product;
GRANT SELECT(platform),INSERT(platform) ON TABLE public.notification_campaign_tests TO bee_admin;

GRANT INSERT(address) ON TABLE public.notification_campaign_tests TO bee_product;
GRANT INSERT(address) ON TABLE public.notification_campaign_tests TO bee_admin;
GRANT UPDATE(address) ON TABLE public.notification_campaign_tests TO bee_worker;

GRANT SELECT(asked_by),INSERT(asked_by) ON TABLE public.notification_campaign_tests TO bee_product;
GRANT SELECT(asked_by),INSERT(asked_by) ON TABLE public.notification_campaign_tests TO bee_admin;

GRANT SELECT(asked_at) ON TABLE public.notification_campaign_tests TO bee_product;
GRANT SELECT(asked_at) ON TABLE public.notification_campaign_tests TO bee_admin;

GRANT SELECT(posted_at) ON TABLE public.notification_campaign_tests TO bee_product;
GRANT SELECT(posted_at) ON TABLE public.notification_campaign_tests TO bee_admin;
GRANT UPDATE(posted_at) ON TABLE public.notification_campaign_tests TO bee_worker;

GRANT SELECT(via) ON TABLE public.notification_campaign_tests TO bee_product;
GRANT SELECT(via) ON TABLE public.notification_campaign_tests TO bee_admin;
GRANT UPDATE(via) ON TABLE public.notification_campaign_tests TO bee_worker;

GRANT SELECT(outcome) ON TABLE public.notification_campaign_tests TO bee_product;
GRANT SELECT(outcome) ON TABLE public.notification_campaign_tests TO bee_admin;
GRANT UPDATE(outcome) ON TABLE public.notification_campaign_tests TO bee_worker;

GRANT SELECT(error) ON TABLE public.notification_campaign_tests TO bee_product;
GRANT SELECT(error) ON TABLE public.notification_campaign_tests TO bee_admin;
GRANT UPDATE(error) ON TABLE public.notification_campaign_tests TO bee_worker;

GRANT SELECT ON TABLE public.notification_campaign_versions TO bee_product;
GRANT SELECT ON TABLE public.notification_campaign_versions TO bee_admin;
GRANT SELECT ON TABLE public.notification_campaign_versions TO bee_worker;

GRANT SELECT ON TABLE public.notification_campaigns TO bee_product;
GRANT SELECT ON TABLE public.notification_campaigns TO bee_admin;
GRANT SELECT ON TABLE public.notification_campaigns TO bee_worker;

GRANT SELECT ON TABLE public.notification_deliveries TO bee_product;
GRANT SELECT ON TABLE public.notification_deliveries TO bee_coach;
GRANT SELECT ON TABLE public.notification_deliveries TO bee_oncall;
GRANT SELECT ON TABLE public.notification_deliveries TO bee_admin;
GRANT SELECT,INSERT,UPDATE ON TABLE public.notification_deliveries TO bee_worker;

GRANT SELECT ON TABLE public.notification_outcomes TO bee_product;
GRANT SELECT ON TABLE public.notification_outcomes TO bee_oncall;
GRANT SELECT ON TABLE public.notification_outcomes TO bee_admin;
GRANT SELECT,INSERT ON TABLE public.notification_outcomes TO bee_worker;

GRANT SELECT ON TABLE public.notification_preferences TO authenticated;
GRANT SELECT ON TABLE public.notification_preferences TO bee_coach;
GRANT SELECT ON TABLE public.notification_preferences TO bee_admin;
GRANT SELECT ON TABLE public.notification_preferences TO bee_product;
GRANT SELECT ON TABLE public.notification_preferences TO bee_worker;

GRANT INSERT(user_id) ON TABLE public.notification_preferences TO authenticated;

GRANT INSERT(quiet_from) ON TABLE public.notification_preferences TO authenticated;

GRANT INSERT(quiet_until) ON TABLE public.notification_preferences TO authenticated;

GRANT INSERT(opted_out) ON TABLE public.notification_preferences TO authenticated;

GRANT SELECT ON TABLE public.notification_receipts TO authenticated;
GRANT SELECT ON TABLE public.notification_receipts TO service_role;
GRANT SELECT ON TABLE public.notification_receipts TO bee_product;
GRANT SELECT ON TABLE public.notification_receipts TO bee_oncall;
GRANT SELECT ON TABLE public.notification_receipts TO bee_coach;
GRANT SELECT ON TABLE public.notification_receipts TO bee_admin;
GRANT SELECT ON TABLE public.notification_receipts TO bee_worker;

GRANT INSERT(notification_id) ON TABLE public.notification_receipts TO authenticated;

GRANT INSERT(user_id) ON TABLE public.notification_receipts TO authenticated;

GRANT INSERT(kind) ON TABLE public.notification_receipts TO authenticated;

GRANT SELECT ON TABLE public.notification_rule_activations TO bee_product;
GRANT SELECT ON TABLE public.notification_rule_activations TO bee_coach;
GRANT SELECT ON TABLE public.notification_rule_activations TO bee_oncall;
GRANT SELECT ON TABLE public.notification_rule_activations TO bee_admin;
GRANT SELECT ON TABLE public.notification_rule_activations TO bee_worker;

GRANT INSERT(rule) ON TABLE public.notification_rule_activations TO bee_admin;

GRANT INSERT(version) ON TABLE public.notification_rule_activations TO bee_admin;

GRANT INSERT(activated_by) ON TABLE public.notification_rule_activations TO bee_admin;

GRANT INSERT(reason) ON TABLE public.notification_rule_activations TO bee_admin;

GRANT SELECT ON TABLE public.notification_rule_approvals TO bee_product;
GRANT SELECT ON TABLE public.notification_rule_approvals TO bee_coach;
GRANT SELECT ON TABLE public.notification_rule_approvals TO bee_oncall;
GRANT SELECT ON TABLE public.notification_rule_approvals TO bee_admin;
GRANT SELECT ON TABLE public.notification_rule_approvals TO bee_worker;

GRANT INSERT(rule) ON TABLE public.notification_rule_approvals TO bee_admin;

GRANT INSERT(version) ON TABLE public.notification_rule_approvals TO bee_admin;

GRANT INSERT(digest) ON TABLE public.notification_rule_approvals TO bee_admin;

GRANT INSERT(approved_by) ON TABLE public.notification_rule_approvals TO bee_admin;

GRANT SELECT ON TABLE public.notification_rule_versions TO bee_product;
GRANT SELECT ON TABLE public.notification_rule_versions TO bee_coach;
GRANT SELECT ON TABLE public.notification_rule_versions TO bee_oncall;
GRANT SELECT ON TABLE public.notification_rule_versions TO bee_admin;
GRANT SELECT ON TABLE public.notification_rule_versions TO bee_worker;

GRANT INSERT(rule) ON TABLE public.notification_rule_versions TO bee_product;
GRANT INSERT(rule) ON TABLE public.notification_rule_versions TO bee_admin;

GRANT INSERT(version) ON TABLE public.notification_rule_versions TO bee_product;
GRANT INSERT(version) ON TABLE public.notification_rule_versions TO bee_admin;

GRANT INSERT(body) ON TABLE public.notification_rule_versions TO bee_product;
GRANT INSERT(body) ON TABLE public.notification_rule_versions TO bee_admin;

GRANT INSERT(digest) ON TABLE public.notification_rule_versions TO bee_product;
GRANT INSERT(digest) ON TABLE public.notification_rule_versions TO bee_admin;

GRANT INSERT(author_id) ON TABLE public.notification_rule_versions TO bee_product;
GRANT INSERT(author_id) ON TABLE public.notification_rule_versions TO bee_admin;

GRANT INSERT(message) ON TABLE public.notification_rule_versions TO bee_product;
GRANT INSERT(message) ON TABLE public.notification_rule_versions TO bee_admin;

GRANT SELECT ON TABLE public.notification_stops TO bee_product;
GRANT SELECT ON TABLE public.notification_stops TO bee_coach;
GRANT SELECT ON TABLE public.notification_stops TO bee_oncall;
GRANT SELECT ON TABLE public.notification_stops TO bee_admin;
GRANT SELECT ON TABLE public.notification_stops TO bee_worker;

GRANT INSERT(rule) ON TABLE public.notification_stops TO bee_admin;
GRANT INSERT(rule) ON TABLE public.notification_stops TO bee_oncall;

GRANT INSERT(is_stopped) ON TABLE public.notification_stops TO bee_admin;
GRANT INSERT(is_stopped) ON TABLE public.notification_stops TO bee_oncall;

GRANT INSERT(changed_by) ON TABLE public.notification_stops TO bee_admin;
GRANT INSERT(changed_by) ON TABLE public.notification_stops TO bee_oncall;

GRANT INSERT(reason) ON TABLE public.notification_stops TO bee_admin;
GRANT INSERT(reason) ON TABLE public.notification_stops TO bee_oncall;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.objective_hours TO bee_worker;
GRANT SELECT ON TABLE public.objective_hours TO bee_oncall;
GRANT SELECT ON TABLE public.objective_hours TO bee_admin;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.objective_minutes TO bee_worker;
GRANT SELECT ON TABLE public.objective_minutes TO bee_oncall;
GRANT SELECT ON TABLE public.objective_minutes TO bee_admin;
GRANT SELECT ON TABLE public.objective_minutes TO bee_system;

GRANT SELECT ON TABLE public.oncall_shifts TO bee_worker;
GRANT SELECT ON TABLE public.oncall_shifts TO bee_oncall;
GRANT SELECT ON TABLE public.oncall_shifts TO bee_admin;

GRANT INSERT(level) ON TABLE public.oncall_shifts TO bee_oncall;
GRANT INSERT(level) ON TABLE public.oncall_shifts TO bee_admin;

GRANT INSERT(staff_id) ON TABLE public.oncall_shifts TO bee_oncall;
GRANT INSERT(staff_id) ON TABLE public.oncall_shifts TO bee_admin;

GRANT INSERT(starts_at) ON TABLE public.oncall_shifts TO bee_oncall;
GRANT INSERT(starts_at) ON TABLE public.oncall_shifts TO bee_admin;

GRANT INSERT(ends_at) ON TABLE public.oncall_shifts TO bee_oncall;
GRANT INSERT(ends_at) ON TABLE public.oncall_shifts TO bee_admin;

GRANT INSERT(created_by) ON TABLE public.oncall_shifts TO bee_oncall;
GRANT INSERT(created_by) ON TABLE public.oncall_shifts TO bee_admin;

GRANT UPDATE(removed_by) ON TABLE public.oncall_shifts TO bee_oncall;
GRANT UPDATE(removed_by) ON TABLE public.oncall_shifts TO bee_admin;

GRANT UPDATE(removed_at) ON TABLE public.oncall_shifts TO bee_oncall;
GRANT UPDATE(removed_at) ON TABLE public.oncall_shifts TO bee_admin;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO bee_worker;
GRANT SELECT,INSERT ON TABLE public.outbox TO bee_system;
GRANT SELECT ON TABLE public.outbox TO bee_admin;

GRANT SELECT(id) ON TABLE public.outbox TO bee_oncall;

GRANT SELECT(topic) ON TABLE public.outbox TO bee_oncall;

GRANT SELECT(dedupe_key) ON TABLE public.outbox TO bee_oncall;

GRANT SELECT(created_at) ON TABLE public.outbox TO bee_oncall;

GRANT SELECT(available_at) ON TABLE public.outbox TO bee_oncall;

GRANT SELECT(attempts) ON TABLE public.outbox TO bee_oncall;

GRANT SELECT(delivered_at) ON TABLE public.outbox TO bee_oncall;

GRANT SELECT(last_error) ON TABLE public.outbox TO bee_oncall;

GRANT SELECT(transaction) ON TABLE public.outbox TO bee_oncall;

GRANT SELECT ON TABLE public.personal_data TO authenticated;
GRANT SELECT,INSERT,UPDATE ON TABLE public.personal_data TO service_role;
GRANT SELECT ON TABLE public.personal_data TO bee_coach;
GRANT SELECT ON TABLE public.personal_data TO bee_admin;

GRANT SELECT(member_id),INSERT(member_id) ON TABLE public.personal_data TO bee_system;
GRANT SELECT(member_id) ON TABLE public.personal_data TO bee_worker;

GRANT INSERT(full_name),UPDATE(full_name) ON TABLE public.personal_data TO bee_system;
GRANT SELECT(full_name) ON TABLE public.personal_data TO bee_worker;

GRANT INSERT(email),UPDATE(email) ON TABLE public.personal_data TO bee_system;
GRANT SELECT(email) ON TABLE public.personal_data TO bee_worker;

GRANT SELECT(phone) ON TABLE public.personal_data TO bee_worker;

GRANT UPDATE(updated_at) ON TABLE public.personal_data TO bee_system;

GRANT SELECT ON TABLE public.probe_pushes TO bee_system;
GRANT SELECT ON TABLE public.probe_pushes TO bee_worker;
GRANT SELECT ON TABLE public.probe_pushes TO bee_oncall;
GRANT SELECT ON TABLE public.probe_pushes TO bee_admin;

GRANT INSERT(id) ON TABLE public.probe_pushes TO bee_system;

GRANT UPDATE(taken_at) ON TABLE public.probe_pushes TO bee_worker;

GRANT UPDATE(outcome) ON TABLE public.probe_pushes TO bee_worker;

GRANT SELECT,INSERT,DELETE ON TABLE public.probe_ticks TO bee_worker;
GRANT SELECT,INSERT ON TABLE public.probe_ticks TO bee_system;
GRANT SELECT ON TABLE public.probe_ticks TO bee_oncall;
GRANT SELECT ON TABLE public.probe_ticks TO bee_admin;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.probers TO bee_worker;
GRANT SELECT,INSERT,UPDATE ON TABLE public.probers TO bee_system;
GRANT SELECT ON TABLE public.probers TO bee_oncall;
GRANT SELECT ON TABLE public.probers TO bee_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE public.request_refusals TO bee_system;
GRANT SELECT,DELETE ON TABLE public.request_refusals TO bee_worker;
GRANT SELECT ON TABLE public.request_refusals TO bee_oncall;
GRANT SELECT ON TABLE public.request_refusals TO bee_admin;

GRANT SELECT ON TABLE public.safety_events TO bee_coach;
GRANT SELECT ON TABLE public.safety_events TO bee_admin;

GRANT SELECT(id) ON TABLE public.safety_events TO bee_system;
GRANT SELECT(id) ON TABLE public.safety_events TO bee_oncall;

GRANT SELECT(user_id),INSERT(user_id) ON TABLE public.safety_events TO bee_system;

GRANT SELECT(message_id),INSERT(message_id) ON TABLE public.safety_events TO bee_system;

GRANT SELECT(category),INSERT(category) ON TABLE public.safety_events TO bee_system;
GRANT SELECT(category) ON TABLE public.safety_events TO bee_oncall;

GRANT INSERT(matched) ON TABLE public.safety_events TO bee_system;

GRANT SELECT(rules_version),INSERT(rules_version) ON TABLE public.safety_events TO bee_system;
GRANT SELECT(rules_version) ON TABLE public.safety_events TO bee_oncall;

GRANT SELECT(status) ON TABLE public.safety_events TO bee_system;
GRANT UPDATE(status) ON TABLE public.safety_events TO bee_coach;
GRANT UPDATE(status) ON TABLE public.safety_events TO bee_admin;
GRANT SELECT(status) ON TABLE public.safety_events TO bee_oncall;

GRANT SELECT(created_at),INSERT(created_at) ON TABLE public.safety_events TO bee_system;
GRANT SELECT(created_at) ON TABLE public.safety_events TO bee_oncall;

GRANT UPDATE(taken_by) ON TABLE public.safety_events TO bee_coach;
GRANT UPDATE(taken_by) ON TABLE public.safety_events TO bee_admin;

GRANT UPDATE(taken_at) ON TABLE public.safety_events TO bee_coach;
GRANT UPDATE(taken_at) ON TABLE public.safety_events TO bee_admin;
GRANT SELECT(taken_at) ON TABLE public.safety_events TO bee_oncall;

GRANT UPDATE(closed_at) ON TABLE public.safety_events TO bee_coach;
GRANT UPDATE(closed_at) ON TABLE public.safety_events TO bee_admin;
GRANT SELECT(closed_at) ON TABLE public.safety_events TO bee_oncall;

GRANT UPDATE(note) ON TABLE public.safety_events TO bee_coach;
GRANT UPDATE(note) ON TABLE public.safety_events TO bee_admin;

GRANT UPDATE(finding) ON TABLE public.safety_events TO bee_coach;
GRANT UPDATE(finding) ON TABLE public.safety_events TO bee_admin;
GRANT SELECT(finding) ON TABLE public.safety_events TO bee_oncall;

GRANT SELECT ON TABLE public.score_definition_activations TO bee_product;
GRANT SELECT ON TABLE public.score_definition_activations TO bee_coach;
GRANT SELECT ON TABLE public.score_definition_activations TO bee_oncall;
GRANT SELECT ON TABLE public.score_definition_activations TO bee_admin;
GRANT SELECT ON TABLE public.score_definition_activations TO bee_worker;
GRANT SELECT ON TABLE public.score_definition_activations TO bee_system;

GRANT SELECT ON TABLE public.score_definitions TO service_role;
GRANT SELECT ON TABLE public.score_definitions TO bee_product;
GRANT SELECT ON TABLE public.score_definitions TO bee_coach;
GRANT SELECT ON TABLE public.score_definitions TO bee_oncall;
GRANT SELECT ON TABLE public.score_definitions TO bee_admin;
GRANT SELECT ON TABLE public.score_definitions TO bee_worker;
GRANT SELECT ON TABLE public.score_definitions TO bee_system;
GRANT SELECT ON TABLE public.score_definitions TO authenticated;

GRANT SELECT ON TABLE public.score_dues TO bee_oncall;
GRANT SELECT ON TABLE public.score_dues TO bee_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.score_dues TO bee_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.score_dues TO bee_system;

GRANT SELECT(user_id) ON TABLE public.score_dues TO authenticated;

GRANT SELECT ON TABLE public.score_frontiers TO bee_product;
GRANT SELECT ON TABLE public.score_frontiers TO bee_coach;
GRANT SELECT ON TABLE public.score_frontiers TO bee_oncall;
GRANT SELECT ON TABLE public.score_frontiers TO bee_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.score_frontiers TO bee_worker;
GRANT SELECT ON TABLE public.score_frontiers TO bee_system;

GRANT SELECT ON TABLE public.score_restatements TO bee_product;
GRANT SELECT ON TABLE public.score_restatements TO bee_coach;
GRANT SELECT ON TABLE public.score_restatements TO bee_admin;
GRANT SELECT,INSERT ON TABLE public.score_restatements TO bee_worker;
GRANT SELECT,INSERT ON TABLE public.score_restatements TO bee_system;

GRANT SELECT ON TABLE public.service_amendments TO bee_oncall;
GRANT SELECT ON TABLE public.service_amendments TO bee_admin;
GRANT SELECT ON TABLE public.service_amendments TO bee_worker;

GRANT SELECT(id) ON TABLE public.service_amendments TO bee_system;

GRANT INSERT(kind) ON TABLE public.service_amendments TO bee_oncall;
GRANT INSERT(kind) ON TABLE public.service_amendments TO bee_admin;
GRANT SELECT(kind) ON TABLE public.service_amendments TO bee_system;

GRANT INSERT(starts_at) ON TABLE public.service_amendments TO bee_oncall;
GRANT INSERT(starts_at) ON TABLE public.service_amendments TO bee_admin;
GRANT SELECT(starts_at) ON TABLE public.service_amendments TO bee_system;

GRANT INSERT(ends_at) ON TABLE public.service_amendments TO bee_oncall;
GRANT INSERT(ends_at) ON TABLE public.service_amendments TO bee_admin;
GRANT SELECT(ends_at) ON TABLE public.service_amendments TO bee_system;

GRANT INSERT(state) ON TABLE public.service_amendments TO bee_oncall;
GRANT INSERT(state) ON TABLE public.service_amendments TO bee_admin;
GRANT SELECT(state) ON TABLE public.service_amendments TO bee_system;

GRANT INSERT(reason) ON TABLE public.service_amendments TO bee_oncall;
GRANT INSERT(reason) ON TABLE public.service_amendments TO bee_admin;

GRANT INSERT(declared_by) ON TABLE public.service_amendments TO bee_oncall;
GRANT INSERT(declared_by) ON TABLE public.service_amendments TO bee_admin;

GRANT UPDATE(uptime_before) ON TABLE public.service_amendments TO bee_oncall;
GRANT UPDATE(uptime_before) ON TABLE public.service_amendments TO bee_admin;

GRANT UPDATE(uptime_after) ON TABLE public.service_amendments TO bee_oncall;
GRANT UPDATE(uptime_after) ON TABLE public.service_amendments TO bee_admin;

GRANT UPDATE(withdrawn_at) ON TABLE public.service_amendments TO bee_oncall;
GRANT UPDATE(withdrawn_at) ON TABLE public.service_amendments TO bee_admin;
GRANT SELECT(withdrawn_at) ON TABLE public.service_amendments TO bee_system;

GRANT UPDATE(withdrawn_by) ON TABLE public.service_amendments TO bee_oncall;
GRANT UPDATE(withdrawn_by) ON TABLE public.service_amendments TO bee_admin;

GRANT UPDATE(withdrawn_because) ON TABLE public.service_amendments TO bee_oncall;
GRANT UPDATE(withdrawn_because) ON TABLE public.service_amendments TO bee_admin;

GRANT SELECT,INSERT ON TABLE public.service_gaps TO bee_system;
GRANT SELECT,DELETE ON TABLE public.service_gaps TO bee_worker;
GRANT SELECT ON TABLE public.service_gaps TO bee_oncall;
GRANT SELECT ON TABLE public.service_gaps TO bee_admin;

GRANT SELECT ON TABLE public.service_maintenance_changes TO bee_oncall;
GRANT SELECT ON TABLE public.service_maintenance_changes TO bee_admin;
GRANT SELECT ON TABLE public.service_maintenance_changes TO bee_worker;

GRANT SELECT(id) ON TABLE public.service_maintenance_changes TO bee_system;

GRANT INSERT(amendment) ON TABLE public.service_maintenance_changes TO bee_oncall;
GRANT INSERT(amendment) ON TABLE public.service_maintenance_changes TO bee_admin;
GRANT SELECT(amendment) ON TABLE public.service_maintenance_changes TO bee_system;

GRANT INSERT(kind) ON TABLE public.service_maintenance_changes TO bee_oncall;
GRANT INSERT(kind) ON TABLE public.service_maintenance_changes TO bee_admin;

GRANT INSERT(starts_at) ON TABLE public.service_maintenance_changes TO bee_oncall;
GRANT INSERT(starts_at) ON TABLE public.service_maintenance_changes TO bee_admin;
GRANT SELECT(starts_at) ON TABLE public.service_maintenance_changes TO bee_system;

GRANT INSERT(ends_at) ON TABLE public.service_maintenance_changes TO bee_oncall;
GRANT INSERT(ends_at) ON TABLE public.service_maintenance_changes TO bee_admin;
GRANT SELECT(ends_at) ON TABLE public.service_maintenance_changes TO bee_system;

GRANT INSERT(reason) ON TABLE public.service_maintenance_changes TO bee_oncall;
GRANT INSERT(reason) ON TABLE public.service_maintenance_changes TO bee_admin;

GRANT INSERT(changed_by) ON TABLE public.service_maintenance_changes TO bee_oncall;
GRANT INSERT(changed_by) ON TABLE public.service_maintenance_changes TO bee_admin;

GRANT UPDATE(withdrawn_at) ON TABLE public.service_maintenance_changes TO bee_oncall;
GRANT UPDATE(withdrawn_at) ON TABLE public.service_maintenance_changes TO bee_admin;
GRANT SELECT(withdrawn_at) ON TABLE public.service_maintenance_changes TO bee_system;

GRANT UPDATE(withdrawn_by) ON TABLE public.service_maintenance_changes TO bee_oncall;
GRANT UPDATE(withdrawn_by) ON TABLE public.service_maintenance_changes TO bee_admin;

GRANT UPDATE(withdrawn_because) ON TABLE public.service_maintenance_changes TO bee_oncall;
GRANT UPDATE(withdrawn_because) ON TABLE public.service_maintenance_changes TO bee_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE public.service_minutes TO bee_system;
GRANT SELECT,DELETE ON TABLE public.service_minutes TO bee_worker;
GRANT SELECT ON TABLE public.service_minutes TO bee_oncall;
GRANT SELECT ON TABLE public.service_minutes TO bee_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE public.service_recorders TO bee_system;
GRANT SELECT,DELETE ON TABLE public.service_recorders TO bee_worker;
GRANT SELECT ON TABLE public.service_recorders TO bee_oncall;
GRANT SELECT ON TABLE public.service_recorders TO bee_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE public.service_totals TO bee_system;

GRANT DELETE ON TABLE public.sign_in_attempts TO bee_worker;

GRANT SELECT(account),INSERT(account) ON TABLE public.sign_in_attempts TO bee_gate;
GRANT SELECT(account),INSERT(account) ON TABLE public.sign_in_attempts TO bee_system;

GRANT SELECT(address),INSERT(address) ON TABLE public.sign_in_attempts TO bee_gate;
GRANT SELECT(address),INSERT(address) ON TABLE public.sign_in_attempts TO bee_system;

GRANT SELECT(attempted_at) ON TABLE public.sign_in_attempts TO bee_gate;
GRANT SELECT(attempted_at) ON TABLE public.sign_in_attempts TO bee_worker;
GRANT SELECT(attempted_at) ON TABLE public.sign_in_attempts TO bee_system;

GRANT SELECT(succeeded),INSERT(succeeded) ON TABLE public.sign_in_attempts TO bee_gate;
GRANT SELECT(succeeded),INSERT(succeeded) ON TABLE public.sign_in_attempts TO bee_system;

GRANT SELECT,INSERT ON TABLE public.signing_keys TO bee_system;
GRANT SELECT,INSERT,DELETE ON TABLE public.signing_keys TO bee_worker;

GRANT SELECT(id) ON TABLE public.staff TO bee_gate;
GRANT SELECT(id),INSERT(id) ON TABLE public.staff TO bee_admin;
GRANT SELECT(id) ON TABLE public.staff TO bee_product;
GRANT SELECT(id) ON TABLE public.staff TO bee_coach;
GRANT SELECT(id) ON TABLE public.staff TO bee_oncall;
GRANT SELECT(id) ON TABLE public.staff TO bee_worker;

GRANT SELECT(email) ON TABLE public.staff TO bee_gate;
GRANT SELECT(email),INSERT(email) ON TABLE public.staff TO bee_admin;

GRANT SELECT(full_name) ON TABLE public.staff TO bee_gate;
GRANT SELECT(full_name),INSERT(full_name),UPDATE(full_name) ON TABLE public.staff TO bee_admin;
GRANT SELECT(full_name) ON TABLE public.staff TO bee_product;
GRANT SELECT(full_name) ON TABLE public.staff TO bee_coach;
GRANT SELECT(full_name) ON TABLE public.staff TO bee_oncall;
GRANT SELECT(full_name) ON TABLE public.staff TO bee_worker;

GRANT SELECT(password_hash),UPDATE(password_hash) ON TABLE public.staff TO bee_gate;

GRANT SELECT(roles) ON TABLE public.staff TO bee_gate;
GRANT SELECT(roles),INSERT(roles),UPDATE(roles) ON TABLE public.staff TO bee_admin;
GRANT SELECT(roles) ON TABLE public.staff TO bee_product;
GRANT SELECT(roles) ON TABLE public.staff TO bee_coach;
GRANT SELECT(roles) ON TABLE public.staff TO bee_oncall;
GRANT SELECT(roles) ON TABLE public.staff TO bee_worker;

GRANT SELECT(is_active) ON TABLE public.staff TO bee_gate;
GRANT SELECT(is_active),UPDATE(is_active) ON TABLE public.staff TO bee_admin;
GRANT SELECT(is_active) ON TABLE public.staff TO bee_product;
GRANT SELECT(is_active) ON TABLE public.staff TO bee_coach;
GRANT SELECT(is_active) ON TABLE public.staff TO bee_oncall;
GRANT SELECT(is_active) ON TABLE public.staff TO bee_worker;

GRANT SELECT(is_demo) ON TABLE public.staff TO bee_gate;
GRANT SELECT(is_demo),INSERT(is_demo) ON TABLE public.staff TO bee_admin;
GRANT SELECT(is_demo) ON TABLE public.staff TO bee_product;
GRANT SELECT(is_demo) ON TABLE public.staff TO bee_coach;
GRANT SELECT(is_demo) ON TABLE public.staff TO bee_oncall;
GRANT SELECT(is_demo) ON TABLE public.staff TO bee_worker;

GRANT SELECT(created_at) ON TABLE public.staff TO bee_admin;

GRANT SELECT(created_by),INSERT(created_by) ON TABLE public.staff TO bee_admin;

GRANT DELETE ON TABLE public.staff_links TO bee_worker;

GRANT SELECT(token_sha256) ON TABLE public.staff_links TO bee_gate;
GRANT INSERT(token_sha256) ON TABLE public.staff_links TO bee_admin;

GRANT SELECT(staff_id) ON TABLE public.staff_links TO bee_gate;
GRANT SELECT(staff_id),INSERT(staff_id) ON TABLE public.staff_links TO bee_admin;

GRANT SELECT(purpose) ON TABLE public.staff_links TO bee_gate;
GRANT SELECT(purpose),INSERT(purpose) ON TABLE public.staff_links TO bee_admin;

GRANT SELECT(created_at) ON TABLE public.staff_links TO bee_admin;

GRANT SELECT(created_by),INSERT(created_by) ON TABLE public.staff_links TO bee_admin;

GRANT SELECT(expires_at) ON TABLE public.staff_links TO bee_gate;
GRANT SELECT(expires_at),INSERT(expires_at) ON TABLE public.staff_links TO bee_admin;
GRANT SELECT(expires_at) ON TABLE public.staff_links TO bee_worker;

GRANT SELECT(used_at),UPDATE(used_at) ON TABLE public.staff_links TO bee_gate;
GRANT SELECT(used_at),UPDATE(used_at) ON TABLE public.staff_links TO bee_admin;

GRANT SELECT ON TABLE public.staff_sessions TO bee_admin;
GRANT DELETE ON TABLE public.staff_sessions TO bee_worker;

GRANT SELECT(token_sha256),INSERT(token_sha256) ON TABLE public.staff_sessions TO bee_gate;

GRANT SELECT(staff_id),INSERT(staff_id) ON TABLE public.staff_sessions TO bee_gate;

GRANT INSERT(created_at) ON TABLE public.staff_sessions TO bee_gate;

GRANT SELECT(last_seen_at),INSERT(last_seen_at),UPDATE(last_seen_at) ON TABLE public.staff_sessions TO bee_gate;

GRANT SELECT(expires_at),INSERT(expires_at) ON TABLE public.staff_sessions TO bee_gate;
GRANT SELECT(expires_at) ON TABLE public.staff_sessions TO bee_worker;

GRANT INSERT(address) ON TABLE public.staff_sessions TO bee_gate;

GRANT SELECT(ended_at),UPDATE(ended_at) ON TABLE public.staff_sessions TO bee_gate;
GRANT UPDATE(ended_at) ON TABLE public.staff_sessions TO bee_admin;

GRANT UPDATE(ended_because) ON TABLE public.staff_sessions TO bee_gate;
GRANT UPDATE(ended_because) ON TABLE public.staff_sessions TO bee_admin;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.stale_days TO bee_worker;
GRANT SELECT ON TABLE public.stale_days TO bee_oncall;
GRANT SELECT ON TABLE public.stale_days TO bee_admin;
GRANT SELECT,INSERT ON TABLE public.stale_days TO bee_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.stale_hours TO bee_worker;
GRANT INSERT ON TABLE public.stale_hours TO bee_oncall;
GRANT INSERT ON TABLE public.stale_hours TO bee_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE public.stale_minutes TO bee_system;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.stale_minutes TO bee_worker;

GRANT SELECT ON TABLE public.status_incidents TO bee_oncall;
GRANT SELECT ON TABLE public.status_incidents TO bee_admin;

GRANT INSERT(began_at) ON TABLE public.status_incidents TO bee_oncall;
GRANT INSERT(began_at) ON TABLE public.status_incidents TO bee_admin;

GRANT INSERT(alert) ON TABLE public.status_incidents TO bee_oncall;
GRANT INSERT(alert) ON TABLE public.status_incidents TO bee_admin;

GRANT INSERT(opened_by) ON TABLE public.status_incidents TO bee_oncall;
GRANT INSERT(opened_by) ON TABLE public.status_incidents TO bee_admin;

GRANT SELECT ON TABLE public.status_notes TO bee_oncall;
GRANT SELECT ON TABLE public.status_notes TO bee_admin;

GRANT INSERT(incident) ON TABLE public.status_notes TO bee_oncall;
GRANT INSERT(incident) ON TABLE public.status_notes TO bee_admin;

GRANT INSERT(kind) ON TABLE public.status_notes TO bee_oncall;
GRANT INSERT(kind) ON TABLE public.status_notes TO bee_admin;

GRANT INSERT(title) ON TABLE public.status_notes TO bee_oncall;
GRANT INSERT(title) ON TABLE public.status_notes TO bee_admin;

GRANT INSERT(body) ON TABLE public.status_notes TO bee_oncall;
GRANT INSERT(body) ON TABLE public.status_notes TO bee_admin;

GRANT INSERT(written_by) ON TABLE public.status_notes TO bee_oncall;
GRANT INSERT(written_by) ON TABLE public.status_notes TO bee_admin;

GRANT UPDATE(published_at) ON TABLE public.status_notes TO bee_oncall;
GRANT UPDATE(published_at) ON TABLE public.status_notes TO bee_admin;

GRANT UPDATE(published_by) ON TABLE public.status_notes TO bee_oncall;
GRANT UPDATE(published_by) ON TABLE public.status_notes TO bee_admin;

GRANT UPDATE(withdrawn_at) ON TABLE public.status_notes TO bee_oncall;
GRANT UPDATE(withdrawn_at) ON TABLE public.status_notes TO bee_admin;

GRANT UPDATE(withdrawn_by) ON TABLE public.status_notes TO bee_oncall;
GRANT UPDATE(withdrawn_by) ON TABLE public.status_notes TO bee_admin;

GRANT UPDATE(withdrawn_because) ON TABLE public.status_notes TO bee_oncall;
GRANT UPDATE(withdrawn_because) ON TABLE public.status_notes TO bee_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE public.unlisted_requests TO bee_system;
GRANT SELECT,DELETE ON TABLE public.unlisted_requests TO bee_worker;
GRANT SELECT ON TABLE public.unlisted_requests TO bee_oncall;
GRANT SELECT ON TABLE public.unlisted_requests TO bee_admin;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.uptime_minutes TO bee_worker;
GRANT SELECT ON TABLE public.uptime_minutes TO bee_oncall;
GRANT SELECT ON TABLE public.uptime_minutes TO bee_admin;
GRANT SELECT ON TABLE public.uptime_minutes TO bee_system;

GRANT SELECT,DELETE ON TABLE public.user_fcm_tokens TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_fcm_tokens TO service_role;

GRANT SELECT(id) ON TABLE public.user_fcm_tokens TO bee_product;
GRANT SELECT(id) ON TABLE public.user_fcm_tokens TO bee_oncall;
GRANT SELECT(id) ON TABLE public.user_fcm_tokens TO bee_admin;
GRANT SELECT(id) ON TABLE public.user_fcm_tokens TO bee_worker;

GRANT INSERT(user_id),UPDATE(user_id) ON TABLE public.user_fcm_tokens TO authenticated;
GRANT SELECT(user_id) ON TABLE public.user_fcm_tokens TO bee_product;
GRANT SELECT(user_id) ON TABLE public.user_fcm_tokens TO bee_oncall;
GRANT SELECT(user_id) ON TABLE public.user_fcm_tokens TO bee_admin;
GRANT SELECT(user_id) ON TABLE public.user_fcm_tokens TO bee_worker;

GRANT INSERT(fcm_token),UPDATE(fcm_token) ON TABLE public.user_fcm_tokens TO authenticated;
GRANT SELECT(fcm_token) ON TABLE public.user_fcm_tokens TO bee_worker;

GRANT INSERT(platform),UPDATE(platform) ON TABLE public.user_fcm_tokens TO authenticated;
GRANT SELECT(platform) ON TABLE public.user_fcm_tokens TO bee_product;
GRANT SELECT(platform) ON TABLE public.user_fcm_tokens TO bee_oncall;
GRANT SELECT(platform) ON TABLE public.user_fcm_tokens TO bee_admin;
GRANT SELECT(platform) ON TABLE public.user_fcm_tokens TO bee_worker;

GRANT SELECT(is_active) ON TABLE public.user_fcm_tokens TO bee_product;
GRANT SELECT(is_active) ON TABLE public.user_fcm_tokens TO bee_oncall;
GRANT SELECT(is_active) ON TABLE public.user_fcm_tokens TO bee_admin;
GRANT SELECT(is_active),UPDATE(is_active) ON TABLE public.user_fcm_tokens TO bee_worker;

GRANT INSERT(address_kind),UPDATE(address_kind) ON TABLE public.user_fcm_tokens TO authenticated;
GRANT SELECT(address_kind) ON TABLE public.user_fcm_tokens TO bee_product;
GRANT SELECT(address_kind) ON TABLE public.user_fcm_tokens TO bee_oncall;
GRANT SELECT(address_kind) ON TABLE public.user_fcm_tokens TO bee_admin;
GRANT SELECT(address_kind) ON TABLE public.user_fcm_tokens TO bee_worker;

GRANT SELECT(last_seen_at) ON TABLE public.user_fcm_tokens TO bee_product;
GRANT SELECT(last_seen_at) ON TABLE public.user_fcm_tokens TO bee_oncall;
GRANT SELECT(last_seen_at) ON TABLE public.user_fcm_tokens TO bee_admin;
GRANT SELECT(last_seen_at) ON TABLE public.user_fcm_tokens TO bee_worker;

GRANT SELECT(deactivated_at) ON TABLE public.user_fcm_tokens TO bee_product;
GRANT SELECT(deactivated_at) ON TABLE public.user_fcm_tokens TO bee_oncall;
GRANT SELECT(deactivated_at) ON TABLE public.user_fcm_tokens TO bee_admin;
GRANT UPDATE(deactivated_at) ON TABLE public.user_fcm_tokens TO bee_worker;

GRANT SELECT(deactivated_because) ON TABLE public.user_fcm_tokens TO bee_product;
GRANT SELECT(deactivated_because) ON TABLE public.user_fcm_tokens TO bee_oncall;
GRANT SELECT(deactivated_because) ON TABLE public.user_fcm_tokens TO bee_admin;
GRANT UPDATE(deactivated_because) ON TABLE public.user_fcm_tokens TO bee_worker;

GRANT SELECT(created_at) ON TABLE public.user_fcm_tokens TO bee_product;
GRANT SELECT(created_at) ON TABLE public.user_fcm_tokens TO bee_oncall;
GRANT SELECT(created_at) ON TABLE public.user_fcm_tokens TO bee_admin;

GRANT SELECT(updated_at) ON TABLE public.user_fcm_tokens TO bee_product;
GRANT SELECT(updated_at) ON TABLE public.user_fcm_tokens TO bee_oncall;
GRANT SELECT(updated_at) ON TABLE public.user_fcm_tokens TO bee_admin;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.worker_beats TO bee_worker;
GRANT SELECT ON TABLE public.worker_beats TO bee_oncall;
GRANT SELECT ON TABLE public.worker_beats TO bee_admin;
