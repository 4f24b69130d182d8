"""How fast the crawler is beside Scrapy's defaults, on one local site in one run."""
