"""Takes in WARC and WACZ files made by others, kept as they are."""
