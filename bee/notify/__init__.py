"""Notifications: rules (data), decisions (pure), their ledger, dispatch, and their measured effect."""
