// What the reports share: figures that say how they are made, charts of our own, tables that can be
// saved for a spreadsheet.
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Amount } from "../api/types";
import { count, digitsOf, money, percent, usesComma } from "../format";
import { useWords } from "../i18n";
import { sentenceOf } from "../parts/state";
import { saveFile } from "../save";

export type Money = { amount: Amount; count: number };

export function monies(list: Money[]): string {
  return list.length === 0 ? "–" : list.map((one) => money(one.amount)).join(" · ");
}

export function moneyOf(list: Money[], currency: string): number {
  return list.find((one) => one.amount.currency === currency)?.amount.minor ?? 0;
}

/** By how much it grew; nothing where there was nothing before. */
function change(now: number, before: number | null | undefined): string | null {
  if (before === null || before === undefined || before === 0) return null;
  const share = (now - before) / Math.abs(before);
  return `${share > 0 ? "+" : share < 0 ? "−" : "±"}${percent(Math.abs(share))}`;
}

export function Figure(props: {
  label: string;
  value: string;
  how: string;
  now?: number | null;
  before?: number | null;
  beforeText?: string;
  children?: ReactNode;
}) {
  const { t } = useWords();
  const grown = props.now === null || props.now === undefined ? null : change(props.now, props.before);
  return (
    <div className="figure">
      <span>{props.label}</span>
      <b>{props.value}</b>
      {props.beforeText !== undefined && (
        <span className="small">{t("results.before", { value: props.beforeText })}{grown && ` (${grown})`}</span>
      )}
      {props.children}
      <details className="how">
        <summary>{t("results.how")}</summary>
        <p>{props.how}</p>
      </details>
    </div>
  );
}

type Cell = string | number | Amount | null;

function plain(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "object") return String(cell);
  const digits = digitsOf(cell.currency);
  const sign = cell.minor < 0 ? "-" : "";
  const text = String(Math.abs(cell.minor)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  return sign + (digits === 0 ? whole : `${whole}${usesComma() ? "," : "."}${text.slice(-digits)}`);
}

/** Nothing that a spreadsheet would take for a formula. */
function quoted(text: string, between: string): string {
  const safe = /^[=+@\t\r]/.test(text) || /^-[^\d]/.test(text) ? `'${text}` : text;
  return safe.includes(between) || /["\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export type Sheet = { head: string[]; rows: Cell[][] };

export function saveSheet(name: string, { head, rows }: Sheet) {
  const between = usesComma() ? ";" : ",";
  const lines = [head, ...rows].map((row) => row.map((cell) => quoted(plain(cell), between)).join(between));
  saveFile(new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
}

export function SaveButton(props: { name: string } & Sheet) {
  const { t } = useWords();
  return (
    <button type="button" className="button" onClick={() => saveSheet(props.name, props)}>{t("action.export")}</button>
  );
}

/** Of a list that comes in pages: all of them are read first. */
export function SaveAllButton(props: { name: string; head: string[]; read: () => Promise<Cell[][]> }) {
  const { t } = useWords();
  const saved = useMutation({ mutationFn: async () => saveFile(sheetOf(props.head, await props.read()), `${props.name}.csv`) });
  return (
    <>
      {saved.isError && <span className="bad" role="alert">{sentenceOf(t, saved.error)}</span>}
      <button type="button" className="button" disabled={saved.isPending} onClick={() => saved.mutate()}>{t("action.export")}</button>
    </>
  );
}

function sheetOf(head: string[], rows: Cell[][]): Blob {
  const between = usesComma() ? ";" : ",";
  const lines = [head, ...rows].map((row) => row.map((cell) => quoted(plain(cell), between)).join(between));
  return new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" });
}

export interface Head { name: string; number?: boolean }

export function Grid(props: { label: string; head: Head[]; rows: { key: string; cells: ReactNode[] }[] }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={props.label}>
      <table>
        <thead><tr>
          {props.head.map((one, at) => (
            <th key={at} scope="col" className={one.number ? "number" : undefined}>{one.name}</th>
          ))}
        </tr></thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={row.key}>
              {row.cells.map((cell, at) => (
                <td key={at} className={props.head[at]?.number ? "number" : undefined}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Section(props: { title: string; how: string; actions?: ReactNode; children: ReactNode }) {
  const { t } = useWords();
  return (
    <section className="panel flush report">
      <div className="report-head">
        <h2>{props.title}</h2>
        <div className="actions">{props.actions}</div>
      </div>
      <details className="how">
        <summary>{t("results.how")}</summary>
        <p>{props.how}</p>
      </details>
      {props.children}
    </section>
  );
}

/** Shares of a whole, side by side; the older the darker, also on paper. The table beside it says the
    same in words. */
export function Stack({ label, parts }: { label: string; parts: { name: string; value: number }[] }) {
  const positive = parts.map((part) => ({ ...part, value: Math.max(0, part.value) }));
  const whole = positive.reduce((sum, part) => sum + part.value, 0);
  if (whole === 0) return null;
  let at = 0;
  return (
    <svg className="chart stack-chart" viewBox="0 0 600 34" preserveAspectRatio="none" role="img" aria-label={label}>
      {positive.map((part, index) => {
        const width = (part.value / whole) * 600;
        const x = at;
        at += width;
        return width > 0 && (
          <rect key={part.name} className={`age-${index}`} x={x} y={1} width={Math.max(width - 1, 0.5)} height={32}>
            <title>{`${part.name}: ${percent(part.value / whole)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}

/** Two bars a month: an outline and what fills it. */
export function Months(props: {
  label: string;
  names: [string, string];
  months: { name: string; outline: number; fill: number; says: string }[];
}) {
  const most = Math.max(1, ...props.months.flatMap((one) => [one.outline, one.fill]));
  const step = 600 / Math.max(1, props.months.length);
  const width = Math.min(28, step * 0.36);
  return (
    <figure className="report-figure">
      <svg className="chart" viewBox="0 0 600 170" role="img" aria-label={props.label}>
        <line x1={0} x2={600} y1={140} y2={140} className="axis" />
        {props.months.map((month, at) => {
          const middle = step * (at + 0.5);
          const high = (value: number) => Math.max(0, value) / most * 130;
          return (
            <g key={month.name}>
              <title>{month.says}</title>
              <rect className="bar-outline" x={middle - width - 1} width={width}
                y={140 - high(month.outline)} height={high(month.outline)} />
              <rect className="bar-fill" x={middle + 1} width={width}
                y={140 - high(month.fill)} height={high(month.fill)} />
              <text x={middle} y={158} textAnchor="middle">{month.name}</text>
            </g>
          );
        })}
      </svg>
      <figcaption className="legend">
        <span><i className="mark-outline" />{props.names[0]}</span>
        <span><i className="mark-fill" />{props.names[1]}</span>
      </figcaption>
    </figure>
  );
}

const DASHES = ["", "6 3", "2 3", "10 3 2 3", "1 4", "8 4"];

/** Shares over days, one line a month; dashes tell them apart where colours do not. */
export function Lines(props: {
  label: string;
  lines: { name: string; points: { days: number; share: number | null }[] }[];
}) {
  const x = (days: number) => 40 + (days / 180) * 480;
  const y = (share: number) => 160 - Math.min(1, share) * 140;
  return (
    <svg className="chart" viewBox="0 0 600 190" role="img" aria-label={props.label}>
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <g key={share}>
          <line x1={40} x2={520} y1={y(share)} y2={y(share)} className="axis" />
          <text x={34} y={y(share) + 4} textAnchor="end">{percent(share)}</text>
        </g>
      ))}
      {[0, 30, 60, 90, 120, 150, 180].map((days) => (
        <text key={days} x={x(days)} y={178} textAnchor="middle">{days}</text>
      ))}
      {props.lines.map((line, at) => {
        const known = line.points.filter((point) => point.share !== null);
        const last = known[known.length - 1];
        return last && (
          <g key={line.name} className={`line-${at % 3}`}>
            <title>{line.name}</title>
            <polyline points={known.map((one) => `${x(one.days)},${y(one.share!)}`).join(" ")}
              strokeDasharray={DASHES[at % DASHES.length]} />
            <circle cx={x(last.days)} cy={y(last.share!)} r={2.5} />
            <text x={x(last.days) + 6} y={y(last.share!) + 4}>{line.name}</text>
          </g>
        );
      })}
    </svg>
  );
}

export function Funnel(props: { label: string; steps: { name: string; value: number; open?: (() => void) | undefined }[] }) {
  const { t } = useWords();
  const first = props.steps[0]?.value ?? 0;
  return (
    <ol className="funnel" aria-label={props.label}>
      {props.steps.map((step) => (
        <li key={step.name}>
          <span>{step.name}</span>
          <svg viewBox="0 0 300 16" preserveAspectRatio="none" aria-hidden="true">
            <rect className="bar-fill" x={0} y={0} height={16}
              width={first > 0 ? Math.min(300, (step.value / first) * 300) : 0} />
          </svg>
          {step.open && step.value > 0 ? (
            <button type="button" className="link" onClick={step.open}
              aria-label={`${count(step.value)} · ${t("results.see_detail", { of: step.name })}`}>{count(step.value)}</button>
          ) : <b>{count(step.value)}</b>}
          <span className="muted">{first > 0 ? percent(step.value / first) : "–"}</span>
        </li>
      ))}
    </ol>
  );
}
