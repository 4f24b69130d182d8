"""What keeping costs: proving an archive, against other tools, and archiving's share of a crawl."""
