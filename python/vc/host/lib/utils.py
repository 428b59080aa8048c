from vc.host.pace import Pace as Synchronise  # noqa: F401
