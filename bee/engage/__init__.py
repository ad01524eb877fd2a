"""Questions asked of the scores: trends, movements, who may need a call, one member's days."""
