from vc.host.ports import Outputs  # noqa: F401
