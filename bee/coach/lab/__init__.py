"""The lab: cases to try versions of a prompt with, runs over them, what came of those, and the gate."""
