-- Hear of changes and broadcasts from now on, on this connection.
listen bee_realtime
