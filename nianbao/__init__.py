"""nianbao (年报): the archive of China's government annual reports on information disclosure."""

from importlib.metadata import version

__version__ = version("nianbao")
