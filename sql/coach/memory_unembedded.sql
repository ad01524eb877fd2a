-- One row a memory, accepted at some time, that a model has not seen: embedded by none or by another. With what is known of
-- its member, to be hidden from whoever runs the model. The newest first. Index: coach_memory_embeddings_pkey.
select
    memories.id,
    memories.trait_key,
    memories.trait_value,
    personal_data.full_name,
    personal_data.email,
    personal_data.phone
from coach_memory as memories
inner join members on members.id = memories.user_id
left join personal_data on personal_data.member_id = memories.user_id
left join coach_memory_embeddings as embeddings
    on embeddings.memory_id = memories.id
    and embeddings.provider = :provider
    and embeddings.model = :model
    and embeddings.dimension = :dimension
where memories.status = 'accepted'
    and embeddings.memory_id is null
    and (not cast(:needs_consent as boolean) or members.consents -> 'coaching' = 'true')
order by memories.created_at desc, memories.id
limit cast(:most as integer)
