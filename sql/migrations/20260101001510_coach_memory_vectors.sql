-- With pgvector: an index a model and dimension over what memories are to it, and the comparison that uses it. Nothing
-- where pgvector is missing: there every memory of a member is compared.
do $migration$
declare
    place text;
    release text;
    indexed record;
begin
    select namespaces.nspname, extensions.extversion into place, release
    from pg_catalog.pg_extension as extensions
    inner join pg_catalog.pg_namespace as namespaces on namespaces.oid = extensions.extnamespace
    where extensions.extname = 'vector';
    if place is null then
        return;
    end if;
    for indexed in
        select * from (values
            ('keywords', 'local', 'keywords-v1', 256),
            ('minilm', 'local', 'all-minilm-l6-v2-int8', 384),
            ('openai_small', 'openai', 'text-embedding-3-small', 768),
            ('openai_large', 'openai', 'text-embedding-3-large', 768),
            ('vertex_005', 'vertex', 'google/text-embedding-005', 768),
            ('vertex_gemini', 'vertex', 'google/gemini-embedding-001', 768)
        ) as models (name, provider, model, dimension)
    loop
        execute format(
            'create index %I on public.coach_memory_embeddings'
            ' using hnsw ((embedding::%I.vector(%s)) %I.vector_cosine_ops)'
            ' where provider = %L and model = %L and dimension = %s',
            'coach_memory_embeddings_' || indexed.name, place, indexed.dimension, place,
            indexed.provider, indexed.model, indexed.dimension
        );
    end loop;

    -- The dimension is part of what an index is over, so it stands in the statement itself; the rest is bound, and planned
    -- for the values of each call, without which no partial index would be used. The index looks for the nearest of all
    -- members and passes over the others': the smaller a member's part, the more of them. It is for those of whom there is
    -- more than is quickly compared, and enough of it: with n of N memories it passes some 60 N / n to find 60, each of which
    -- takes as long as comparing ten.
    execute format($function$
        create or replace function public.bee_near_memories(
            member_id uuid, provider_name text, model_name text, asked real[], at timestamptz, most integer
        ) returns table (memory_id uuid, similarity double precision)
        language plpgsql stable
        set search_path = pg_catalog, pg_temp
        as $body$
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
                        1 - (embeddings.embedding::%1$I.vector(%%1$s) operator(%1$I.<=>) $4::%1$I.vector(%%1$s)), 'NaN'
                    ), 0)
                from public.coach_memory_embeddings as embeddings
                inner join public.coach_memory as memories on memories.id = embeddings.memory_id
                where embeddings.user_id = $1
                    and embeddings.provider = $2
                    and embeddings.model = $3
                    and embeddings.dimension = %%1$s
                    and memories.status = 'accepted'
                    and memories.valid_from <= $5
                    and (memories.valid_to is null or memories.valid_to > $5)
                order by (embeddings.embedding::%1$I.vector(%%1$s) operator(%1$I.<=>) $4::%1$I.vector(%%1$s)) %%2$s
                limit $6
            $query$, cardinality(asked), case when compares_all then '+ 0' else '' end) using member_id, provider_name, model_name, asked, at, most;
        end
        $body$
    $function$, place);
    alter function public.bee_near_memories(uuid, text, text, real[], timestamptz, integer) set hnsw.ef_search = 500;
    -- What reading so many wide rows takes is more than the planner thinks: where an index gives the order, it is to be used.
    alter function public.bee_near_memories(uuid, text, text, real[], timestamptz, integer) set enable_sort = off;
    -- Enough for all beyond that, however many memories there are.
    if string_to_array(split_part(release, '-', 1), '.')::integer[] >= array[0, 8] then
        alter function public.bee_near_memories(uuid, text, text, real[], timestamptz, integer)
            set hnsw.iterative_scan = relaxed_order;
        alter function public.bee_near_memories(uuid, text, text, real[], timestamptz, integer)
            set hnsw.max_scan_tuples = 60000;
    end if;
end
$migration$;
