"""Campaigns: composed for a group of people, approved by a second person, sent gently, each person decided once."""
