"""Realtime over Supabase's websocket protocol: a member's own changes, and broadcasts.

``frames`` ``topics`` ``published`` ``conditions`` ``subscriptions`` ``pace`` are pure. ``changes`` reads what
happened and, as each subscriber, the rows. ``feed`` hears of it once a process, ``hub`` knows who listens,
``session`` is what a client asks for, ``socket`` its connection. All but the reads runs in the event loop.
"""
