"""What a process has freed is the system's again."""

import subprocess
import sys

# Frees large and small things in other threads than their own, as a server does.
PROGRAM = """
import sys, threading
import numpy as np
from benchmarks.page_server import private_bytes
from models.memory import give_back_freed

if sys.argv[1] == "set":
    assert give_back_freed()
own = lambda: private_bytes(open("/proc/self/smaps_rollup").read())
before = own()
held = []
def hold():
    held.append([np.ones(2**18) for _ in range(20)] + [np.ones(2**12) for _ in range(200)])
for _ in range(8):
    thread = threading.Thread(target=hold)
    thread.start()
    thread.join()
most = own() - before
held.clear()
print(most, own() - before)
"""


def measured(word):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, word], capture_output=True, text=True, check=True
    )
    return [int(number) for number in done.stdout.split()]


def test_what_is_freed_goes_back_to_the_system():
    most, after = measured("set")
    assert most > 350e6
    assert after < 0.15 * most
