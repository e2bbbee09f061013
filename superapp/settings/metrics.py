"""What Prometheus may read, and where the processes of one machine count together."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .environment import env

# The bearer token of `/metrics`; without one nobody gets anything.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# A worker answers `/metrics` on this port, for those that share no directory with a web process; 0 is off.
METRICS_PORT = env.int("METRICS_PORT", 0)

# Where processes that share a machine (or a container) count, each in files of its own, so that any of them can tell
# of all. Emptied by whoever starts them. Without it a process tells of itself alone. The library itself reads the
# variable, and earlier than we: Flower's plugin has it loaded by every Celery command.
PROMETHEUS_MULTIPROC_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", None)
if PROMETHEUS_MULTIPROC_DIR == "":
    # The library would count in whatever folder the process was started in.
    raise ImproperlyConfigured("The environment variable PROMETHEUS_MULTIPROC_DIR is empty: give a folder or unset it.")
if PROMETHEUS_MULTIPROC_DIR:
    Path(PROMETHEUS_MULTIPROC_DIR).mkdir(parents=True, exist_ok=True)
