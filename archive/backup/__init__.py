"""Copies of a whole home that prove themselves: made while a crawl goes on, and brought back.

A backup is a folder named by its time. It holds the home as it was, the catalogue as one file,
``backup.json`` and, in the form of ``sha256sum``, ``SHA256SUMS``. What has not changed since the backup
before is a hard link to the file there, so that each backup is whole and costs only what is new.
"""
