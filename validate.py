"""Checks kb/ without arguments: the same as `kb validate`."""

import os
import sys
from pathlib import Path

OWN = Path(__file__).parent / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

try:
    import generator.loading  # noqa: F401  what the command loads later, asked for now
    from generator.cli import main
except ModuleNotFoundError as missing:
    if not OWN.is_file() or Path(sys.prefix) == OWN.parent.parent:
        sys.exit(f"validate.py: {missing.name} is not installed\n    hint: run make site first")
    os.execv(OWN, [str(OWN), __file__, *sys.argv[1:]])

if __name__ == "__main__":
    sys.argv[1:1] = ["validate"]
    main()
