"""The kinds of alarms: one module each, found by itself. A module that defines ``KIND`` is one."""

from importlib import import_module
from pkgutil import iter_modules

from scheduler.alarms.finding import Kind


def _found() -> dict[str, Kind]:
    modules = [import_module(f"{__name__}.{entry.name}") for entry in iter_modules(__path__)]
    kinds: list[Kind] = [module.KIND for module in modules if hasattr(module, "KIND")]
    return {kind.name: kind for kind in kinds}


KINDS = _found()
"""Every kind by its name."""
