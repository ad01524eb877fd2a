"""Members: who they are, their personal data and consents, and the events that come in about them."""
