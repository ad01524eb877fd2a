-- Remove decisions that were made before :before, and what became of them. One row: how many. Index: none; a scan.
select bee_forget_notifications(cast(:before as timestamptz))
