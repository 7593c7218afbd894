"""A private PostgreSQL server for the jobs that take --db, as durable as a company's own."""
import contextlib
import os
import subprocess

POSTGRES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "peers",
                        "postgres.sh")


class ServerError(Exception):
    pass


@contextlib.contextmanager
def started(folder):
    """The server's URL; it is stopped and its folder removed at the end."""
    place = os.path.join(folder, "postgres")
    os.chmod(folder, 0o755)  # the server's user has to reach its folder
    done = subprocess.run([POSTGRES, "start", place, "durable"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise ServerError(done.stderr.strip())
    try:
        yield done.stdout.strip()
    finally:
        subprocess.run([POSTGRES, "stop", place], check=False)
