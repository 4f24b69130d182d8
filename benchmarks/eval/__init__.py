"""How well reports are read: varied documents made from seeds, cases kept as folders, and pinned scores."""
