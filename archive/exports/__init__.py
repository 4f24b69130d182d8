"""What leaves the archive for other programs: tables, a SQLite snapshot, feeds."""
