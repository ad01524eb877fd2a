"""Notifications: rules over complete days, guards, a ledger of every decision, sending, and what it changed."""
