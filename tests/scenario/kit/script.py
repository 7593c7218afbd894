"""Scenario files: their parsing, and the table of steps.

A file holds scenarios. One begins with a line "scenario: TITLE"; each line after it is a step, and
lines that are indented further belong to the step above (its rows). "#" begins a comment. A step is
a sentence that exactly one pattern of the table matches; anything else is an error.
"""
import re
from dataclasses import dataclass, field


class ScriptError(Exception):
    """The scenario file is wrong: where, and how to mend it."""


class StepFailed(Exception):
    """The program did not do what the step says."""


class Skipped(Exception):
    """What the scenario needs is not on this machine."""


@dataclass
class Step:
    file: str
    line: int
    text: str
    rows: list = field(default_factory=list)  # (line, text)
    refused: str | None = None  # the step must be refused with these words

    @property
    def place(self):
        return f"{self.file}:{self.line}"


@dataclass
class Scenario:
    file: str
    line: int
    title: str
    steps: list = field(default_factory=list)


STEPS = []  # (pattern, function, takes_rows, is_check, sentence)


def step(sentence, rows=False, check=False):
    """Registers a step. In the sentence, {name} is a word, {name*} the rest, [ … ] may be missing."""

    def register(function):
        STEPS.append((pattern_of(sentence), function, rows, check, sentence))
        return function

    return register


WORDS = {
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d)?",
    "amount": r"\d+(?:\.\d+)?",
    "n": r"\d+",
    "text": r'"(?P<{}>.*)"',
}


def pattern_of(sentence):
    """{name:kind} with a kind of WORDS, {name} one word, {name*} all that is left."""
    out = ""
    for part in re.split(r"(\{[^}]*\}|\[|\])", sentence):
        if part == "[":
            out += "(?:"
        elif part == "]":
            out += ")?"
        elif part.startswith("{"):
            name, _, kind = part[1:-1].partition(":")
            if kind == "text":
                out += WORDS["text"].format(name)
            elif name.endswith("*"):
                out += f"(?P<{name[:-1]}>.+)"
            else:
                out += f"(?P<{name}>{WORDS.get(kind, r'[^ :,]+')})"
        else:
            out += re.escape(part)
    return re.compile(out + r"\Z")


def find(each):
    """The function of a step and its arguments."""
    text = each.text[:-1] if each.text.endswith(":") and each.rows else each.text
    hits = []
    for pattern, function, takes_rows, check, sentence in STEPS:
        match = pattern.match(text)
        if match and takes_rows == bool(each.rows):
            hits.append((function, match.groupdict(), check, sentence))
    if len(hits) != 1:
        what = "no step reads like this" if not hits else "several steps read like this: " + "; ".join(
            hit[3] for hit in hits)
        raise ScriptError(f"{each.place}: {what}: “{each.text}”"
                          + (" (with rows)" if each.rows else "")
                          + "; tests/scenario/run --steps lists them")
    return hits[0]


REFUSED = re.compile(r'refused "([^"]*)": (.*)\Z')


def make_step(file, number, text):
    match = REFUSED.match(text)
    if match:
        return Step(file, number, match.group(2), refused=match.group(1))
    return Step(file, number, text)


def parse(file, text):
    """All scenarios of a file. Raises ScriptError with file:line."""
    scenarios = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.rstrip()
        if not line or line.lstrip().startswith("#"):
            continue
        if line.startswith("scenario: "):
            scenarios.append(Scenario(file, number, line[len("scenario: "):]))
            continue
        if not scenarios:
            raise ScriptError(f"{file}:{number}: a file begins with “scenario: TITLE”")
        steps = scenarios[-1].steps
        if line[0] == " ":
            if not steps or not steps[-1].text.endswith(":"):
                raise ScriptError(f"{file}:{number}: rows stand under a step that ends with “:”")
            steps[-1].rows.append((number, line.strip()))
        else:
            steps.append(make_step(file, number, line))
    for scenario in scenarios:
        check(scenario)
    return scenarios


def check(scenario):
    """Every step is known, and something is expected after the last thing that was done."""
    checks = [find(each)[2] or each.refused is not None for each in scenario.steps]
    if not any(checks):
        raise ScriptError(f"{scenario.file}:{scenario.line}: “{scenario.title}” checks nothing")
    if not checks[-1]:
        raise ScriptError(f"{scenario.steps[-1].place}: nothing is expected after the last step")
    for each in scenario.steps:
        if each.text.endswith(":") and not each.rows:
            raise ScriptError(f"{each.place}: the rows of this step are missing")
