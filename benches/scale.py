"""./bench scale: computes what docs/scale.md says from the constants in its own tables, so that its
numbers add up; tools/check-docs asks whether they do."""
import os
import re

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs", "scale.md")
BEGIN, END = "<!-- made by ./bench scale: plan -->", "<!-- end -->"
GB, TB = 1e9, 1e12


def read_constants(text):
    """{name: value} of the rows | `name` | value | …, and {table: (rows, bytes)} of those with two."""
    constants, tables = {}, {}
    for name, first, second in re.findall(
            r"^\| `(\w+)` \| ([\d,.]+) \| ([^|]*?) *\|", text, re.M):
        value = float(first.replace(",", ""))
        if re.fullmatch(r"[\d,.]+", second):
            tables[name] = (value, float(second.replace(",", "")))
        else:
            constants[name] = value
    return constants, tables


def count(value):
    for unit, word in ((1e9, " thousand million"), (1e6, " million"), (1e3, " thousand")):
        if value >= unit:
            return f"{value / unit:,.0f}{word}" if value / unit >= 10 else f"{value / unit:.1f}{word}"
    return f"{value:,.0f}"


def size(value):
    for unit, word in ((TB, "TB"), (GB, "GB"), (1e6, "MB")):
        if value >= unit:
            return f"{value / unit:,.0f} {word}" if value / unit >= 10 else f"{value / unit:.1f} {word}"
    return f"{value:,.0f} B"


def span(seconds):
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def table_rows(c, tables):
    year = c["invoices_a_year"]
    out = ["| table | rows a year | on disk, a year | kept | a partition |", "| --- | ---: | ---: | ---: | ---: |"]
    total = 0
    for name, (rows, row_bytes) in sorted(tables.items(), key=lambda t: -t[1][0] * t[1][1]):
        disk = year * rows * row_bytes
        total += disk
        kept = disk * c["years_kept"]
        out.append(f"| `{name}` | {count(year * rows)} | {size(disk)} | {size(kept)} |"
                   f" {size(kept / c['partitions'])} |")
    kept = total * c["years_kept"]
    out.append(f"| **all** | | **{size(total)}** | **{size(kept)}** | {size(kept / c['partitions'])} |")
    return out, total


def day_rows(c):
    """What a mean and a full day hold: name, pieces a year, rate of one worker, bytes of log each."""
    year = c["invoices_a_year"]
    works = [
        ("invoices imported", year, c["import_rate"], c["import_log_bytes"]),
        ("payments imported", year * c["payments_an_invoice"], c["payment_rate"],
         c["payment_log_bytes"]),
        ("cases stepped", year * c["steps_an_invoice"], c["night_rate"], c["night_log_bytes"]),
        ("messages sent", year * c["messages_an_invoice"], c["dispatch_rate"],
         c["dispatch_log_bytes"]),
    ]
    out = ["| work | a mean day | a full day | by one worker | workers for a full day | log, mean day |",
           "| --- | ---: | ---: | ---: | ---: | ---: |"]
    log = 0
    for name, pieces, rate, log_bytes in works:
        mean = pieces / 365
        full = mean * c["full_day"]
        hours = c["sending_hours"] if name == "messages sent" else c["night_hours"]
        seconds = full / rate
        log += mean * log_bytes
        out.append(f"| {name} | {count(mean)} | {count(full)} | {span(seconds)} |"
                   f" {max(1, -(-seconds // (hours * 3600))):.0f} | {size(mean * log_bytes)} |")
    out.append(f"| **all** | | | | | **{size(log)}** |")
    return out, log


def plan(c, tables):
    tabled, year_bytes = table_rows(c, tables)
    worked, log = day_rows(c)
    kept = year_bytes * c["years_kept"]
    debtors = c["invoices_a_year"] / c["invoices_a_debtor"]
    zones = debtors / 256
    messages = c["invoices_a_year"] * c["messages_an_invoice"] / 365 * c["full_day"]
    facts = [
        f"{count(debtors)} debtors; {count(debtors / c['partitions'])} in each of "
        f"{c['partitions']:.0f} partitions; {count(zones)} wake zones, {size(zones * c['zone_bytes'])} "
        "of an engine's memory where one engine holds them all.",
        f"{size(year_bytes)} a year, {size(kept)} with {c['years_kept']:.0f} years kept; a full copy at "
        f"{c['copy_mb_s']:.0f} MB/s takes {span(kept / c['copy_mb_s'] / 1e6)}, and as long to come back.",
        f"The log of a mean day is {size(log)}, of a full one {size(log * c['full_day'])}: kept "
        f"{c['log_days']:.0f} days for recovery to a moment, {size(log * c['log_days'])}.",
        f"On a full day {messages / c['sending_hours'] / 3600:,.0f} messages a second leave, "
        f"{size(messages * c['mail_bytes'])} in all, "
        f"{messages * c['mail_bytes'] * 8 / c['sending_hours'] / 3600 / 1e6:,.0f} Mbit/s.",
        f"A full day's night, by one worker, steps {c['night_rate']:,.0f} cases/s and writes "
        f"{size(c['night_rate'] * c['night_log_bytes'])} of log a second; the disk's "
        f"{c['disk_mb_s']:.0f} MB/s, half of it for the log, bear "
        f"{max(1, c['disk_mb_s'] * 1e6 / 2 / (c['night_rate'] * c['night_log_bytes'])):.0f} such workers.",
        f"Vacuum of what a full day's night left, at {c['vacuum_us']:.2g} µs a row: "
        f"{span(c['invoices_a_year'] * c['steps_an_invoice'] / 365 * c['full_day'] * c['vacuum_us'] / 1e6)}"
        " of one process.",
    ]
    return "\n".join(["### What it takes on the disk", "", *tabled, "", "### What a day holds", "",
                      *worked, "", "### And so", "", *(f"- {fact}" for fact in facts)])


def main(words):
    """The exit status."""
    with open(PAGE, encoding="utf-8") as page:
        text = page.read()
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END, 1)
    new = f"{head}{BEGIN}\n\n{plan(*read_constants(text))}\n\n{END}{tail}"
    if words == ["--update"]:
        with open(PAGE, "w", encoding="utf-8") as page:
            page.write(new)
        return 0
    if new != text:
        print("scale: docs/scale.md does not follow from its constants: ./bench scale --update")
        return 1
    print("scale: docs/scale.md follows from its constants")
    return 0
