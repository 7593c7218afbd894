"""./bench counts: instructions per piece of work, counted by valgrind's callgrind, against those kept
in benches/counts.md. Noise does not move them: time, entropy and inputs are the same every time
(rig_env), and what a job does between rig_count_begin and rig_count_end is all that is counted."""
import glob
import os
import re
import subprocess
import sys
import tempfile

KEPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "counts.md")
TOLERANCE = 0.03

# the job's program and its sizes: small, but enough that what happens once does not show
RUNS = {
    "step": ["--steps", "10000"],
    "render": ["--mails", "800"],
    "compose": ["--mails", "200"],
    "dispatch": ["--messages", "1000"],
    "nightly": ["--cases", "3000"],
    "import": ["--invoices", "4000"],
    "service": ["--requests", "1280"],
}
# what rig_count_end calls it, and what one is
COUNTED = {
    "step": "step",
    "render": "Liquid e-mail, one invoice",
    "render-ten": "Liquid e-mail, ten invoices, HTML and text",
    "compose": "composed e-mail, one invoice",
    "compose-ten": "composed e-mail, ten invoices",
    "dispatch": "message, claimed to recorded",
    "nightly": "case of a night",
    "nightly-scattered": "case of a night with 1 % due",
    "nightly-idle": "night with nothing due",
    "import": "imported invoice",
    "service-open": "pixel, answered and stored",
    "service-click": "first click on a message, until it is committed",
    "service-click-again": "second click on it",
    "service-webhook": "provider's webhook, until it is committed",
    "service-page": "debtor's page",
}
HEAD = """# Instruction counts

Made by `./bench counts --update`, compared by `./bench counts` and the stage `counts` of `./test`: growth by more than 3 % fails. *Ours* are instructions in our own program, *all* those in the libraries it calls too (SQLite, the C library, Zstandard), without the kernel's. Both are of the release build under valgrind's callgrind, which shows a program neither AVX2 nor SHA instructions; other compilers give other counts, and then nothing is compared. A change that makes something dearer for a reason updates the table in the same commit and says the reason there.

| job | one is | ours | all |
| --- | --- | ---: | ---: |
"""


class CountsError(Exception):
    pass


def versions():
    """(compiler, libraries): what counts depend on."""
    def first_line(*command):
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        return done.stdout.split("\n", 1)[0].strip()
    libraries = [first_line("getconf", "GNU_LIBC_VERSION")]
    for name in ("sqlite3", "libzstd", "libcrypto"):
        libraries.append(f"{name} {first_line('pkg-config', '--modversion', name)}")
    return first_line("cc", "--version"), ", ".join(libraries)


def costs_by_object(path):
    """(label, {object: instructions}) of one of callgrind's dumps; label None: nothing was asked."""
    label, names, costs, current, skip = None, {}, {}, "", False
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith("desc: Trigger: Client Request: "):
                label = line.split(": ", 3)[3].strip()
            elif line.startswith("ob="):
                number, name = re.match(r"ob=(\(\d+\))(?: (.*))?", line).groups()
                current = names.setdefault(number, name or "")
            elif line.startswith("cob="):
                number, name = re.match(r"cob=(\(\d+\))(?: (.*))?", line).groups()
                names.setdefault(number, name or "")
            elif line.startswith("calls="):
                skip = True  # the next line is what the call cost, which its own function has too
            elif line[0] in "0123456789+-*":
                if not skip:
                    costs[current] = costs.get(current, 0) + int(line.split()[1])
                skip = False
    return label, costs


def count(build, job, scratch):
    """{name: (ours, all)} of one program, per item."""
    program = os.path.join(build, "benches", f"bench_{job}")
    # callgrind.out files of forked processes, which work apart, are told by their pid
    command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "-q",
               f"--callgrind-out-file={scratch}/{job}.%p", program] + RUNS[job] + ["--dir", scratch]
    plain = dict(os.environ, GLIBC_TUNABLES="glibc.cpu.hwcaps=-AVX2,-AVX,-ERMS")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=plain, check=False)
    if done.returncode != 0:
        raise CountsError(f"{job} failed under valgrind:\n{done.stderr[-2000:]}")
    found = {}
    for path in glob.glob(f"{scratch}/{job}.*"):
        label, costs = costs_by_object(path)
        if label in (None, "Program termination"):
            continue
        name, items = label.split()
        ours = sum(cost for thing, cost in costs.items() if thing.startswith(build))
        found[name] = (ours / int(items), sum(costs.values()) / int(items))
    return found


def measure(build, say):
    counts = {}
    with tempfile.TemporaryDirectory(prefix="puntual-counts-") as scratch:
        for job in RUNS:
            say(f"counting {job}")
            counts.update(count(build, job, scratch))
    missing = [name for name in COUNTED if name not in counts]
    if missing:
        raise CountsError(f"not counted: {', '.join(missing)}. Are valgrind and its headers (package "
                          "valgrind) and smtp-sink (package postfix) there? Remove build-bench if "
                          "they were installed after it was made.")
    return counts


def write(counts):
    compiler, libraries = versions()
    with open(KEPT, "w", encoding="utf-8") as out:
        out.write(HEAD)
        for name, what in COUNTED.items():
            ours, both = counts[name]
            out.write(f"| `{name}` | {what} | {ours:,.0f} | {both:,.0f} |\n")
        out.write(f"\nCompiler: {compiler}\n\nLibraries: {libraries}\n")


def read():
    """({name: (ours, all)}, compiler, libraries) as kept."""
    with open(KEPT, encoding="utf-8") as kept:
        text = kept.read()
    rows = re.findall(r"^\| `([a-z-]+)` \| [^|]* \| ([\d,]+) \| ([\d,]+) \|$", text, re.M)
    said = re.search(r"^Compiler: (.*)\n\nLibraries: (.*)$", text, re.M)
    return ({name: (int(ours.replace(",", "")), int(both.replace(",", "")))
             for name, ours, both in rows}, said.group(1), said.group(2))


def compare(counts):
    """Prints the table; the sentences of what grew, or None when nothing can be compared."""
    kept, compiler, libraries = read()
    here_compiler, here_libraries = versions()
    same = compiler == here_compiler
    same_libraries = same and libraries == here_libraries
    grown = []
    print(f"{'job':20}{'ours':>12}{'kept':>12}{'':>9}{'all':>12}{'kept':>12}")
    for name, values in counts.items():
        cells = ""
        for column, value, judged in (("ours", values[0], same), ("all", values[1], same_libraries)):
            was = kept.get(name, (0, 0))[0 if column == "ours" else 1]
            change = value / was - 1 if was else 0
            cells += f"{value:>12,.0f}{was:>12,}{change * 100:>+8.1f} %"
            if judged and (was == 0 or change > TOLERANCE):
                grown.append(f"{name}: {value:,.0f} instructions ({column}), kept {was:,}: "
                             f"{change * 100:+.1f} %")
        print(f"{name:20}{cells}")
    if not same:
        print(f"kept with {compiler}; this is {here_compiler}: nothing to compare")
        return None
    if not same_libraries:
        print(f"kept with {libraries}; here are {here_libraries}: only ours are compared")
    return grown


def main(build, words, say):
    """The exit status."""
    if words not in ([], ["--update"]):
        print("bench: usage: ./bench counts [--update]", file=sys.stderr)
        return 2
    try:
        counts = measure(build, say)
    except CountsError as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    if words:
        write(counts)
        print(f"kept in {os.path.relpath(KEPT)}")
        return 0
    grown = compare(counts)
    if grown is None:
        return 77
    for sentence in grown:
        print(f"bench: {sentence}", file=sys.stderr)
    if grown:
        print("bench: mend it, or keep the new counts with ./bench counts --update and say in the "
              "commit what they buy.", file=sys.stderr)
    return 1 if grown else 0
