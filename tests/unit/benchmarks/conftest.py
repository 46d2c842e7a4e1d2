import sys
from pathlib import Path

# Behind everything else: the benchmarks are not installed, the harness that is tested may be.
sys.path.append(str(Path(__file__).resolve().parents[3]))
