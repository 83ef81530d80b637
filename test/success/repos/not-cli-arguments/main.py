"""Counts the words of the files that it is given."""

import argparse
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("files", nargs="+", type=Path)
arguments = parser.parse_args()

for file in arguments.files:
    print(file, len(file.read_text().split()))
