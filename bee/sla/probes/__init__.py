"""Probes: looking at the service as somebody outside does, on fixed ticks, and noting what was seen."""
