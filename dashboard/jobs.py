"""Slow work behind the page: in threads, with progress, and cancelled at any moment.

A job belongs to one page in one browser: its name is "<page id>.<kind>", so that pages do not
disturb each other. Whoever works calls `progress(fraction, message)` every 50 ms or so, which
raises Cancelled where the job is to stop; `progress.publish(result)` shows a result before the
last. The page asks how far a job is on a plain route (dashboard/routes.py, assets/jobs.js).

Threads and not Dash's background callbacks: those start a process each, pickle the function and
compile the kernels again.
"""

import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable

from models.errors import BadInput, MorphospaceError

MAX_RUNNING = 3  # at once: each takes all cores and holds counts of every galaxy
MAX_UNFINISHED = 64  # running and waiting; who asks for more is told that the server is busy
MAX_FINISHED = 64  # kept, for pages that have not yet asked for the result ...
KEPT_S = 600.0  # ... and no longer than this
ABANDONED_S = 180.0  # a page asks every 250 ms, in a hidden tab every minute: this one is closed
_GLANCE_S = 0.1  # a waiting job looks at its cancel flag as often
_NICENESS = 10  # of its threads: what a page waits for comes first

_NAME = re.compile(r"[0-9a-f]{8,32}\.[a-z]{1,20}")
_UNEXPECTED = "Something went wrong that was not foreseen; the server's log says what."

_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised in the thread of a job that is to stop. Not to be caught by who works."""


class Job:
    """One piece of work, as its page sees it: written by its thread, read by any.

    key : what is worked on; equal keys have equal results
    fraction, message : how far it is, from 0 to 1, and in words
    result : the last one published, None before the first
    version : goes up by one with each result published
    error : a sentence, None where nothing went wrong
    is_done : its thread has ended; only then does nothing change any more
    """

    def __init__(self, name: str, key: str) -> None:
        self.name, self.key = name, key
        self.fraction, self.message = 0.0, "waiting"
        self.result: object = None
        self.version = 0
        self.error: str | None = None
        self.asked_at = time.monotonic()  # when its page last asked for it
        self.ended_at: float | None = None
        self._cancelled, self._done = threading.Event(), threading.Event()

    @property
    def is_done(self) -> bool:
        return self._done.is_set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the job to stop, which it does the next time that it tells of its progress."""
        self._cancelled.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the job is done; false where `timeout` seconds pass before."""
        return self._done.wait(timeout)

    def status(self) -> dict:
        """What the route tells."""
        return {
            "key": self.key,
            "fraction": self.fraction,
            "message": self.message,
            "version": self.version,
            "done": self.is_done,
            "cancelled": self.is_cancelled,
            "error": self.error,
        }

    def _end(self) -> None:
        self.ended_at = time.monotonic()
        self._done.set()


class Progress:
    """What the work of a job is given, to tell how far it is and to be stopped by."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, fraction: float, message: str | None = None) -> None:
        """Tell how far the work is; raise Cancelled where it is to stop."""
        self.check()
        self._job.fraction = min(max(float(fraction), 0.0), 1.0)
        if message is not None:
            self._job.message = message

    def check(self) -> None:
        """Raise Cancelled where the work is to stop."""
        if time.monotonic() - self._job.asked_at > ABANDONED_S:
            self._job.cancel()
        if self._job.is_cancelled:
            raise Cancelled(self._job.name)

    def end(self, message: str) -> None:
        """Say what came of work that is done for good: it is too late to stop it."""
        self._job.message = message
        self._job._cancelled.clear()

    def publish(self, result: object) -> None:
        """Show a result, which may be a better one than the last."""
        self.check()  # what a newer job has replaced is not shown any more
        self._job.result = result
        self._job.version += 1


Work = Callable[[Progress], object]


class Jobs:
    """The jobs of a server, by name."""

    def __init__(self, max_running: int = MAX_RUNNING) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(max_running)

    def start(self, name: str, key: str, work: Work) -> Job:
        """Run `work(progress)` in a thread; what it returns, unless None, is its last result.

        A job of the same name is cancelled first; but where it is of the same key and neither
        cancelled nor failed, it goes on and is returned, or is returned as it ended.
        """
        if not is_name(name):
            raise BadInput(f"'{name}' names no job: it is a page's id, a dot and a kind.")
        with self._lock:
            self._drop_finished()
            older = self._jobs.get(name)
            if older and older.key == key and not (older.is_cancelled or older.error):
                older.asked_at = time.monotonic()
                return older
            if older:
                older.cancel()
            if sum(not job.is_done for job in self._jobs.values()) >= MAX_UNFINISHED:
                raise BadInput("The server is busy with others' counts; try again in a minute.")
            job = self._jobs[name] = Job(name, key)
        threading.Thread(target=self._run, args=(job, work), name=name, daemon=True).start()
        return job

    def get(self, name: str) -> Job | None:
        """The job of a name, None where there is none (any more)."""
        with self._lock:
            self._drop_finished()
            job = self._jobs.get(name)
            if job:
                job.asked_at = time.monotonic()
            return job

    def cancel(self, name: str) -> Job | None:
        """Cancel the job of a name, where there is one."""
        job = self.get(name)
        if job:
            job.cancel()
        return job

    def _run(self, job: Job, work: Work) -> None:
        _step_back()
        progress = Progress(job)
        try:
            while not self._slots.acquire(timeout=_GLANCE_S):
                progress.check()
            try:
                progress(0.0, "")
                result = work(progress)
                if result is not None:
                    progress.publish(result)
                progress(1.0)
            finally:
                self._slots.release()
        except Cancelled:
            job.message = "cancelled"
        except MorphospaceError as error:
            job.error = str(error)
        except Exception:  # a bug: the page gets a sentence, the log its trace
            _log.exception("Job %s failed", job.name)
            job.error = _UNEXPECTED
        finally:
            job._end()

    def _drop_finished(self) -> None:
        """Forget finished jobs that are old, and the oldest of too many."""
        ended = sorted((j for j in self._jobs.values() if j.is_done), key=lambda job: job.ended_at)
        limit = time.monotonic() - KEPT_S
        too_many = len(ended) - MAX_FINISHED
        for place, job in enumerate(ended):
            if place < too_many or job.ended_at < limit:
                del self._jobs[job.name]


def _step_back() -> None:
    """Let other threads go before this one and those that it starts (Linux)."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def is_name(name: object) -> bool:
    """Whether a text, which comes from the browser, may name a job."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None
