"""Starts both services: `python run.py`."""

import subprocess
import sys

if __name__ == "__main__":
    services = [
        subprocess.Popen([sys.executable, "service.py", name, port])
        for name, port in (("names", "0"), ("backend", sys.argv[1]))
    ]
    try:
        for service in services:
            service.wait()
    except KeyboardInterrupt:
        for service in services:
            service.wait()
