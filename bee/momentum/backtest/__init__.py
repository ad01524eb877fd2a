"""Does a score mean something: a definition judged by what members did afterwards.

``population`` (data) says whose days are judged · ``observations`` (pure) what was known on each of them and
what came of it · ``roc``, ``calibration``, ``shortlists``, ``persistence`` (pure) the statistics · ``report``
(pure) all of them · ``run`` reads the events and scores them in memory; nothing is written.
"""
