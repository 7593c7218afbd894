// The rows that a figure is the sum of: payments, bookings, messages, invoices, promises, complaints,
// tasks, cases at a step. They are read as far as one scrolls, and saved whole.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { get, type GetPath, type GetQuery } from "../api/client";
import { useList } from "../api/queries";
import type { AgeingInvoice, CohortInvoice, Page, ReportRow, SplitDebtor } from "../api/types";
import { addDays, day, money } from "../format";
import { useWords, wordOf, type Key } from "../i18n";
import { Empty, sentenceOf } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { LEDGER, LedgerNote } from "./invoice";
import { asked, type Span } from "./results_money";
import { monies, saveSheet, type Sheet } from "./results_parts";

const ROWS = ["collected", "hands_free", "after_message", "lowered", "billed", "sent", "delivered", "bounced", "read",
  "clicked", "visited", "promises_kept", "promises_broken", "complaints", "tasks", "standing"] as const;
type Counted = typeof ROWS[number];
export type What = Counted | "open" | "overdue";
export type By = "phase" | "channel" | "template" | "strategy" | "segment";

export interface Drill {
  what: What;
  currency?: string;
  /** What it is put down to; without a name: to nothing. A strategy's version may have a step. */
  cause?: { by: By; name: string | null; version?: number | null; node?: string; says: string };
  /** Of these days of the span alone. */
  days?: { from: string; to: string; says: string };
}

const SAVED_MAX = 20_000;

/** All rows, page after page. */
async function everything<P extends GetPath, Row>(path: P, query: GetQuery<P>, args = {} as never): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const page = await get(path, args, { ...query, limit: 500, cursor } as GetQuery<P>) as unknown as Page<Row>;
    rows.push(...page.items);
    cursor = page.next;
  } while (cursor && rows.length < SAVED_MAX);
  return rows;
}

function Frame(props: { title: string; name: string; close: () => void; children: React.ReactNode;
  sheet: () => Promise<Sheet> }) {
  const { t } = useWords();
  const head = useRef<HTMLHeadingElement>(null);
  // what was pressed is far above: one is led here
  useEffect(() => { head.current?.focus(); head.current?.scrollIntoView({ block: "nearest" }); }, [props.title]);
  const saved = useMutation({ mutationFn: async () => saveSheet(props.name, await props.sheet()) });
  return (
    <section className="panel flush">
      <div className="report-head">
        <h2 tabIndex={-1} ref={head}>{props.title}</h2>
        <div className="actions">
          {saved.isError && <span className="bad" role="alert">{sentenceOf(t, saved.error)}</span>}
          <button type="button" className="button" disabled={saved.isPending} onClick={() => saved.mutate()}>
            {t("results.export_rows")}</button>
          <button type="button" className="button quiet" onClick={props.close}>{t("action.close")}</button>
        </div>
      </div>
      {props.children}
    </section>
  );
}

function Invoices({ span, drill, title, close }: { span: Span; drill: Drill; title: string; close: () => void }) {
  const { t } = useWords();
  const query = { as_of: addDays(span.to, -1), currency: drill.currency!, from_days: drill.what === "overdue" ? 1 : 0,
    older: true, ...asked(span) };
  const list = useList("/v1/reports/ageing/invoices", {}, query);
  const columns: Column<AgeingInvoice>[] = [
    { name: t("field.number"), cell: (row) => <Link href={`/invoices/${row.invoice}`}>{row.number}</Link> },
    { name: t("field.debtor"), clip: true, cell: (row) => <Link href={`/debtors/${row.debtor}`}>{row.debtor_name}</Link> },
    { name: t("field.due"), cell: (row) => day(row.due) },
    { name: t("field.open"), number: true, cell: (row) => money(row.open) },
  ];
  return (
    <Frame title={title} name={`${drill.what}-${span.from}-${addDays(span.to, -1)}`} close={close} sheet={async () => ({
      head: [t("field.number"), t("field.debtor"), t("field.due"), t("field.open"), t("field.currency")],
      rows: (await everything<"/v1/reports/ageing/invoices", AgeingInvoice>("/v1/reports/ageing/invoices", query))
        .map((row) => [row.number, row.debtor_name, row.due, row.open, row.open.currency]) })}>
      <Table label={title} list={list} columns={columns} keyOf={(row: AgeingInvoice) => row.invoice}
        empty={<Empty title={t("results.nothing")} />} />
    </Frame>
  );
}

/** A month's invoices, and what was paid of them so many days after they were due. */
export interface OfCohort { month: string; days: number; currency: string }

export function CohortRows({ span, of, close }: { span: Span; of: OfCohort; close: () => void }) {
  const { t } = useWords();
  const title = t("results.rows_cohort", { month: of.month.slice(0, 7), days: of.days, currency: of.currency });
  const query = { from: span.from, to: span.to, month: of.month, days: of.days, currency: of.currency, ...asked(span) };
  const list = useList("/v1/reports/cohorts/invoices", {}, query);
  const paid = t("results.at_day", { day: of.days });
  const columns: Column<CohortInvoice>[] = [
    { name: t("field.number"), cell: (row) => <Link href={`/invoices/${row.invoice}`}>{row.number}</Link> },
    { name: t("field.debtor"), clip: true, cell: (row) => <Link href={`/debtors/${row.debtor}`}>{row.debtor_name}</Link> },
    { name: t("field.due"), cell: (row) => day(row.effective_due) },
    { name: t("results.due_name"), number: true, cell: (row) => money(row.due) },
    { name: paid, number: true, cell: (row) => money(row.paid) },
  ];
  return (
    <Frame title={title} name={`cohort-${of.month.slice(0, 7)}-${of.days}`} close={close} sheet={async () => ({
      head: [t("field.number"), t("field.debtor"), t("field.due"), t("results.due_name"), paid, t("field.currency")],
      rows: (await everything<"/v1/reports/cohorts/invoices", CohortInvoice>("/v1/reports/cohorts/invoices", query))
        .map((row) => [row.number, row.debtor_name, row.effective_due, row.due, row.paid, row.due.currency]) })}>
      <Table key={title} label={title} list={list} columns={columns} keyOf={(row: CohortInvoice) => row.invoice}
        empty={<Empty title={t("results.nothing")} />} />
    </Frame>
  );
}

/** The debtors of an arm of a split test. */
export interface OfArm { strategy: string; key: string; arm: string; days: number; says: string }

export function ArmRows({ span, of, close }: { span: Span; of: OfArm; close: () => void }) {
  const { t } = useWords();
  const title = t("results.rows_arm", { key: of.key, arm: of.says });
  const args = { strategy: of.strategy } as never;
  const query = { from: span.from, to: span.to, days: of.days, key: of.key, arm: of.arm, ...asked(span) };
  const list = useList("/v1/strategies/{strategy}/splits/debtors", args, query);
  const over = (row: SplitDebtor) => t(row.ripe ? "results.arm_over" : "results.arm_not_over");
  const columns: Column<SplitDebtor>[] = [
    { name: t("results.arm_came"), cell: (row) => day(row.came) },
    { name: t("field.debtor"), clip: true, cell: (row) => <Link href={`/debtors/${row.debtor}`}>{row.debtor_name}</Link> },
    { name: t("results.ripe"), cell: over },
    { name: t("results.paid_in", { days: of.days }), number: true, cell: (row) => monies(row.money) },
  ];
  return (
    <Frame title={title} name={`arm-${of.key}-${of.arm}`} close={close} sheet={async () => ({
      head: [t("results.arm_came"), t("field.debtor"), t("results.ripe"), t("results.paid_in", { days: of.days })],
      rows: (await everything<"/v1/strategies/{strategy}/splits/debtors", SplitDebtor>(
        "/v1/strategies/{strategy}/splits/debtors", query, args))
        .map((row) => [row.came, row.debtor_name, over(row), monies(row.money)]) })}>
      <Table key={title} label={title} list={list} columns={columns} keyOf={(row: SplitDebtor) => row.debtor}
        empty={<Empty title={t("results.nothing")} />} />
    </Frame>
  );
}

const INVOICED: What[] = ["collected", "hands_free", "after_message", "lowered", "billed", "standing"];
const WORDY: What[] = ["sent", "delivered", "bounced", "read", "clicked", "visited", "complaints", "tasks"];

function Counted({ span, drill, title, close }: { span: Span; drill: Drill; title: string; close: () => void }) {
  const { t } = useWords();
  const { cause } = drill;
  const days = drill.days ?? span;
  const query = { what: drill.what as Counted, from: days.from, to: days.to,
    ...asked(span),
    ...(drill.currency ? { currency: drill.currency } : {}),
    ...(cause ? { by: cause.by, ...(cause.name ? { name: cause.name } : {}), ...(cause.node ? { node: cause.node } : {}),
      ...(cause.version ? { version: cause.version } : {}) } : {}) };
  const list = useList("/v1/reports/rows", {}, query);
  const dated = t(drill.what === "standing" ? "field.due" : "field.day");
  const kind = (row: ReportRow) => row.kind ? wordOf(t, LEDGER, "ledger", row.kind) : "";
  const columns: Column<ReportRow>[] = [
    { name: dated, cell: (row) => row.day ? day(row.day) : "–" },
    { name: t("field.debtor"), clip: true, cell: (row) => <Link href={`/debtors/${row.debtor}`}>{row.debtor_name}</Link> },
    ...(INVOICED.includes(drill.what) ? [{ name: t("field.invoice"),
      cell: (row: ReportRow) => row.invoice ? <Link href={`/invoices/${row.invoice}`}>{row.number}</Link> : "–" }] : []),
    ...(drill.what === "lowered" ? [{ name: t("field.kind"), clip: true,
      cell: (row: ReportRow) => <>{kind(row)}<LedgerNote note={row.text} /></> }] : []),
    ...(WORDY.includes(drill.what) ? [{ name: t("field.what"), clip: true, cell: (row: ReportRow) => row.text ?? "–" }]
      : [{ name: t(drill.what === "standing" ? "field.open" : "field.amount"), number: true,
        cell: (row: ReportRow) => row.amount ? money(row.amount) : "–" }]),
  ];
  return (
    <Frame title={title} name={`${drill.what}-${days.from}-${addDays(days.to, -1)}`} close={close} sheet={async () => ({
      head: [dated, t("field.debtor"), t("field.invoice"), t("field.amount"), t("field.currency"), t("field.kind"),
        t("field.what")],
      rows: (await everything<"/v1/reports/rows", ReportRow>("/v1/reports/rows", query)).map((row) => [row.day ?? "",
        row.debtor_name, row.number ?? "", row.amount ?? null, row.amount?.currency ?? "", kind(row), row.text ?? ""]) })}>
      <Table label={title} list={list} columns={columns} keyOf={(row: ReportRow) => `${row.debtor} ${row.id}`}
        empty={<Empty title={t("results.nothing")} />} />
    </Frame>
  );
}

export function Rows({ span, drill, close }: { span: Span; drill: Drill; close: () => void }) {
  const { t } = useWords();
  const title = [t(`results.rows_${drill.what}` as Key), drill.cause?.says, drill.days?.says, drill.currency].filter(Boolean).join(" · ");
  const key = `${span.from} ${span.to} ${span.creditor} ${span.segment} ${title}`;
  return drill.what === "open" || drill.what === "overdue"
    ? <Invoices key={key} span={span} drill={drill} title={title} close={close} />
    : <Counted key={key} span={span} drill={drill} title={title} close={close} />;
}

/** Leads to rows from beside a figure. */
export function Lead(props: { what: What; open: () => void; children?: React.ReactNode }) {
  const { t } = useWords();
  return (
    <button type="button" className="link small" onClick={props.open}>
      {props.children ?? t(`results.rows_${props.what}` as Key)}
    </button>
  );
}
