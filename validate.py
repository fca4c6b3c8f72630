"""Checks kb/ without arguments: the same as `kb validate`."""

import os
import sys
from pathlib import Path

OWN = Path(__file__).parent / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

try:
    from generator.cli import main
except ModuleNotFoundError as missing:
    if not OWN.is_file() or Path(sys.executable).absolute() == OWN.absolute():
        sys.exit(
            f"validate.py: {missing.name} is not installed\n    hint: make site, then try again"
        )
    os.execv(OWN, [str(OWN), __file__, *sys.argv[1:]])

if __name__ == "__main__":
    sys.argv[1:1] = ["validate"]
    main()
