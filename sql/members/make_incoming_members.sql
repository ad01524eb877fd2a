-- A place for members that come in. A null means that the file says nothing; `fresh_id` is the id of a new member.
create temporary table incoming_members (
    line bigint not null,
    id uuid,
    fresh_id uuid not null,
    external_id text,
    time_zone text,
    joined_on date,
    left_on date,
    coach_email text,
    attributes jsonb,
    consents jsonb,
    full_name text,
    email text,
    phone text,
    member_id uuid,
    coach_id uuid,
    reason text
) on commit drop
