"""Disks without room: the run store's and the target's."""
import contextlib
import json
import os
import resource
import shutil
import subprocess

from databases import SqliteDatabase
from project import ERROR, OK, RUN_FAILED
from world import expect, expect_today, expect_words, expect_yesterday, fails, fault, follow, resume


@contextlib.contextmanager
def small_disk(folder, megabytes):
    """A file system in memory that is really full when it is full; None where none can be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True).returncode == 0
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def make_room(folder, megabytes):
    subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(folder)], check=True)


@fault
def full_file_system_of_the_run_store(world):
    """As below, with a file system that has no room left; only where one can be mounted."""
    project = world.project(only=["currencies", "periods", "users"])
    project.forget_runs()
    with small_disk(project.folder / "small", 1) as disk:
        if not disk:
            return
        settings = json.loads((project.folder / "orch.json").read_text())
        project.write("orch.json", {**settings, "store": str(disk / "runs.db")})
        ballast = disk / "ballast"
        subprocess.run(["dd", "if=/dev/zero", f"of={ballast}", "bs=1024", "count=760"], capture_output=True)
        process = project.start(*project.replicate("today"))
        seen = follow(process, "trying again|cannot grow", timeout=60)
        ballast.unlink()
        make_room(disk, 64)
        _, err = process.communicate(timeout=90)
        expect_words(seen + err, "runs.db", "cannot grow")
        if process.returncode != OK:
            expect(process.returncode == ERROR, f"ended with {process.returncode}:\n{seen}{err}")
            code, _, err = project.call(*project.replicate("today"))
            expect(code == OK, f"with room again, it ended with {code}:\n{err}")
        for file in disk.glob("runs.db*"):  # where the other checks look
            shutil.copy(file, project.folder) if file.is_file() else None
    expect_today(project, "today")


@fault
def disk_of_the_target_server_full(world):
    """A tablespace without room: the table that needs it fails, and arrives when there is some."""
    with small_disk(world.server_folder / "small", 12) as disk:
        if not disk:
            return
        shutil.chown(disk, *world.server_account)
        server = world.server.database("postgres")
        server.psql(f"CREATE TABLESPACE small LOCATION '{disk}'")
        project = world.project(target="postgres", only=["currencies", "documents"])
        project.target.run(f"ALTER DATABASE {project.target.name} SET default_tablespace = small")
        large = SqliteDatabase(project.folder / "large.db")
        large.become(world.sqlite.after)
        large.run("UPDATE documents SET content = randomblob(3000000), byte_size = 3000000")
        project.connect(large.url)
        fails(project, "documents", "Target.Full", "free space", "warehouse")
        expect_yesterday(project, ["documents"])
        make_room(disk, 256)
        code, _, err = project.call("resume", "today")
        expect(code == OK, f"with room again, it ended with {code}:\n{err}")
        expect(project.target.psql("SELECT count(*), min(length(content)) FROM documents").strip() ==
               "|".join(map(str, large._ask("SELECT count(*), 3000000 FROM documents")[0])), "not all documents arrived")
        project.target.drop()
        server.psql("DROP TABLESPACE small")


def disk_full(project, name, allowance):
    """Starts a run whose files may grow to `allowance` bytes, which is what a full disk comes to (EFBIG
    for ENOSPC), but needs neither root nor a disk."""
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (allowance, resource.RLIM_INFINITY))

    # Python leaves SIGXFSZ ignored; the child must keep it so to get the error and not the signal.
    return project.start(*project.replicate(name), preexec_fn=limit, restore_signals=False)


@fault
def disk_of_the_run_store_full(world):
    """orch says so, holds still, and goes on when there is room again."""
    project = world.project(target="postgres", only=["currencies", "periods", "users"])
    project.call("status")
    size = project.store.stat().st_size
    process = disk_full(project, "today", size // 2)
    seen = follow(process, "trying again", timeout=60)
    if process.poll() is None:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    _, err = process.communicate(timeout=90)
    expect_words(seen + err, "runs.db")
    if process.returncode != OK:  # it may give up where nothing was begun
        expect(process.returncode == ERROR, f"ended with {process.returncode}:\n{seen}{err}")
        code, _, err = project.call(*project.replicate("today"))
        expect(code == OK, f"with room again, it ended with {code}:\n{err}")
    expect_today(project, "today")


@fault
def disk_of_the_target_full(world):
    project = world.project(only=["currencies", "documents"])
    large = SqliteDatabase(project.folder / "large.db")
    large.become(world.sqlite.after)
    large.run("UPDATE documents SET content = randomblob(2000000), byte_size = 2000000")
    project.connect(large.url)
    project.expected = large
    process = disk_full(project, "today", 8_000_000)
    out, err = process.communicate(timeout=90)
    expect(process.returncode == RUN_FAILED, f"ended with {process.returncode}:\n{err}")
    expect_words(err + out, "documents", "full|space|I/O|too large", "warehouse")
    expect_yesterday(project, ["documents"])
    resume(project)
