// Invoices, the oldest due date first, narrowed by rules; or one by its exact number.
import { useState, type FormEvent } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { get } from "../api/client";
import { useList } from "../api/queries";
import type { Case, Rule } from "../api/types";
import { shortTime } from "../format";
import { useWords, wordOf, type Key, type Translate } from "../i18n";
import { ExportButton } from "../parts/export";
import { ruleOfAll, SegmentChoice, useSegment } from "../parts/segment";
import { Empty, sentenceOf, Waiting } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { SavedViews } from "../parts/views";
import { useSession } from "../session";
import "../style/setup.css";
import { WAITS } from "../words";
import { Lateness, Owed, Within } from "./debtors";

// Each is a rule of the language that strategies use.
const FILTERS: { key: Key; rule: Rule }[] = [
  { key: "inv.overdue", rule: ["invoice.days_overdue", ">=", 1] },
  { key: "inv.overdue_30", rule: ["invoice.days_overdue", ">=", 30] },
  { key: "inv.overdue_90", rule: ["invoice.days_overdue", ">=", 90] },
  { key: "inv.soon", rule: ["invoice.days_until_due", "between", [0, 7]] },
  { key: "inv.large", rule: ["invoice.open", ">=", 3000] },
  { key: "inv.disputed", rule: ["invoice.disputed", ">", 0] },
  { key: "inv.promised", rule: ["invoice.promised", ">", 0] },
];

function columnsOf(t: Translate, today: string): Column<Case>[] {
  return [
    { name: t("field.number"), cell: (row) => <Link href={`/invoices/${row.invoice}`}>{row.number}</Link> },
    { name: t("field.debtor"), clip: true, cell: (row) => (
      <><Link href={`/debtors/${row.debtor}`}>{row.debtor_name}</Link>
        <span className="under">{row.creditor}</span></>) },
    { name: t("field.open"), number: true, cell: (row) => <Owed row={row} /> },
    { name: t("field.due"), cell: (row) => row.open.minor === 0
      ? <span className="badge ok">{t("inv.closed")}</span> : <Lateness due={row.due} today={today} /> },
    { name: t("field.strategy"), lines: true, cell: (row) => <Within row={row} /> },
    { name: t("field.next"), lines: true, cell: (row) => row.wake_at ? shortTime(row.wake_at, today)
      : row.waits_for ? wordOf(t, WAITS, "waits", row.waits_for) : "–" },
  ];
}

function ByNumber() {
  const { t } = useWords();
  const [, go] = useLocation();
  const [wrong, setWrong] = useState<string | null>(null);
  async function find(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const number = String(new FormData(event.currentTarget).get("number")).trim();
    if (!number) return;
    setWrong(null);
    try {
      go(`/invoices/${(await get("/v1/invoices/find", {}, { number })).id}`);
    } catch (error) {
      setWrong(sentenceOf(t, error));
    }
  }
  return (
    <form className="actions" style={{ flexWrap: "nowrap" }} onSubmit={(event) => void find(event)}>
      {wrong && <span className="bad" role="alert">{t("inv.not_found")}</span>}
      <input type="search" name="number" className="search" aria-label={t("inv.find")} placeholder={t("inv.find")} />
      <button className="button">{t("inv.open_it")}</button>
    </form>
  );
}

export default function Invoices() {
  const { t } = useWords();
  const [, go] = useLocation();
  const { organization } = useSession();
  // what is chosen stands in the address: it can be kept, sent, and gone back to
  const query = new URLSearchParams(useSearch());
  const shown = query.get("show")?.split(" ") ?? [];
  const chosen = FILTERS.map(({ key }) => key).filter((key) => shown.includes(key.slice(4)));
  const closed = query.get("closed") === "yes";
  const named = query.get("segment");
  const see = (keys: Key[], withClosed: boolean, segment = named) => {
    const next = new URLSearchParams({ ...(keys.length > 0 ? { show: keys.map((key) => key.slice(4)).join(" ") } : {}),
      ...(withClosed ? { closed: "yes" } : {}), ...(segment ? { segment } : {}) });
    go(next.size > 0 ? `/invoices?${next}` : "/invoices", { replace: true });
  };
  const choose = (keys: Key[]) => see(keys, closed);
  const rules = FILTERS.filter(({ key }) => chosen.includes(key)).map(({ rule }) => rule);
  const { segments, found, waiting } = useSegment("invoice", named);
  const rule = ruleOfAll(rules, found);
  const narrowed = { ...(rule ? { filter: rule } : {}), ...(closed ? { closed } : {}) };
  const list = useList("/v1/cases/invoices", {}, narrowed, !waiting && found !== null);
  return (
    <>
      <div className="page-head">
        <h1>{t("nav.invoices")}</h1>
        <ByNumber />
        <ExportButton path="/v1/exports/invoices" query={narrowed} label={t("action.export")} />
      </div>
      <SavedViews list="invoices" query={Object.fromEntries(query)} apply={(wanted: Record<string, string>) => {
        const next = new URLSearchParams(wanted);
        go(next.size > 0 ? `/invoices?${next}` : "/invoices", { replace: true });
      }} />
      <SegmentChoice segments={segments} name={named} choose={(name) => see(chosen, closed, name)} />
      <div className="chips" role="group" aria-label={t("debtors.filters")} style={{ marginBottom: 12 }}>
        {FILTERS.map(({ key }) => (
          <button key={key} className="chip" aria-pressed={chosen.includes(key)}
            onClick={() => choose(chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key])}>
            {t(key)}
          </button>
        ))}
        <button className="chip" aria-pressed={closed} onClick={() => see(chosen, !closed)}>{t("debtor.closed_too")}</button>
        {chosen.length > 0 && (
          <button className="button quiet" onClick={() => choose([])}>{t("action.clear")}</button>
        )}
      </div>
      {waiting ? <Waiting /> : found === null ? <Empty title={t("seg.missing", { name: named! })} /> : <div className="panel flush">
        <Table label={t("nav.invoices")} list={list} columns={columnsOf(t, organization!.today)}
          keyOf={(row: Case) => row.invoice!} open={(row) => go(`/invoices/${row.invoice}`)}
          empty={<Empty title={rule ? t("inv.none_fit") : t("inv.none")}>
            {!rule && <Link className="button primary" href="/imports">{t("nav.imports")}</Link>}
          </Empty>} />
      </div>}
    </>
  );
}
