"""Momentum: definitions as data, the score (pure), the bulk engine, why a score is what it is."""
