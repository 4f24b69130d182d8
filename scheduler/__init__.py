"""When: one whole run, and later the nightly schedule."""
