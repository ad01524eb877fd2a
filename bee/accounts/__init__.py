"""Members' accounts where BEE itself signs them in: passwords, sessions, refresh tokens, signing keys.

Not used where a Supabase project does.
"""
