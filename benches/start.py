"""./bench start: from the start of the process to the first answer, memory when idle, size of the
program. Printed beside what a start of the program costs that does nothing (`puntual version`)."""
import os
import shutil
import socket
import statistics
import subprocess
import time

STARTS, IDLE_SECONDS = 15, 3


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def ask(port):
    """The first answer's first bytes; nothing while nobody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
            peer.sendall(b"GET /readyz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
            return peer.recv(12)
    except OSError:
        return b""


def resident_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def serve(program, db, port):
    return subprocess.Popen([program, "serve", "--db", db, "--listen", f"127.0.0.1:{port}"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def one_start(program, db):
    """Milliseconds to the first answer, from a database that is there."""
    port = free_port()
    began = time.perf_counter()
    process = serve(program, db, port)
    while ask(port) != b"HTTP/1.1 200":
        time.sleep(0.0005)
    took = time.perf_counter() - began
    process.terminate()
    process.wait()
    return took * 1000


def idle_mb(program, db):
    port = free_port()
    process = serve(program, db, port)
    while ask(port) != b"HTTP/1.1 200":
        time.sleep(0.01)
    time.sleep(IDLE_SECONDS)
    rss = resident_mb(process.pid)
    process.terminate()
    process.wait()
    return rss


def version_ms(program):
    began = time.perf_counter()
    subprocess.run([program, "version"], check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000


def line(job, value, unit, raw, rss):
    return {"job": job, "rate": value, "unit": unit, "raw_limit": raw,
            "ratio": value / raw if raw else None, "peak_rss_mb": rss}


def lines(program, folder, options):
    del options
    db = os.path.join(folder, "start.db")
    subprocess.run([program, "init", "--db", db, "--mode", "test"], check=True,
                   stdout=subprocess.DEVNULL)
    raw = statistics.median(version_ms(program) for _ in range(STARTS))
    rss = idle_mb(program, db)
    yield line("start", statistics.median(one_start(program, db) for _ in range(STARTS)), "ms", raw,
               rss)
    yield line("start-idle", rss, "MB resident", None, rss)
    stripped = shutil.copy(program, os.path.join(folder, "stripped"))
    subprocess.run(["strip", stripped], check=True)
    yield line("start-size", os.path.getsize(stripped) / 1e6, "MB on disk", None, rss)
