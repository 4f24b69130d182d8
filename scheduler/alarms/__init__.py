"""Alarms: what is wrong with the archive on a night, told once, and over when it is over.

Each kind is one module of :mod:`scheduler.alarms.kinds`: a pure function of what is known
(:mod:`scheduler.alarms.evidence`), and the words in which it is told.
"""
