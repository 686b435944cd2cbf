#!/usr/bin/env python3
"""What goes wrong outside of orch, done to the real program.

Each fault is one function. It brings the trouble about, runs orch, and checks: the exit code; an error
that says what, where and what to do; yesterday's rows still in the target; and, once the trouble is
mended, that `orch resume` brings today's, with one evidence row a table and nothing left behind.

  faults.py --orch BINARY --generator BINARY [--only REGEX] [--keep]
"""
import argparse
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

import world  # noqa: E402
from databases import PostgresServer  # noqa: E402

# In the order of the runs; importing them fills world.FAULTS.
import definition_faults  # noqa: E402, F401
import input_faults  # noqa: E402, F401
import server_faults  # noqa: E402, F401
import disk_faults  # noqa: E402, F401
import sharing_faults  # noqa: E402, F401


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    parser.add_argument("--generator", required=True, type=pathlib.Path)
    parser.add_argument("--only", default="", help="faults whose name matches this expression")
    parser.add_argument("--keep", action="store_true", help="leave the working folder")
    options = parser.parse_args()
    options.orch, options.generator = options.orch.resolve(), options.generator.resolve()
    os.environ.pop("ORCH_FAULT", None)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orch-faults-"))
    server = PostgresServer()
    failures = 0
    try:
        scene = world.World(options, folder, server)
        for each in world.FAULTS:
            if not re.search(options.only, each.__name__):
                continue
            began = time.monotonic()
            try:
                each(scene)
                verdict = "ok"
            except Exception as error:  # the other faults are still of interest
                failures += 1
                verdict = "FAILED"
                detail = str(error) if isinstance(error, (world.Failed, AssertionError)) else traceback.format_exc()
                print(f"{each.__name__}: {detail}", flush=True)
            print(f"{verdict:7} {each.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
    finally:
        server.stop()
        if options.keep:
            print(f"left in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
