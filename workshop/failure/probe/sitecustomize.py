"""Has Python write each thread's stack when it is asked to; nothing else, and at no cost.

Python imports a module of this name at start when its folder is on PYTHONPATH. The stacks go into
the folder named by WORKSHOP_STACKS, a file a process.
"""

import faulthandler
import os
import signal

# No web server uses it; gunicorn sets most of the others anew in its workers.
ASK = signal.SIGVTALRM


def answer_where_it_is() -> None:
    """Have this process write its stacks into a file of its own."""
    file = f"{os.environ['WORKSHOP_STACKS']}/{os.getpid()}.stacks"
    # Not closed while the process lives: it is written to from within a signal.
    faulthandler.register(ASK, file=os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT))


answer_where_it_is()
os.register_at_fork(after_in_child=answer_where_it_is)
