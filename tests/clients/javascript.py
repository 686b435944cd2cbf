#!/usr/bin/python3
"""@aws-sdk/client-sfn against `orch serve`: runs sfn.test.js with a server.

    javascript.py --orch build/dev/orch --modules build/node"""
import os
import pathlib
import shutil
import subprocess
import unittest

import common
from common import HERE, KEY, SECRET, main, skip, start_server


def modules_of(options):
    return pathlib.Path(options.modules).resolve() / "node_modules"


def ready(options):
    if not shutil.which("node"):
        skip("there is no node; install nodejs")
    if not (modules_of(options) / "@aws-sdk" / "client-sfn").is_dir():
        skip(f"{modules_of(options)} has no @aws-sdk/client-sfn; scripts/test installs it when it reaches an npm registry")


class JavaScript(unittest.TestCase):
    def test_the_sdk(self):
        with start_server("--bindings", "bindings.json", "--keys", "keys.json") as server:
            variables = dict(PATH=os.environ["PATH"], HOME=str(server.folder), NODE_PATH=str(modules_of(common.OPTIONS)),
                             ORCH_URL=server.url, AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET)
            ran = subprocess.run(["node", "--test", HERE / "sfn.test.js"], env=variables, timeout=240)
        self.assertEqual(ran.returncode, 0)


if __name__ == "__main__":
    main(__doc__, ready, modules="folder whose node_modules has the SDK")
