"""Serve the replica in the foreground, for people to look at."""

import argparse

from nianbao.replica.key import NIGHTS
from nianbao.replica.server import Replica


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m nianbao.replica", description=__doc__)
    parser.add_argument("--night", type=int, default=1, choices=NIGHTS)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    with Replica(options.night, port=options.port) as replica:
        print(replica.url, flush=True)
        try:
            replica.wait()
        except KeyboardInterrupt:
            print("closed")


if __name__ == "__main__":
    main()
