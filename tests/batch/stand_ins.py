"""Stand-ins for processes, for tests of what surrounds them."""

from indicators.edition.records import JobResult


class SmallErrand:
    """Stands for the process that makes the index or the data files."""

    def __init__(self, what, *how):
        self.what = what

    def value(self):
        """A small index, and no data files."""
        return {"index.html": b"<p>index"} if self.what == "index" else {}


def run_small(jobs, *how):
    """Give every job a small accepted page at once."""
    return (JobResult(job.task, html=b"<p>made") for job in jobs)
