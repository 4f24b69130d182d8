"""How fast reports are read, format by format, and how reading grows with the processors."""
