"""The table of ./bench --sizes: a column a size, a row a figure."""

# the member of bench_sizes' line, what it is, and its unit; a line without a member is a heading
ROWS = [
    (None, "import, in files of at most a million invoices", ""),
    ("import_rate", "invoices", "/s"),
    ("import_us", "of one", "µs"),
    ("import_cpu_us", "processor time", "µs"),
    ("import_rss_mb", "peak memory, last file", "MB"),
    (None, "enrolling into a strategy", ""),
    ("enrol_us", "a case", "µs"),
    ("enrol_cpu_us", "processor time", "µs"),
    ("enrol_rss_mb", "peak memory", "MB"),
    (None, "night with nothing due", ""),
    ("idle_ms", "all of it", "ms"),
    ("idle_rss_mb", "peak memory", "MB"),
    (None, "night with 1 % due, scattered", ""),
    ("scattered_rate", "cases", "/s"),
    ("scattered_cpu_us", "processor time a case", "µs"),
    ("scattered_rss_mb", "peak memory", "MB"),
    (None, "night with all the rest due", ""),
    ("nightly_rate", "cases", "/s"),
    ("nightly_us", "a case", "µs"),
    ("nightly_cpu_us", "processor time", "µs"),
    ("nightly_rss_mb", "peak memory", "MB"),
    ("nightly_log_bytes", "server's log, a case", "B"),
    ("settle_ms", "settling after it: log folded back, or vacuum", "ms"),
    (None, "asking", ""),
    ("page_ms", "first page of 50 cases, all counted", "ms"),
    ("report_ms", "report over 30 days", "ms"),
    ("ask_rss_mb", "peak memory", "MB"),
    (None, "on the disk, indexes included", ""),
    ("bytes_per_case", "everything, a case", "B"),
    ("run_bytes", "a run", "B"),
    ("message_bytes", "a message", "B"),
    ("event_bytes", "an event", "B"),
]


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def size_name(cases):
    for unit, letter in ((1000000, "m"), (1000, "k")):
        if cases % unit == 0:
            return f"{cases // unit}{letter}"
    return str(cases)


def print_sizes(lines):
    print(f"{'cases':44}" + "".join(f"{size_name(line['cases']):>12}" for line in lines))
    for member, what, unit in ROWS:
        if member is None:
            print(what)
        else:
            label = f"  {what}" + (f", {unit}" if unit else "")
            print(f"{label:44}" + "".join(f"{number(line[member]):>12}" for line in lines))


def print_tables(lines):
    print(f"{'table':22}{'rows':>12}{'an invoice':>12}{'bytes a row':>13}{'in indexes':>12}"
          f"{'bytes an invoice':>18}")
    for line in lines:
        print(f"{line['table']:22}{line['rows']:>12,}{line['per_invoice']:>12.3f}"
              f"{line['bytes_per_row']:>13.1f}{line['of_indexes']:>12.1f}"
              f"{line['bytes_per_invoice']:>18.1f}")
