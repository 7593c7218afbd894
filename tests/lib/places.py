"""Where things are: the project, the program, public files, room in memory."""
import os
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("PUNTUAL", os.path.join(ROOT, "build/src/cli/puntual"))
CORPORA = os.environ.get("PUNTUAL_CORPORA", os.path.join(ROOT, "../shared/corpora"))


def memory_folder() -> str | None:
    """A place in memory with room for large databases, where there is one: thousands of commands
    wait for a disk otherwise."""
    memory = "/dev/shm"
    if not os.access(memory, os.W_OK):
        return None
    room = os.statvfs(memory)
    return memory if room.f_bavail * room.f_frsize >= 4 << 30 else None


def scratch(name: str) -> tempfile.TemporaryDirectory:
    """A folder for a test's database."""
    return tempfile.TemporaryDirectory(prefix=f"puntual-{name}-", dir=memory_folder())
