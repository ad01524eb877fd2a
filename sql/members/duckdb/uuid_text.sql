-- DuckDB. The 32 digits of the version 5 UUID whose SHA-1 (40 lower-case digits) is `digest`: RFC 9562, 5.5.
create or replace macro uuid_text(digest) as
    digest[1:12]
    || '5'
    || digest[14:16]
    || substr('89ab', (instr('0123456789abcdef', digest[17]) - 1) % 4 + 1, 1)
    || digest[18:32]
