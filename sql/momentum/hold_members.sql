-- Let nobody change a member until the transaction ends, and wait for those who are at it; for the owner.
lock table members in share mode
