"""Trains on a GPU, and on nothing else."""

import subprocess
import sys

try:
    subprocess.run(["nvidia-smi"], check=True)
except FileNotFoundError:
    sys.exit("RuntimeError: No CUDA GPUs are available")
