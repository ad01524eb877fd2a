-- A row a word of a saved note that is a name of somebody, in order.
select word from bee_names_in_status_note(cast(:note as bigint)) as names (word)
