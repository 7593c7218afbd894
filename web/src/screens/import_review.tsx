// What a check of every row found: sums to compare with the ERP's own, and problems by row, each to
// be put right here, or its row left out.
import { useState, type ReactNode } from "react";
import type { Id, Imported, Job } from "../api/types";
import { count, money } from "../format";
import { useWords, wordOf, type Key, type Translate } from "../i18n";
import { exampleOf, FIELDS } from "./import_fields";

const SHOWN = 50;

/** line and field, as a key of what was put right */
export const fixKey = (line: number, field: string) => `${line} ${field}`;

// Sentences of the server that a person of another language meets all day.
const REASONS: Record<string, Key> = {
  "a value is missing": "imp.why_missing",
  "the spreadsheet shows an error in this cell": "imp.why_error",
  "the cell holds this number; show it as a date in the spreadsheet": "imp.why_no_date",
  "a date between 1970 and 2150 is expected": "imp.why_date_range",
  "this is no e-mail address": "imp.why_email",
  "it is person or company": "imp.why_kind",
  "a country is two letters, like ES; map it with a literal or a template": "imp.why_country",
  "a language is written es, en, pt, es-MX or es-419": "imp.why_language",
  "this invoice stands twice in the file": "imp.why_twice",
  "this key stands twice in the file": "imp.why_twice_key",
  "this is no currency code": "imp.why_currency",
  "what is open lies between 0 and the amount": "imp.why_open",
  "this invoice is known with another debtor or currency": "imp.why_other",
  "neither debtor nor invoice is given": "imp.why_nobody",
  "there is no debtor of this key": "imp.why_no_debtor",
  "there is no such debtor": "imp.why_no_debtor",
  "a debtor cannot be its own parent": "imp.why_own_parent",
  "this invoice is of another debtor": "imp.why_other_debtor",
  "neither amount nor total is given, nor quantity and unit price": "imp.why_no_amount",
};

// Those with values in them: what stands in the parentheses, by its name in the sentence.
const PATTERNS: [RegExp, Key, string[]][] = [
  [/^this is no date of the form (.+)$/, "imp.why_date", ["form"]],
  [/^an invoice's amount is positive/, "imp.why_positive", []],
  [/^a payment is positive/, "imp.why_pay_positive", []],
  [/^it is due before it is issued/, "imp.why_due", []],
  [/ is not an amount\. Write it like (\S+)/, "imp.why_amount", ["like"]],
  [/ has more decimals than (.+) allows \((\d+)\)/, "imp.why_decimals", ["currency", "count"]],
  [/larger than any amount Puntual keeps/, "imp.why_large", []],
  [/^a percentage from 0 to 100 is expected/, "imp.why_percent", []],
  [/^a whole number from (-?\d+) to (\d+) is expected$/, "imp.why_whole", ["from", "to"]],
  [/^numbers from 1 to (\d+) are expected$/, "imp.why_numbers", ["to"]],
  [/^it has (\d+) bytes; at most (\d+) are kept$/, "imp.why_long", ["has", "most"]],
  [/^an attribute has at most/, "imp.why_attribute", []],
  [/^an invoice has at most (\d+) lines$/, "imp.why_lines", ["most"]],
  [/^there is no such invoice/, "imp.why_no_invoice", []],
  [/^this line of invoice (.+) stands twice/, "imp.why_line_twice", ["invoice"]],
  [/^quantity × unit price less discount is (\S+), but the amount says (\S+)$/, "imp.why_product", ["is", "says"]],
  [/^its lines come to (\S+) .* the invoice to (\S+ [A-Z]{3});/, "imp.why_sum", ["lines", "invoice"]],
  [/^the check digit of this (.+) does not agree$/, "imp.why_tax_sum", ["name"]],
  [/^this is not written like an? (.+): (.+)$/, "imp.why_tax_form", ["name", "like"]],
  [/^this (.+) is nobody's own/, "imp.why_tax_anybody", ["name"]],
  [/^There are \d+ creditors\./, "imp.why_which_creditor", []],
];

export function reasonOf(t: Translate, reason: string): { text: string; lang?: string } {
  const key = REASONS[reason];
  if (key) return { text: t(key) };
  for (const [pattern, name, values] of PATTERNS) {
    const found = pattern.exec(reason);
    if (!found) continue;
    const said = values.map((value, i) => [value, value === "form" ? exampleOf(found[i + 1]!) : found[i + 1]!]);
    return { text: t(name, Object.fromEntries(said)) };
  }
  return { text: reason, lang: "en" };
}

export function Figures({ report }: { report: Imported }) {
  const { t } = useWords();
  // with bad rows nothing was compared with what is there, unless they were skipped
  const compared = report.committed || report.skipped === 0;
  const figures: [Key, number][] = [["imp.rows", report.rows],
    ...(compared ? [["imp.created", report.created], ["imp.changed", report.changed],
      ["imp.same", report.same]] as [Key, number][] : []),
    ["imp.skipped", report.skipped]];
  return (
    <div className="figures">
      {figures.map(([key, value]) => (
        <div className="figure" key={key}><span>{t(key)}</span><b>{count(value)}</b></div>
      ))}
      {report.totals.map((total) => (
        <div className="figure" key={total.amount.currency}>
          <span>{t("imp.total")}</span><b>{money(total.amount)}</b>
          {total.open.minor !== 0 && total.open.minor !== total.amount.minor && (
            <p className="muted small">{t("imp.total_open", { open: money(total.open) })}</p>
          )}
        </div>
      ))}
    </div>
  );
}

type Problem = Imported["problems"][number];

function ProblemRow(props: {
  problem: Problem; fixed: string | undefined; fix: (value: string) => void;
}) {
  const { t } = useWords();
  const { problem } = props;
  const why = reasonOf(t, problem.reason);
  const what = problem.column ?? (problem.field ? wordOf(t, FIELDS, "imf", problem.field) : "–");
  return (
    <tr>
      <td className="number">{count(problem.line)}</td>
      <td>{what}</td>
      <td className="wrap" lang={why.lang}>{why.text}</td>
      <td>
        {problem.field ? (
          <input aria-label={t("imp.fix_of", { column: what, line: problem.line })}
            value={props.fixed ?? problem.value ?? ""} onChange={(event) => props.fix(event.target.value)} />
        ) : <span className="muted">{problem.value ?? "–"}</span>}
      </td>
    </tr>
  );
}

interface Fixes {
  fixes: Record<string, string>;
  fix: (line: number, field: string, value: string) => void;
}

function Rows(props: Fixes & { problems: Problem[]; name: string; title: string; children?: ReactNode }) {
  const { t } = useWords();
  const [all, showAll] = useState(false);
  const rows = all ? props.problems : props.problems.slice(0, SHOWN);
  return (
    <section className="panel flush">
      <div className="panel-head">
        <h2>{props.title}</h2>
        {props.children}
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-label={props.name}>
        <table aria-label={props.name}>
          <thead>
            <tr>
              <th scope="col" className="number">{t("imp.line")}</th>
              <th scope="col">{t("imp.column")}</th>
              <th scope="col">{t("imp.problem")}</th>
              <th scope="col">{t("imp.value")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((problem, i) => (
              <ProblemRow key={i} problem={problem}
                fixed={props.fixes[fixKey(problem.line, problem.field ?? "")]}
                fix={(value) => props.fix(problem.line, problem.field!, value)} />
            ))}
          </tbody>
        </table>
      </div>
      {props.problems.length > rows.length && (
        <div className="more">
          <button className="button quiet" onClick={() => showAll(true)}>{t("state.more")}</button>
        </div>
      )}
    </section>
  );
}

export function Problems({ report, job, ...fixes }: Fixes & { report: Imported; job: Job }) {
  const { t } = useWords();
  return (
    <Rows {...fixes} problems={report.problems} name={t("imp.problems_list")}
      title={t("imp.problems", { count: report.problems.length + report.problems_more })}>
      {job.has_refused && (
        <a className="button" href={`/v1/jobs/${job.id as Id<"job">}/refused`} download>{t("imp.download")}</a>
      )}
    </Rows>
  );
}

/** What is taken all the same, and may be put right first. */
export function Warnings({ report, ...fixes }: Fixes & { report: Imported }) {
  const { t } = useWords();
  return (
    <Rows {...fixes} problems={report.warnings} name={t("imp.warnings_list")}
      title={t("imp.warnings", { count: report.warnings.length + report.warnings_more })} />
  );
}
