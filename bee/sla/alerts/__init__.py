"""Alerts: what is watched, when it fires, whom that is told, and what people do about it.

``rule`` says what is watched (data). ``burning`` and ``ageing`` tell when it fires, ``alert`` what then becomes
of it, ``backtest`` what a rule would have fired: all pure. ``watch`` looks each minute, ``carry`` takes what is
told out of the house.
"""
