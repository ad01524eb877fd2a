-- Append one act to the trail. Rows: one inserted. Index: none needed.
insert into audit_log (actor_kind, actor_id, action, subject_kind, subject_id, before, after, reason)
values (
    :actor_kind,
    cast(:actor_id as uuid),
    :action,
    :subject_kind,
    :subject_id,
    cast(:before as jsonb),
    cast(:after as jsonb),
    :reason
)
