"""Run by :mod:`parsers.compiled.__main__` as a process of its own, in a folder with a copy of the sources:
``build.py GROUP MODULE...`` leaves the compiled modules in ``built``.

A process of its own because the compilers print much and end the process when they fail.
"""

from __future__ import annotations

import sys

try:
    from mypyc.build import mypycify
    from setuptools import Distribution
except ImportError as error:
    sys.exit(f"{error}: pip install 'nianbao[compile]'")


def main(group: str, *modules: str) -> None:
    sources = [f"{module.replace('.', '/')}.py" for module in modules]
    options = ["--config-file=", "--cache-dir=cache", "--ignore-missing-imports"]
    extensions = mypycify([*options, *sources], group_name=group, debug_level="0", target_dir="c")
    command = Distribution({"name": group, "ext_modules": extensions}).get_command_obj("build_ext")
    command.build_lib, command.build_temp, command.parallel = "built", "objects", True
    command.ensure_finalized()
    command.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
