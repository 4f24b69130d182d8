"""The commands, grouped by what they are for: home, work (crawl and read), ask."""
