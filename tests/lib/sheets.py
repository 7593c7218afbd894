"""Spreadsheets for tests, made by hand from the format's own rules (ECMA-376): no library that
might forgive what ours gets wrong.

    python3 tests/lib/sheets.py FILE <<< '{"Hoja1": [["Factura", "Importe"], ["F-1", 12.5]]}'
"""

import datetime
import json
import sys
import zipfile
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def letters(column):
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell(place, value, shared):
    """Text is shared; "2026-03-01" behind a @ is a date; "#N/A" an error."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    if value.startswith("@"):
        serial = (datetime.date.fromisoformat(value[1:]) - datetime.date(1899, 12, 30)).days
        return f'<c r="{place}" s="1"><v>{serial}</v></c>'
    if value.startswith("#"):
        return f'<c r="{place}" t="e"><f>NA()</f><v>{value}</v></c>'
    if value not in shared:
        shared.append(value)
    return f'<c r="{place}" t="s"><v>{shared.index(value)}</v></c>'


def sheet_xml(rows, shared):
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(cell(f"{letters(i)}{number}", value, shared) for i, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def write_sheets(path, sheets):
    """`sheets`: name to rows."""
    shared, listed, links, types = [], [], [], []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for i, (name, rows) in enumerate(sheets.items(), 1):
            out.writestr(f"xl/worksheets/sheet{i}.xml", sheet_xml(rows, shared))
            listed.append(f'<sheet name="{escape(name)}" sheetId="{i}" r:id="rId{i}"/>')
            links.append(f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" '
                         f'Target="worksheets/sheet{i}.xml"/>')
        links.append(f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/>')
        links.append(f'<Relationship Id="t" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>')
        texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
        out.writestr("xl/sharedStrings.xml", f'{HEAD}<sst xmlns="{MAIN}">{texts}</sst>')
        out.writestr("xl/styles.xml", f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/>'
                                      f'<xf numFmtId="14"/></cellXfs></styleSheet>')
        out.writestr("xl/workbook.xml", f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
                                        f'<sheets>{"".join(listed)}</sheets></workbook>')
        out.writestr("xl/_rels/workbook.xml.rels",
                     f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{"".join(links)}'
                     f'</Relationships>')
        out.writestr("_rels/.rels",
                     f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="b" '
                     f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        out.writestr("[Content_Types].xml", f'{HEAD}<Types xmlns="{PACKAGE}/content-types"/>')


if __name__ == "__main__":
    write_sheets(sys.argv[1], json.load(sys.stdin))
