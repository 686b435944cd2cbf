"""The files of the web UI as a browser gets them: names, caching, compression, policy."""
import argparse
import gzip
import http.client
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "serve"))
from server import Server  # noqa: E402

ORCH = None


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.server = Server(ORCH, folder.name)
        cls.addClassCleanup(cls.server.end)

    def get(self, path, method="GET", **headers):
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=60)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def page(self):
        answer, body = self.get("/ui/")
        if answer.status == 404:
            self.skipTest(body.decode().strip())
        return answer, body.decode()

    def test_the_page_has_no_script_or_style_of_its_own(self):
        answer, text = self.page()
        policy = answer.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotRegex(policy, r"unsafe|\*|https?:")
        self.assertNotRegex(text, r"<style|style=|<script>|<script type=\"importmap|\son[a-z]+=")
        self.assertNotRegex(text, r"https?://")
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")

    def test_every_file_that_the_page_names_is_there_for_ever(self):
        _, text = self.page()
        names = set(re.findall(r'(?:src|href)="([^"]+)"', text))
        self.assertGreater(len(names), 20)
        for name in sorted(names):
            answer, packed = self.get(name, **{"Accept-Encoding": "gzip, br"})
            self.assertEqual(answer.status, 200, name)
            self.assertIn("immutable", answer.headers["Cache-Control"], name)
            self.assertEqual(answer.headers["Content-Encoding"], "gzip", name)
            _, plain = self.get(name)
            self.assertEqual(gzip.decompress(packed), plain, name)
            for imported in re.findall(r'from\s*"(/[^"]+)"', plain.decode()):
                self.assertEqual(self.get(imported)[0].status, 200, (name, imported))

    def test_the_page_is_asked_for_anew_and_mostly_not_sent(self):
        answer, text = self.page()
        self.assertEqual(answer.headers["Cache-Control"], "no-cache")
        again, body = self.get("/ui/", **{"If-None-Match": answer.headers["ETag"]})
        self.assertEqual((again.status, body), (304, b""))
        self.assertEqual(self.get("/ui/runs/some%20run/graph?x=1")[1].decode(), text)

    def test_head_has_the_header_alone(self):
        self.page()
        answer, body = self.get("/ui/", "HEAD")
        self.assertEqual((answer.status, body), (200, b""))

    def test_what_is_not_there(self):
        _, text = self.page()
        build = re.search(r'src="(/ui/[0-9a-f]+)/', text).group(1)
        for path in (build + "/nothing.js", build + "/../pages.cpp", "/ui/0123456789abcdef/main.js", build):
            self.assertEqual(self.get(path)[0].status, 404, path)
        moved = self.get("/ui")[0]
        self.assertEqual((moved.status, moved.headers["Location"]), (307, "/ui/"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True)
    known, rest = parser.parse_known_args()
    ORCH = known.orch
    unittest.main(argv=[sys.argv[0], *rest])
