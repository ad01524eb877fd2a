-- Rows: one, what a memory is to a model; none where it is gone by now, or says something else.
-- Index: coach_memory_pkey, coach_memory_embeddings_pkey.
insert into coach_memory_embeddings (memory_id, user_id, provider, model, dimension, compares, embedding, embedded_at)
select id, user_id, :provider, :model, :dimension, :compares, cast(:embedding as real[]), cast(:now as timestamptz)
from coach_memory
where id = cast(:id as uuid) and trait_key = :trait_key and trait_value = :trait_value
on conflict (memory_id) do update set
    provider = excluded.provider,
    model = excluded.model,
    dimension = excluded.dimension,
    compares = excluded.compares,
    embedding = excluded.embedding,
    embedded_at = excluded.embedded_at
