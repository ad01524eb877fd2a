-- Two members, Ann and Ben, each with a coach of their own, and a row of each kind for both.
insert into staff (id, email, full_name, password_hash, roles) values
    ('00000000-0000-4000-8000-00000000c0a1', 'cora@example.org', 'Cora', 'hash of Cora', '{coach}'),
    ('00000000-0000-4000-8000-00000000c0b1', 'carl@example.org', 'Carl', 'hash of Carl', '{coach}'),
    ('00000000-0000-4000-8000-00000000c0c1', 'cleo@example.org', 'Cleo', 'hash of Cleo', '{coach}'),
    ('00000000-0000-4000-8000-000000000b01', 'pia@example.org', 'Pia', 'hash of Pia', '{product}'),
    ('00000000-0000-4000-8000-000000000001', 'olga@example.org', 'Olga', 'hash of Olga', '{oncall}'),
    ('00000000-0000-4000-8000-000000000ada', 'ada@example.org', 'Ada', 'hash of Ada', '{admin}');
insert into staff_sessions (token_sha256, staff_id, expires_at, address)
select sha256(email::bytea), id, now() + interval '1 day', 'address of ' || full_name from staff;
insert into staff_links (token_sha256, staff_id, purpose, created_by, expires_at)
select sha256(full_name::bytea), id, 'invitation', id, now() + interval '1 day' from staff;
insert into sign_in_attempts (account, address, succeeded)
select email, 'address of ' || full_name, true from staff;

insert into members (id, external_id, time_zone, joined_on, coach_id, attributes) values
    ('00000000-0000-4000-8000-00000000000a', 'ann', 'Europe/Berlin', '2026-01-05',
        '00000000-0000-4000-8000-00000000c0a1', '{"plan": "ann''s"}'),
    ('00000000-0000-4000-8000-00000000000b', 'ben', 'Asia/Tokyo', '2026-01-06',
        '00000000-0000-4000-8000-00000000c0b1', '{"plan": "ben''s"}');
insert into personal_data (member_id, full_name, email, phone)
select id, 'name of ' || external_id, external_id || '@example.org', 'phone of ' || external_id from members;
insert into consents (member_id, purpose, granted, source)
select members.id, purposes.purpose, true, sources.source
from members, unnest(array['push', 'research', 'coaching']) as purposes (purpose), unnest(array['member', 'import']) as sources (source);
insert into annotations (on_date, title, kind, author_id)
select '2026-02-01', 'note of ' || full_name, 'note', id from staff;
insert into engagement_events (id, user_id, event_type, occurred_at, metadata)
select gen_random_uuid(), id, 'journal_entry', '2026-02-01 12:00+00', jsonb_build_object('text', 'words of ' || external_id)
from members;
insert into score_definition_activations (definition) select name from score_definitions order by name limit 1;
insert into score_frontiers (time_zone, scored_through)
select time_zone, joined_on from members;
insert into daily_engagement_scores
    (user_id, score_date, raw_score, final_score, momentum_state, definition, event_count, is_complete)
select id, joined_on, number, number + 0.5, 'Steady', 'v1', 1, true from members;
insert into score_restatements
    (user_id, score_date, old_raw_score, old_final_score, old_momentum_state, old_definition,
        new_raw_score, new_final_score, new_momentum_state, new_definition, reason)
select id, joined_on, number, number, 'Steady', 'v1', number, number, 'Steady', 'v1', 'late_event' from members;
insert into engagement_days (score_date, segment, momentum_state, members, final_sum, raw_sum)
select '2026-02-01', segment, 'Steady', 1, 1, 1
from unnest(array['all', 'coach:00000000-0000-4000-8000-00000000c0a1', 'coach:00000000-0000-4000-8000-00000000c0b1'])
    as segments (segment);
insert into engagement_recoveries (score_date, segment, fell, recovered)
select score_date, segment, 2, 1 from engagement_days;
insert into stale_days (score_date) values ('2026-02-01') on conflict do nothing;
insert into user_fcm_tokens (user_id, fcm_token, platform)
select id, 'token of ' || external_id, 'ios' from members;
insert into momentum_notifications
    (user_id, notification_type, rule, rule_version, moment, trigger_date, decision, reason, title, message, sent_at)
select
    members.id, kinds.kind, 'rule', 1, kinds.kind, '2026-02-01', 'send', 'reason of ' || external_id,
    'title of ' || external_id, 'message of ' || external_id, kinds.sent_at
from members, (values ('sent', timestamptz '2026-02-01 12:00+00'), ('unsent', null)) as kinds (kind, sent_at);
insert into notification_rule_versions (rule, version, body, digest, author_id, message)
select 'rule_of_' || lower(full_name), 1, '{}', encode(sha256(full_name::bytea), 'hex'), id, 'words of ' || full_name
from staff;
insert into notification_rule_approvals (rule, version, digest, approved_by)
select rule, version, digest, '00000000-0000-4000-8000-00000000c0a1' from notification_rule_versions
where author_id is not null;
insert into notification_rule_activations (rule, version, activated_by)
select rule, version, author_id from notification_rule_versions where author_id is not null;
insert into notification_stops (rule, is_stopped, changed_by, reason)
select 'rule_of_' || lower(full_name), true, id, 'words of ' || full_name from staff;
insert into notification_campaigns (created_by) select id from staff;
insert into notification_campaign_versions (campaign, version, body, people, audience_hash, digest, author_id)
select number, 1, '{}', 1, repeat('0', 64), repeat('0', 64), created_by from notification_campaigns;
insert into notification_campaign_people (campaign, user_id, place)
select notification_campaigns.number, members.id, 0 from notification_campaigns, members;
insert into notification_campaign_acts (campaign, version, digest, kind, done_by)
select campaign, version, digest, 'asked', author_id from notification_campaign_versions;
insert into notification_campaign_tests (campaign, version, variant, platform, address, asked_by)
select campaign, version, 'one', 'ios', 'address', author_id from notification_campaign_versions;
insert into notification_preferences (user_id, quiet_from, quiet_until) select id, '21:00', '07:00' from members;
insert into notification_deliveries (notification_id, user_id, available_at)
select id, user_id, now() from momentum_notifications;
insert into notification_attempts
    (notification_id, token_id, number, platform, via, collapse_key, worker, attempted_at)
select notification_id, gen_random_uuid(), 1, 'ios', 'recorder', notification_id, 'worker', now()
from notification_deliveries;
insert into notification_outcomes (attempt_id, outcome, answered_at) select id, 'recorded', now() from notification_attempts;
insert into notification_breakers (project, platform, opened_at, open_until, because)
values ('one', 'all', now(), now(), 'throttled'), ('two', 'ios', now(), now(), 'throttled');
insert into coach_interventions (user_id, notification_id, coach_id, priority, created_at, due_at)
select user_id, momentum_notifications.id, coach_id, 'high', now(), now()
from momentum_notifications
inner join members on members.id = user_id
where sent_at is null;
insert into coach_memory (user_id, trait_key, trait_value, source, status, decided_by, decided_at)
select
    members.id, states.state, states.state || ' of ' || external_id, states.source, states.state, coach_id, now()
from members, (values ('accepted', 'coach'), ('proposed', 'conversation')) as states (state, source);
insert into coach_memory_embeddings (memory_id, user_id, provider, model, dimension, compares, embedding)
select id, user_id, 'local', 'keywords-v1', 256, 'keywords', array_fill(1::real, array[256])
from coach_memory
where status = 'accepted';
insert into notification_receipts (notification_id, user_id, kind)
select id, user_id, 'opened' from momentum_notifications where sent_at is not null;
insert into member_accounts (id, email, password_hash)
select id, external_id || '@example.org', 'hash of ' || external_id from members;
insert into member_sessions (user_id, refresh_key) select id, sha256(external_id::bytea) from members;
insert into signing_keys (kid, sealed_pem, public_jwk, signs_from)
values (gen_random_uuid(), '-----BEGIN ENCRYPTED PRIVATE KEY-----', '{}', now());
insert into member_requests (user_id, area, accepted) select id, 'v1', array[now()] from members;
insert into coach_prompt_versions (prompt, number, body, parameters, sha256, author_id, message)
select 'prompt_of_' || lower(full_name), 1, '{}', '{}', encode(sha256(full_name::bytea), 'hex'), id, 'words of ' || full_name
from staff;
insert into coach_prompt_places (prompt, environment) select prompt, 'prod' from coach_prompt_versions
on conflict do nothing;
insert into coach_prompt_deployments (place, prompt, version_id, reason)
select places.place, places.prompt, versions.id, 'words of ' || places.prompt
from coach_prompt_places as places
inner join coach_prompt_versions as versions on versions.prompt = places.prompt
where places.prompt <> 'coach';
insert into coach_prompt_versions (prompt, number, body, parameters, sha256, author_id, message)
select prompt, 2, body, parameters, encode(sha256(sha256::bytea), 'hex'), author_id, message
from coach_prompt_versions
where prompt <> 'coach';
insert into coach_cases (case_id, version, title, kind, message, source)
values (gen_random_uuid(), 1, 'case of the program', 'ordinary', 'words of the program', 'program');
insert into coach_runs (prompt, candidate_id, repeats, most_usd, seed, checker, requested_by)
select prompt, id, 1, 1, 1, '1', author_id from coach_prompt_versions where number = 2;
insert into coach_run_outputs
    (run_id, case_id, arm, repeat, provider, model, is_screened, is_cached, cache_key, text, checks)
select run_id, case_id, 'candidate', 1, 'offline', 'offline', false, false, repeat('0', 64), 'words of a model in ' || run_id,
    '{"results": {"danger": {"kind": "safety", "passed": true}}}'
from coach_run_cases;
insert into coach_named_models (environment, model) values ('prod', 'offline'), ('staging', 'openai/model');
insert into coach_gate_verdicts (run_id, prompt, sha256, model, passed, reasons, expires_at)
select runs.id, versions.prompt, sha256, 'offline', true, '[]', now() + interval '1 day'
from coach_runs as runs
inner join coach_prompt_versions as versions on versions.id = runs.candidate_id;
insert into coach_prompt_promotions (place, prompt, version_id, asked_by, reason)
select places.place, places.prompt, versions.id, versions.author_id, 'words of ' || places.prompt
from coach_prompt_places as places
inner join coach_prompt_versions as versions on versions.prompt = places.prompt
where versions.number = 2;
insert into coach_prompt_decisions (promotion_id, outcome, decided_by, reason)
select promotions.id, 'approved', others.id, promotions.reason
from coach_prompt_promotions as promotions
inner join staff as others
    on others.full_name = case promotions.prompt when 'prompt_of_cora' then 'Ada' else 'Cora' end;
insert into coach_prompt_deployments (place, prompt, version_id, deployed_by, promotion_id, run_id, reason)
select promotions.place, promotions.prompt, promotions.version_id, decided_by, promotions.id, run_id, promotions.reason
from coach_prompt_promotions as promotions
inner join coach_prompt_decisions as decisions on decisions.promotion_id = promotions.id
inner join coach_prompt_versions as versions on versions.id = promotions.version_id
inner join coach_gate_verdicts as verdicts on verdicts.sha256 = versions.sha256;
insert into coach_run_ends (run_id, outcome) select id, 'finished' from coach_runs;
insert into coach_runs (prompt, candidate_id, repeats, most_usd, seed, checker, requested_by)
select prompt, candidate_id, 1, 1, 1, '1', requested_by from coach_runs;
insert into coach_run_ends (run_id, outcome, ended_by)
select id, 'cancelled', requested_by from coach_runs where id not in (select run_id from coach_run_ends);
insert into coach_run_outputs
    (run_id, case_id, arm, repeat, provider, model, is_screened, is_cached, cache_key, text, checks)
select run_id, case_id, 'baseline', 1, provider, model, false, false, cache_key, 'words of another model in ' || run_id, checks
from coach_run_outputs;
insert into coach_reviews (run_id, raters, rubric, seed, asked_by)
select runs.id, 2, '[]', 1, runs.requested_by
from coach_runs as runs
inner join coach_run_ends as ends on ends.run_id = runs.id
cross join (values (1), (2)) as twice (time)
where ends.outcome = 'finished';
insert into coach_review_raters (review_id, rater_id)
select reviews.id, staff.id from coach_reviews as reviews cross join staff;
insert into coach_ratings (pair_id, rater_id, chosen, comment)
select pairs.id, staff.id, 'left', 'words of ' || staff.full_name
from coach_review_pairs as pairs
cross join lateral (select id, full_name from staff order by full_name limit 2) as staff;
insert into coach_judges (review_id, model, most_usd, asked_by)
select id, 'openai/model', 1, asked_by from coach_reviews;
insert into coach_judgements (judge_id, pair_id, candidate_was_first, verdict)
select judges.id, pairs.id, true, 'first'
from coach_judges as judges
inner join coach_review_pairs as pairs using (review_id);
insert into coach_review_ends (review_id, outcome) select id, 'decided' from coach_reviews where number % 2 = 0;
insert into coach_reviews (run_id, raters, rubric, seed, asked_by)
select run_id, raters, rubric, seed, asked_by from coach_reviews where number % 2 = 0;
insert into coach_review_ends (review_id, outcome, ended_by)
select id, 'cancelled', asked_by
from coach_reviews
where id not in (select review_id from coach_review_ends) and id not in (select review_id from coach_judges);
insert into coach_reviews (run_id, raters, rubric, seed, asked_by)
select run_id, 3, rubric, seed, asked_by from coach_reviews where number = 1;
insert into coach_review_raters (review_id, rater_id)
select reviews.id, staff.id from coach_reviews as reviews cross join staff
where reviews.raters = 3 and staff.full_name <> 'Cleo';
insert into coach_cases (case_id, version, title, kind, message, source, author_id)
select gen_random_uuid(), 1, 'case of ' || full_name, 'ordinary', 'words of ' || full_name, 'written', id from staff;
insert into coach_cases
    (case_id, version, title, kind, message, source, taken_from, mask_version, confirmed_by, confirmed_at, author_id)
select gen_random_uuid(), 1, 'case of ' || external_id, 'ordinary', 'words of ' || external_id, 'conversation', members.id,
    '1', staff.id, now(), staff.id
from members, staff;
insert into coach_cases (case_id, version, title, kind, message, source, confirmed_by, confirmed_at, author_id)
select case_id, 2, title, kind, message, source, confirmed_by, confirmed_at, author_id from coach_cases
where source = 'conversation';
insert into coach_conversations (user_id) select id from members;
insert into coach_messages (conversation_id, user_id, request_id, role, body, crisis, category, rules_version)
select id, user_id, gen_random_uuid(), 'member', 'words of ' || user_id, true, 'self_harm', '1'
from coach_conversations;
insert into safety_events (user_id, message_id, category, matched, rules_version, status, taken_by, taken_at)
select user_id, coach_messages.id, 'self_harm', array[body], '1', 'taken', coach_id, now()
from coach_messages
inner join members on members.id = user_id;
insert into coach_messages
    (conversation_id, user_id, request_id, role, body, crisis, rules_version, model, usage)
select id, user_id, gen_random_uuid(), 'coach', 'words to ' || user_id, false, '1', 'offline', '{}'
from coach_conversations;
insert into coach_messages (conversation_id, user_id, request_id, role, body, crisis, rules_version)
select id, user_id, gen_random_uuid(), 'member', 'more words of ' || user_id, false, '1'
from coach_conversations;
insert into coach_memory_readings (message_id, user_id, said_at, rules, proposals)
select id, user_id, created_at, '1', 0
from coach_messages
where role = 'member' and not crisis;
insert into coach_feedback (user_id, request_id, is_helpful)
select user_id, request_id, true from coach_messages where role = 'coach';
insert into coach_moments (user_id, request_id, memory_ids, message_numbers)
select user_id, request_id, '{}', '{}' from coach_messages where role = 'coach';
insert into coach_replays
    (prompt, version_id, model, day, written, unconsented, not_kept, askable, most_messages, most_usd, seed, requested_by,
        requested_as)
select prompt, versions.id, 'offline/offline', '2026-02-01', 2, 0, 0, 2, 2, 1, 1, staff.id, 'bee_' || roles[1]
from coach_prompt_versions as versions
cross join staff
where versions.prompt = 'prompt_of_cora' and versions.number = 1 and roles && array['coach', 'admin'];
insert into coach_replay_messages (replay_id, user_id, request_id)
select replays.id, user_id, request_id from coach_replays as replays, coach_messages where role = 'coach';
insert into coach_replay_answers (replay_id, user_id, request_id, danger, sent, distance, cost_usd)
select replay_id, user_id, request_id, 'none', 'words to ' || user_id, 0.5, 0
from coach_replay_messages;
insert into coach_replay_ends (replay_id, outcome) select id, 'finished' from coach_replays where requested_as = 'bee_coach';
insert into coach_replay_ends (replay_id, outcome, ended_by)
select id, 'cancelled', requested_by from coach_replays where requested_as = 'bee_admin';
insert into coach_model_calls
    (staff_id, user_id, request_id, attempt, provider, model, prompt, prompt_sha256, started_at, outcome, input_tokens,
        cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, is_estimate, total_ms)
select coach_id, id, gen_random_uuid(), 1, 'openai', 'model', 'coach@1', 'digest', now(), 'answered', 1, 0, 0, 1, 0, false, 1
from members;
insert into coach_breakers (provider, failures, because, changed_at)
values ('openai', 1, 'slow', now()), ('vertex', 1, 'slow', now());
insert into service_minutes (minute, route, release, status, area, n)
values ('2026-02-01 12:00+00', 'GET /v1/momentum', '1', '2xx', 'api', 3), ('2026-02-01 12:01+00', 'GET /v1/momentum', '1', '5xx', 'api', 1);
insert into service_totals (route, release, status, n)
values ('GET /v1/momentum', '1', '2xx', 3), ('GET /v1/momentum', '1', '5xx', 1);
insert into service_recorders (id, release, flushes) values (gen_random_uuid(), '1', 1), (gen_random_uuid(), '1', 2);
insert into service_gaps (id, minute, requests)
values (gen_random_uuid(), '2026-02-01 12:00+00', 1), (gen_random_uuid(), '2026-02-01 12:01+00', 2);
insert into bad_requests (at, minute, route, release, status, seconds, request_id, user_id, spent)
select
    '2026-02-01 12:00:07+00', '2026-02-01 12:00+00', 'GET /v1/momentum', '1', '5xx', 0.1, 'request-' || number, id,
    '{errors}'
from members;
insert into unlisted_requests (minute, objective, route, release, prompt, model, n)
values
    ('2026-02-01 12:00+00', 'errors', 'GET /v1/momentum', '1', '', '', 1),
    ('2026-02-01 12:01+00', 'errors', 'GET /v1/momentum', '1', '', '', 1);
insert into stale_minutes (minute) values ('2026-02-01 12:00+00'), ('2026-02-01 12:01+00');
insert into stale_hours (hour) values ('2026-02-01 12:00+00'), ('2026-02-01 13:00+00');
insert into objective_minutes (minute, objective, good, bad)
values ('2026-02-01 12:00+00', 'errors', 3, 0), ('2026-02-01 12:01+00', 'errors', 0, 1);
insert into objective_hours (hour, objective, route, release, prompt, model, good, bad)
values
    ('2026-02-01 12:00+00', 'errors', 'GET /v1/momentum', '1', '', '', 3, 1),
    ('2026-02-01 13:00+00', 'errors', 'GET /v1/momentum', '1', '', '', 1, 0);
insert into uptime_minutes (minute, state, requests)
values ('2026-02-01 12:00+00', 'up', 3), ('2026-02-01 12:01+00', 'up', 1);
insert into service_amendments (kind, starts_at, ends_at, state, reason, declared_by)
select 'correction', '2026-02-01 12:00+00', '2026-02-01 12:02+00', 'down', 'seen from outside', id from staff;
insert into service_amendments (kind, starts_at, ends_at, reason, declared_by)
select 'maintenance', date_trunc('hour', now()) + interval '1 day', date_trunc('hour', now()) + interval '2 days', 'disks', id
from staff;
insert into service_maintenance_changes (amendment, kind, starts_at, ends_at, reason, changed_by)
select id, 'moved', starts_at + interval '1 day', ends_at + interval '1 day', 'later', declared_by
from service_amendments
where kind = 'maintenance';
insert into request_refusals (hour, area, user_id, refused, last_at)
select '2026-02-01 12:00+00', 'v1', id, 1, '2026-02-01 12:01+00' from members;
insert into probers (prober, target, probe, every_s, release, last_tick_at)
values ('worker', 'http://a.example', 'ready', 60, '1', now()), ('outside', 'http://a.example', 'ready', 60, '1', now());
insert into probe_ticks
    (scheduled_at, target, step, prober, every_s, ok, retried, seconds, reason, began_s, ended_s, release)
values
    ('2026-02-01 12:00+00', 'http://a.example', 'ready', 'worker', 60, true, false, 0.1, '', 0, 0.1, '1'),
    ('2026-02-01 12:01+00', 'http://a.example', 'ready', 'worker', 60, false, true, 0.1, 'refused', 0, 0.2, '1');
insert into alert_rule_versions (rule, version, is_on, body, digest, tested, author_id, message)
select 'rule_of_' || lower(full_name), 1, true, '{}', encode(sha256(full_name::bytea), 'hex'), '{}', id, 'words of ' || full_name
from staff;
insert into alerts (rule, version, severity, opened_at, fired_at, evidence, round_at)
select rule, version, 'page', now(), now(), '{}', now() from alert_rule_versions where author_id is not null;
insert into alert_acts (alert, kind) select id, 'opened' from alerts;
insert into alert_acts (alert, kind, done_by, seen, note)
select alerts.id, 'noted', versions.author_id, alerts.revision, 'words of ' || alerts.rule
from alerts
inner join alert_rule_versions as versions using (rule, version);
insert into status_incidents (began_at, opened_by) select now(), id from staff;
insert into status_notes (incident, kind, title, body, written_by)
select id, 'published', 'title', 'words', opened_by from status_incidents;
insert into alert_messages (alert, round, step, channel, queued_at) select id, 1, 1, 'webhook', now() from alerts;
insert into oncall_shifts (level, staff_id, starts_at, ends_at, created_by)
select 1, id, timestamptz '2026-02-01' + make_interval(days => number), timestamptz '2026-02-02' + make_interval(days => number), id
from (select id, cast(row_number() over (order by id) as integer) as number from staff) as people;
insert into alert_passes (minute, worker, rules, firing)
values ('2026-02-01 12:00+00', 'worker', 1, 0), ('2026-02-01 12:01+00', 'worker', 1, 1);
insert into alert_signals (minute, signal, age_s) select minute, 'push', 61 from alert_passes;
insert into worker_beats (worker, release, beat_at) values ('one', '1', now()), ('two', '1', now());
insert into probe_pushes (taken_at, outcome) values (null, null), (now(), 'recorded');
insert into jobs (kind, key) values ('score', ''), ('housekeeping', '');
insert into outbox (topic, dedupe_key, payload) values ('push', 'one', '{"text": "words"}'), ('push', 'two', '{}');
insert into audit_log (actor_kind, actor_id, action, subject_kind)
select 'staff', id, 'member.viewed', 'member' from staff;
insert into audit_log (actor_kind, action, subject_kind)
values ('system', 'member.scored', 'member'), ('operator', 'import.began', 'events');
insert into audit_log (actor_kind, actor_id, action, subject_kind) select 'member', id, 'member.consented', 'member' from members;
insert into audit_seals (through_transaction, through_id, rows_sealed, previous, digest)
select transaction, id, 1, sha256('before'), sha256('after') from audit_log order by id limit 1;
