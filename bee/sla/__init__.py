"""Service levels: what was measured minute by minute, what was promised, and who is told when it burns."""
