from vc.host.ports import Parameters  # noqa: F401
