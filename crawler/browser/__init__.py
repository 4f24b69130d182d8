"""Pages that only a script draws, and script challenges: drawn in Chromium, which never touches the network.

Each request of the browser is intercepted and fetched by the crawler itself. So robots.txt, the delay
between requests, the refusal of private addresses and the archive hold for the browser too, redirects,
sub-resources and names that resolve anew included; what is not intercepted finds no network at all.
"""

DRAWN = "drawn"
"""The flag of a response that holds a page as drawn."""
