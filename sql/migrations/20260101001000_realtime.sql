-- Realtime: that a row of a member changed is told in the outbox, in the transaction of the change, by its key only.
-- Nobody delivers these messages: every process of the API reads on from the snapshot that it saw last, so a
-- transaction that commits late is seen as well.
alter table public.outbox add column transaction xid8 not null default pg_current_xact_id();
grant select (transaction) on public.outbox to bee_oncall;
create index outbox_changes on public.outbox (transaction) where topic = 'realtime.change';

-- Whoever listens is woken at the commit; a transaction wakes once, however many rows it told of.
create function public.bee_wake_realtime() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_catalog.pg_notify('bee_realtime', '');
    return null;
end
$$;
revoke all on function public.bee_wake_realtime() from public, anon, authenticated, service_role;
create trigger wake_realtime after insert on public.outbox
    for each row when (new.topic = 'realtime.change')
    execute function public.bee_wake_realtime();

-- For its member a notification comes into being when it is sent.
create function public.bee_announce_notification() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
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
revoke all on function public.bee_announce_notification() from public, anon, authenticated, service_role;
create trigger announce_sent after update of sent_at on public.momentum_notifications
    for each row when (old.sent_at is null and new.sent_at is not null)
    execute function public.bee_announce_notification();
-- A bulk load brings what was sent long ago.
create trigger announce_new after insert on public.momentum_notifications
    for each row
    when (
        new.sent_at is not null and pg_catalog.current_setting('bee.bulk_load', true) is distinct from 'on'
    )
    execute function public.bee_announce_notification();
