"""Checks kb/ without arguments: the same as `kb validate`."""

import sys

from generator.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["validate"]
    main()
