"""Notifications: rules over complete days, guards that hold back, a ledger of every decision, and the sending."""
