"""Fetch: discovery, site families, verdicts and the spider that wires them to Scrapy."""
