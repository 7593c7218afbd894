// Accounts that owe, the oldest debt first; or debtors found by name, key or tax id.
import { useDeferredValue, useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { useList } from "../api/queries";
import type { Case, Debtor, Rule } from "../api/types";
import { day, daysBetween, money, shortTime } from "../format";
import { useWords, wordOf, type Key, type Translate } from "../i18n";
import { ExportButton } from "../parts/export";
import { ruleOfAll, SegmentChoice, useSegment } from "../parts/segment";
import { Empty, Waiting } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { SavedViews } from "../parts/views";
import { useSession } from "../session";
import "../style/today.css";
import { WAITS } from "../words";
import { READY, spoken } from "./template_names";

// What a collector filters by all day. Each is a rule of the language that strategies use.
const FILTERS: { key: Key; rule: Rule }[] = [
  { key: "debtors.overdue", rule: ["account.days_overdue", ">=", 1] },
  { key: "debtors.overdue_30", rule: ["account.days_overdue", ">=", 30] },
  { key: "debtors.overdue_90", rule: ["account.days_overdue", ">=", 90] },
  { key: "debtors.large", rule: ["account.claimable", ">=", 3000] },
  { key: "debtors.broken", rule: ["debtor.promises_broken", ">=", 1] },
  { key: "debtors.unreachable", rule: ["debtor.has_email", "=", false] },
];

/** Signed days and words, never colour alone. */
export function Lateness({ due, today }: { due: string | null | undefined; today: string }) {
  const { t } = useWords();
  if (!due) return <span className="muted">–</span>;
  const late = daysBetween(due, today);
  return (
    <span className={late > 0 ? "bad" : undefined} title={day(due)}>
      {late > 0 ? t("due.late", { days: late }) : late === 0 ? t("due.today") : t("due.in", { days: -late })}
    </span>
  );
}

/** What is open; and beneath it what may be claimed, where that is not all of it. */
export function Owed({ row }: { row: Case }) {
  const { t } = useWords();
  const part = row.claimable.minor !== row.open.minor;
  return <>{money(row.open)}{part && <span className="under">{t("debtors.claimable", { amount: money(row.claimable) })}</span>}</>;
}

/** The strategy that the case is in, and where. */
export function Within({ row }: { row: Case }) {
  const { t } = useWords();
  return row.strategy
    ? <>{wordOf(t, READY, "rsn", row.strategy)}{row.node && <span className="under" title={row.node}>{spoken(row.node)}</span>}</>
    : <span className="muted">{t("debtors.no_run")}</span>;
}

function caseColumns(t: Translate, today: string): Column<Case>[] {
  return [
    { name: t("field.debtor"), clip: true, cell: (row) => (
      <><Link href={`/debtors/${row.debtor}`}>{row.debtor_name}</Link>
        <span className="under">{row.creditor}</span></>) },
    { name: t("field.invoices"), number: true, cell: (row) => row.invoices },
    { name: t("field.open"), number: true, cell: (row) => <Owed row={row} /> },
    { name: t("field.oldest"), cell: (row) => <Lateness due={row.due} today={today} /> },
    { name: t("field.strategy"), lines: true, cell: (row) => <Within row={row} /> },
    { name: t("field.next"), lines: true, cell: (row) => (
      <>{row.wake_at ? shortTime(row.wake_at, today)
        : row.waits_for ? wordOf(t, WAITS, "waits", row.waits_for) : "–"}
        {row.owner && <span className="under">{row.owner}</span>}</>) },
  ];
}

function Accounts({ rule }: { rule: Rule | undefined }) {
  const { t } = useWords();
  const { organization } = useSession();
  const [, go] = useLocation();
  const list = useList("/v1/cases", {}, rule ? { filter: rule } : {});
  return (
    <div className="panel flush">
      <Table label={t("debtors.accounts")} list={list} columns={caseColumns(t, organization!.today)}
        keyOf={(row: Case) => `${row.debtor} ${row.creditor} ${row.open.currency}`}
        open={(row) => go(`/debtors/${row.debtor}`)}
        empty={<Empty title={rule ? t("debtors.none_fit") : t("debtors.none")} />} />
    </div>
  );
}

function Found({ text }: { text: string }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const list = useList("/v1/debtors", {}, { search: text });
  const columns: Column<Debtor>[] = [
    { name: t("field.debtor"), clip: true,
      cell: (row) => <Link href={`/debtors/${row.id}`}>{row.name}</Link> },
    { name: t("field.key"), cell: (row) => row.key },
    { name: t("field.tax_id"), cell: (row) => row.tax_id ?? "–" },
    { name: t("field.country"), cell: (row) => row.country ?? "–" },
    { name: t("field.owner"), cell: (row) => row.owner ?? "–" },
  ];
  return (
    <div className="panel flush">
      <Table label={t("debtors.found")} list={list} columns={columns} keyOf={(row: Debtor) => row.id}
        open={(row) => go(`/debtors/${row.id}`)} empty={<Empty title={t("debtors.nobody", { text })} />} />
    </div>
  );
}

export default function Debtors() {
  const { t } = useWords();
  const [text, setText] = useState("");
  const [chosen, choose] = useState<Key[]>([]);
  const wanted = useDeferredValue(text.trim());
  const rules = FILTERS.filter(({ key }) => chosen.includes(key)).map(({ rule }) => rule);
  // the segment stands in the address, as it does in Results
  const [search, setSearch] = useSearchParams();
  const named = search.get("segment");
  const { segments, found, waiting } = useSegment("account", named);
  const see = (segment: string | null) => setSearch(segment ? { segment } : {}, { replace: true });
  const rule = ruleOfAll(rules, found);
  return (
    <>
      <div className="page-head">
        <h1>{t("nav.debtors")}</h1>
        <input type="search" className="search" aria-label={t("debtors.search")}
          placeholder={t("debtors.search")} value={text} onChange={(event) => setText(event.target.value)} />
        <div className="actions">
          {wanted.length < 2 && (
            <ExportButton path="/v1/exports/accounts" query={rule ? { filter: rule } : {}}
              label={t("debtors.export_accounts")} />
          )}
          <ExportButton path="/v1/exports/debtors" label={t("debtors.export_all")} />
        </div>
      </div>
      {wanted.length < 2 && (
        <SavedViews list="debtors" query={{ filters: chosen, ...(named ? { segment: named } : {}) }}
          apply={(query: { filters?: Key[]; segment?: string }) => {
            choose((query.filters ?? []).filter((one) => FILTERS.some(({ key }) => key === one)));
            see(query.segment ?? null);
          }} />
      )}
      {wanted.length < 2 && <SegmentChoice segments={segments} name={named} choose={see} />}
      {wanted.length < 2 && (
        <div className="chips" role="group" aria-label={t("debtors.filters")} style={{ marginBottom: 12 }}>
          {FILTERS.map(({ key }) => (
            <button key={key} className="chip" aria-pressed={chosen.includes(key)}
              onClick={() => choose(chosen.includes(key) ? chosen.filter((one) => one !== key)
                : [...chosen, key])}>
              {t(key)}
            </button>
          ))}
          {chosen.length > 0 && (
            <button className="button quiet" onClick={() => choose([])}>{t("action.clear")}</button>
          )}
        </div>
      )}
      {wanted.length >= 2 ? <Found text={wanted} /> : waiting ? <Waiting />
        : found === null ? <Empty title={t("seg.missing", { name: named! })} /> : <Accounts rule={rule} />}
    </>
  );
}
