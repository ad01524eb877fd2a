"""What is due: jobs with a start, an end, a heartbeat and a row count; never the same one twice at once."""

from bee.jobs.queue import Job, claim, enqueue, finish, heartbeat
from bee.jobs.running import Handler, run_due

__all__ = ["Handler", "Job", "claim", "enqueue", "finish", "heartbeat", "run_due"]
