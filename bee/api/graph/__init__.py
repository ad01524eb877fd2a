"""GraphQL: the member's own rows, in the collections that Supabase gives the same tables."""
