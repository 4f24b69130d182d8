"""Full text of the reports: what is indexed, how a query is written, and what it finds."""
