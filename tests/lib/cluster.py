"""Two PostgreSQL servers on this machine, one of which follows the other: the first is killed, the
other promoted, and who was killed comes back as the one that follows. Everything stands in a folder
of its own; nothing of an installed cluster is touched."""
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

from places import memory_folder
from postgres import PEER, Connection, Error
from sink import free_port

SETTINGS = """
listen_addresses = '127.0.0.1'
max_connections = 60
wal_level = replica
max_wal_senders = 5
hot_standby = on
wal_sender_timeout = 3s
wal_receiver_timeout = 3s
wal_retrieve_retry_interval = 200ms
synchronous_commit = on
fsync = off            # no power cut is tried here: what a killed process wrote stays written
"""
WAITS_S = 60


def programs() -> str:
    """The folder of the newest server's programs, as tests/peers/postgres.sh finds it."""
    base = "/usr/lib/postgresql"
    versions = [each for each in os.listdir(base) if os.path.exists(f"{base}/{each}/bin/initdb")]
    return f"{base}/{max(versions, key=float)}/bin"


class Node:
    """One server. PostgreSQL refuses root: as root it is run by the user of Debian's package."""

    def __init__(self, pair: "Pair", name: str) -> None:
        self.pair, self.name, self.port = pair, name, free_port()
        self.folder = os.path.join(pair.folder, name)
        self.data = os.path.join(self.folder, "data")
        self.orphans: list[int] = []
        self.killed = False
        os.mkdir(self.folder)
        if os.geteuid() == 0:
            os.chown(self.folder, pwd.getpwnam("postgres").pw_uid, -1)

    @property
    def url(self) -> str:
        """It alone, whatever it is now."""
        return f"postgresql://puntual@127.0.0.1:{self.port}/postgres"

    def tool(self, program: str, *args: str, check: bool = True) -> None:
        command = [os.path.join(programs(), program), *args]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        if check and done.returncode != 0:
            raise Error(f"{' '.join(command)}: {done.stdout}{done.stderr}")

    def start(self) -> None:
        self.end_orphans()
        self.tool("pg_ctl", "-D", self.data, "-w", "-l", os.path.join(self.folder, "log"),
                  "-o", f"-p {self.port} -c unix_socket_directories= -c cluster_name={self.name}", "start")

    def end_orphans(self) -> None:
        """What a killed postmaster left behind and has not noticed yet keeps its memory; and while
        nobody has waited for it, its number is taken for a server that runs."""
        for pid in self.orphans:
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    if file.read().startswith(b"postgres"):
                        os.kill(pid, signal.SIGKILL)
            except OSError:
                pass  # it has ended
        if self.killed:
            os.unlink(os.path.join(self.data, "postmaster.pid"))
        self.orphans, self.killed = [], False

    def make_first(self) -> None:
        self.tool("initdb", "-D", self.data, "--locale=C", "-E", "UTF8", "-A", "trust",
                  "-U", "puntual", "-N")
        with open(os.path.join(self.data, "postgresql.conf"), "a", encoding="utf-8") as conf:
            conf.write(SETTINGS)
        self.start()

    def follow(self, first: "Node") -> None:
        """A new copy of it, whatever it was."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)
        self.tool("pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast",
                  "-d", f"host=127.0.0.1 port={first.port} user=puntual"
                        f" application_name={self.name}")
        self.start()

    def promote(self) -> None:
        self.tool("pg_ctl", "-D", self.data, "-w", "promote")

    def kill(self) -> None:
        """The postmaster, by its pid, as it stands in its file; its children notice."""
        with open(os.path.join(self.data, "postmaster.pid"), encoding="ascii") as file:
            pid = int(file.readline())
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            self.orphans = [int(each) for each in file.read().split()]
        os.kill(pid, signal.SIGKILL)
        self.killed = True

    def stop(self) -> None:
        self.end_orphans()
        self.tool("pg_ctl", "-D", self.data, "-m", "immediate", "stop", check=False)

    def look(self) -> Connection:
        return Connection(self.url, "look")

    def ask(self, sql: str, values=()):
        with self.look() as db:
            return db.execute(sql, values)

    def set(self, setting: str, value: str) -> None:
        self.ask(f"ALTER SYSTEM SET {setting} = '{value}'")
        self.ask("SELECT pg_reload_conf()")

    @property
    def timeline(self) -> int:
        name, = self.ask("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
        return int(name[:8], 16)


class Pair:
    """`first` takes writes, `second` follows it, and synchronously unless it is said otherwise: then
    nothing is confirmed that is not on both."""

    def __init__(self, synchronous: bool = True) -> None:
        self.folder = tempfile.mkdtemp(prefix="puntual-pair-", dir=memory_folder())
        os.chmod(self.folder, 0o755)
        self.synchronous = synchronous
        self.nodes = [Node(self, "one"), Node(self, "two")]
        self.first, self.second = self.nodes
        self.following = False
        self.first.make_first()
        self.mend()

    @property
    def url(self) -> str:
        """Both of them: libpq takes the one that takes writes."""
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in self.nodes)
        return f"postgresql://puntual@{hosts}/postgres?target_session_attrs=read-write"

    def mend(self) -> None:
        """The second follows again, and the first waits for it."""
        if self.following:
            return
        self.second.follow(self.first)
        self.first.set("synchronous_standby_names", "*" if self.synchronous else "")
        wanted = "sync" if self.synchronous else "async"
        self.wait(lambda: self.first.ask("SELECT 1 FROM pg_stat_replication WHERE sync_state = ?"
                                         " AND state = 'streaming'", (wanted,)),
                  "the second server does not follow")
        self.following = True

    def fail_over(self) -> float:
        """The first is killed, and the other promoted in its place; when it was killed. Nobody
        follows the new first one yet, and it waits for nobody."""
        self.mend()
        killed = time.monotonic()
        self.first.kill()
        self.second.promote()
        self.first, self.second = self.second, self.first
        self.following = False
        self.first.set("synchronous_standby_names", "")
        return killed

    @staticmethod
    def wait(what, sentence: str) -> None:
        until = time.monotonic() + WAITS_S
        while not what():
            if time.monotonic() > until:
                raise Error(f"after {WAITS_S} seconds {sentence}")
            time.sleep(0.02)

    @staticmethod
    def available() -> bool:
        return subprocess.run([PEER, "find"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
