"""The part of PostgREST's dialect that Supabase's clients speak, for five tables.

A request is read into values (:mod:`.request` and the parsers under it), turned into one statement
(:mod:`.compile`), run as the caller (:mod:`.run`) and answered (:mod:`.answer`). Row-level security and grants
decide what a caller may do; nothing here does.

The statements are not files of ``sql/``, because which columns, filters and orders they have is the request's.
They are composed of :mod:`psycopg.sql` only (:mod:`.fragment`): names come from the catalogue, values are bound.
Why: ``docs/decisions/0007-tables-are-composed-in-code.md``.
"""
