"""Keep: WARC files, the catalogue, versions and changes, and the questions people ask."""
