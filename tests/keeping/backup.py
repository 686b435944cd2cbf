#!/usr/bin/env python3
"""`orch backup` and `orch restore`: the restore drill, and what they refuse.

  backup.py --orch BINARY
"""
import argparse
import os
import pathlib
import signal
import subprocess
import tempfile
import time

from store_folder import ERROR, StoreFolder, expect

from bucket_server import BucketServer


class Serve:
    """orch serve of the folder's store, which listens."""

    def __init__(self, folder, *options, fault=""):
        environment = dict(os.environ, ORCH_STORE=str(folder.store.file), **({"ORCH_FAULT": fault} if fault else {}))
        self.process = subprocess.Popen([folder.orch, "serve", "--listen", "127.0.0.1:0", *options],
                                        cwd=folder.folder, env=environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)
        self.process.stdout.readline()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=60)


def read(folder, **options):
    """What is read of each run, by its name."""
    return {name: (folder.ask("status", name, **options), folder.call("history", name, "-o", "jsonl", **options))
            for name in folder.names(**options)}


def fill(folder):
    folder.submit("plain", "one")
    folder.submit("wide", "family", list(range(5)))


def a_restore_brings_every_run_back(folder):
    fill(folder)
    before = read(folder)
    made = folder.ask("backup", "copies/")
    expect(made["runs"], 2 + 5, "runs, with children")
    folder.submit("plain", "later")
    told = folder.call("restore", made["place"], code=ERROR)
    expect("ORCH-0222" in told, True, told)
    folder.call("restore", made["place"], "--replace")
    expect(read(folder), before, "what is read after the restore")
    kept = list(folder.folder.glob("runs.db.replaced-*"))
    expect(len(kept), 1, "stores that were replaced")
    expect(folder.names(store=kept[0]), ["family", "later", "one"], "runs of the one that was replaced")
    folder.submit("plain", "later")  # under the name that the restored store does not know
    expect(pathlib.Path(made["place"]).stat().st_mode & 0o777, 0o600, "mode of the backup")
    expect(folder.store.file.stat().st_mode & 0o777, 0o600, "mode of the store")
    for file in folder.folder.glob("runs.db*"):
        file.unlink()
    folder.call("restore", made["place"])
    expect(read(folder), before, "what is read after the loss of the store")


def it_is_made_beside_a_server_and_not_restored_over_it(folder):
    fill(folder)
    with Serve(folder):
        folder.submit("plain", "beside")
        made = folder.ask("backup", "copy.db")
        told = folder.call("restore", "copy.db", "--replace", code=ERROR)
        expect("ORCH-0201" in told, True, told)
        folder.submit("plain", "after")
    expect(folder.names(store=made["place"]), ["beside", "family", "one"], "runs of the backup")
    expect(folder.names(), ["after", "beside", "family", "one"], "runs of the store")


def a_damaged_backup_is_refused(folder):
    fill(folder)
    folder.ask("backup", "copy.db")
    copy = StoreFolder(folder.orch, folder.folder)
    copy.store.file = folder.folder / "copy.db"
    copy.change("UPDATE history SET events = replace(events, '0', '1') WHERE id = (SELECT min(id) FROM history)")
    told = folder.call("restore", "copy.db", "--replace", code=ERROR)
    expect("ORCH-0221" in told and "checksum" in told, True, told)
    (folder.folder / "nothing.db").write_text("no store")
    folder.call("restore", "nothing.db", "--replace", code=ERROR)
    folder.call("restore", "there-is-none.db", "--replace", code=ERROR)
    expect(folder.names(), ["family", "one"], "runs of the store")
    expect([file.name for file in folder.folder.glob("*restoring*")], [], "drafts")


def a_damaged_store_makes_no_backup(folder):
    fill(folder)
    (folder.folder / "copy.db").write_text("an older backup")
    folder.change("UPDATE execution SET workflow = 'other' WHERE name = 'one'")
    told = folder.call("backup", "copy.db", code=ERROR)
    expect("ORCH-0221" in told, True, told)
    expect((folder.folder / "copy.db").read_text(), "an older backup", "the older backup")
    expect([file.name for file in folder.folder.glob("*draft*")], [], "drafts")


def a_bucket_keeps_the_latest(folder):
    buckets = folder.folder / "buckets"
    (buckets / "safe" / "orch").mkdir(parents=True)
    server = BucketServer(buckets)
    os.environ.update(ORCH_S3_ENDPOINT=server.url, AWS_ACCESS_KEY_ID="k", AWS_SECRET_ACCESS_KEY="s",
                      AWS_REGION="us-east-1")
    try:
        fill(folder)
        before = read(folder)
        for number in range(4):
            (buckets / "safe" / "orch" / f"orch-2020010{number + 1}T000000Z.db").write_text("old")
        made = folder.ask("backup", "s3://safe/orch/", "--keep", "3")
        left = sorted(file.name for file in (buckets / "safe" / "orch").iterdir())
        expect(left[:2], ["orch-20200103T000000Z.db", "orch-20200104T000000Z.db"], "older backups")
        expect(made["place"], f"s3://safe/orch/{left[2]}", "the backup")
        folder.call("restore", made["place"], "--replace")
        expect(read(folder), before, "what is read after the restore")
    finally:
        server.close()
        del os.environ["ORCH_S3_ENDPOINT"]


def a_server_makes_them_by_itself(folder):
    fill(folder)
    copies = folder.folder / "copies"
    copies.mkdir()
    for day in (1, 2, 3):
        (copies / f"orch-2020010{day}T000000Z.db").write_text("old")
    (copies / "other.db").write_text("not one of them")
    with Serve(folder, "--backup-to", "copies", "--backup-keep", "2"):
        wait_until(lambda: sorted(file.name for file in copies.iterdir())[:1] == ["orch-20200103T000000Z.db"])
    made = sorted(copies.glob("orch-*.db"))
    expect((len(made), (copies / "other.db").exists()), (2, True), "what is in the folder")
    expect(folder.names(store=made[-1]), ["family", "one"], "runs of the backup")
    with Serve(folder, "--backup-to", "copies", "--backup-keep", "2"):
        folder.submit("plain", "not due yet")
    expect(sorted(copies.glob("orch-*.db")), made, "backups")


def a_kill_leaves_no_half_of_one(folder):
    fill(folder)
    before = read(folder)
    environment = dict(os.environ, ORCH_STORE=str(folder.store.file), ORCH_FAULT="backup.copied:1:kill")
    done = subprocess.run([folder.orch, "backup", "copies/"], cwd=folder.folder, env=environment, check=False)
    expect(done.returncode, -signal.SIGKILL, "exit code")
    expect(list((folder.folder / "copies").glob("*.db")), [], "backups after the kill")
    made = folder.ask("backup", "copies/")
    expect(sorted(file.name for file in (folder.folder / "copies").iterdir()), [pathlib.Path(made["place"]).name],
           "files after the next one")
    environment["ORCH_FAULT"] = "restore.before_rename:1:kill"
    done = subprocess.run([folder.orch, "restore", made["place"], "--replace"], cwd=folder.folder, env=environment,
                          check=False)
    expect(done.returncode, -signal.SIGKILL, "exit code")
    expect(read(folder), before, "the store after the kill")
    time.sleep(1.1)  # the name of the store that is kept has the second
    folder.call("restore", made["place"], "--replace")
    expect(read(folder), before, "the store after the restore")


def wait_until(done):
    deadline = time.monotonic() + 60
    while not done():
        if time.monotonic() > deadline:
            raise AssertionError("it never came to that")
        time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    orch = parser.parse_args().orch.resolve()
    for case in (a_restore_brings_every_run_back, it_is_made_beside_a_server_and_not_restored_over_it,
                 a_damaged_backup_is_refused, a_damaged_store_makes_no_backup, a_bucket_keeps_the_latest,
                 a_server_makes_them_by_itself, a_kill_leaves_no_half_of_one):
        with tempfile.TemporaryDirectory(prefix="orch-backup-") as name:
            case(StoreFolder(orch, name))
            print(f"ok  {case.__name__}", flush=True)


if __name__ == "__main__":
    main()
