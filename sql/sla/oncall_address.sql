-- One row: where somebody who may be on call is reached, null where they can't be. Index: staff_pkey.
select public.bee_oncall_address(:staff_id)
