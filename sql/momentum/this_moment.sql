-- One row: when this transaction began, by the database's clock.
select now()
