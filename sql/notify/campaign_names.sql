-- A row a word of a saved campaign that is a name of somebody whom it is for, in order.
select word from bee_names_in_campaign(cast(:campaign as bigint)) as names (word)
