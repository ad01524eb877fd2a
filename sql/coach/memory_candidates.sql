-- One row a memory of a member that held at a moment and may be called up: those most alike by a model, with the cosine,
-- then those among the newest that it has not seen, without one: the worker sees to the newest first. The most alike first,
-- then the newest.
-- Looked up one by one: the planner takes every member for the average one, and would read all that one with very many has.
-- Index: coach_memory_embeddings_member, or the model's own; coach_memory_member, coach_memory_pkey,
-- coach_memory_embeddings_pkey.
with near as (
    select memory_id, similarity
    from bee_near_memories(
        cast(:user_id as uuid), :provider, :model, cast(:asked as real[]), cast(:at as timestamptz), cast(:most as integer)
    )
),

unseen as (
    select memories.id as memory_id, cast(null as double precision) as similarity
    from (
        select id, status, valid_from, valid_to
        from coach_memory
        where user_id = cast(:user_id as uuid)
        order by created_at desc
        limit 2000
    ) as memories
    left join lateral (
        select memory_id
        from coach_memory_embeddings
        where memory_id = memories.id and provider = :provider and model = :model and dimension = :dimension
        offset 0
    ) as embeddings on true
    where memories.status = 'accepted'
        and memories.valid_from <= cast(:at as timestamptz)
        and (memories.valid_to is null or memories.valid_to > cast(:at as timestamptz))
        and embeddings.memory_id is null
    order by memories.valid_from desc, memories.id
    limit cast(:most as integer)
)

select memories.id, memories.trait_key, memories.trait_value, memories.valid_from, found.similarity
from (
    select memory_id, similarity from near
    union all
    select memory_id, similarity from unseen
) as found
cross join lateral (
    select id, trait_key, trait_value, valid_from
    from coach_memory
    where id = found.memory_id
    offset 0
) as memories
order by found.similarity desc nulls last, memories.valid_from desc, memories.id
