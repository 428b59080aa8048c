from vc.host.ports import Inputs  # noqa: F401
