"""Replica sites of the families of content-management systems: markup of our own, one module a family.

A module of this package that defines `build` is a replica. All publish the same invented county
(`content`), each in its own system's way, with the answer key in `Site.key`.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules

from nianbao.replica.families.server import FamilySite, Site

__all__ = ["BUILDERS", "FamilySite", "Site"]


def _found() -> dict[str, Callable[[], Site]]:
    modules = {entry.name: import_module(f"{__name__}.{entry.name}") for entry in iter_modules(__path__)}
    return {name: module.build for name, module in sorted(modules.items()) if hasattr(module, "build")}


BUILDERS: Mapping[str, Callable[[], Site]] = _found()
