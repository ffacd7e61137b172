"""The site as a web worker of `servicelane up` loads it: one that dies with the process which started it.

A killed granian would otherwise leave workers that hold the port.
"""

import gc

from servicelane.project.supervisor import die_with_parent

die_with_parent()

from servicelane.project.wsgi import application  # noqa: E402 - loading takes a second in which it may be orphaned

# What is loaded by now stays: it need not be looked through again for the rubbish of each request.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

__all__ = ["application"]
