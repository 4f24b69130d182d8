"""Broken files without number: valid ones of each format, changed at random, read in bounded workers."""
