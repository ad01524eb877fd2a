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
from members, unnest(array['push', 'research']) as purposes (purpose), unnest(array['member', 'import']) as sources (source);
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
insert into coach_prompt_deployments (place, prompt, version_id, live_from, reason)
select places.place, places.prompt, versions.id, now(), 'words of ' || places.prompt
from coach_prompt_places as places
inner join coach_prompt_versions as versions on versions.prompt = places.prompt
where places.prompt <> 'coach';
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
insert into coach_model_calls
    (user_id, request_id, attempt, provider, model, prompt, prompt_sha256, started_at, outcome, input_tokens,
        cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, is_estimate, total_ms)
select id, gen_random_uuid(), 1, 'openai', 'model', 'coach@1', 'digest', now(), 'answered', 1, 0, 0, 1, 0, false, 1
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
insert into stale_minutes (minute) values ('2026-02-01 12:00+00'), ('2026-02-01 12:01+00');
insert into stale_hours (hour) values ('2026-02-01 12:00+00'), ('2026-02-01 13:00+00');
insert into jobs (kind, key) values ('score', ''), ('housekeeping', '');
insert into outbox (topic, dedupe_key, payload) values ('push', 'one', '{"text": "words"}'), ('push', 'two', '{}');
insert into audit_log (actor_kind, actor_id, action, subject_kind)
select 'staff', id, 'member.viewed', 'member' from staff;
insert into audit_log (actor_kind, action, subject_kind)
values ('system', 'member.scored', 'member'), ('operator', 'import.began', 'events');
insert into audit_log (actor_kind, actor_id, action, subject_kind) select 'member', id, 'member.consented', 'member' from members;
insert into audit_seals (through_transaction, through_id, rows_sealed, previous, digest)
select transaction, id, 1, sha256('before'), sha256('after') from audit_log order by id limit 1;
