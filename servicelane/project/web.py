"""The site as a web worker of `servicelane up` loads it: one that dies with the process which started it.

A killed granian would otherwise leave workers that hold the port.
"""

from servicelane.project.supervisor import die_with_parent

die_with_parent()

from servicelane.project.wsgi import application  # noqa: E402 - loading takes a second in which it may be orphaned

__all__ = ["application"]
