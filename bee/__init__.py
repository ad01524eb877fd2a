"""BEE, the Behavioral Engagement Engine."""

__version__ = "0.1.0"
