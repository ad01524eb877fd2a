"""Files in: events, members, and the Open University data.

A file is read as rows (:mod:`sources`), each row becomes an event or a rejection by a pure function
(:mod:`events`), events wait in a staging area on disk (:mod:`staging`) where ids are given, and :mod:`loader`
copies them into PostgreSQL, a batch of members a transaction. What was refused is in :mod:`rejects`, what was
done in :mod:`report`.
"""
