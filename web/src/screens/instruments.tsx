// Cheques, promissory notes and direct debits by the day they are due: a month as a calendar, and as
// a list in which one cleared or came back.
import { useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { post } from "../api/client";
import { useChange, useList } from "../api/queries";
import type { Amount, Day, Instrument } from "../api/types";
import { addDays, day, dayLong, money, monthName, weekdayNames } from "../format";
import { useWords, wordOf } from "../i18n";
import { Field, FormDialog } from "../parts/dialog";
import { Empty, sentenceOf } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { useSession } from "../session";
import "../style/setup.css";

const KINDS = ["cheque", "promissory_note", "direct_debit", "card"] as const;
const STATES = ["in_flight", "cleared", "returned"] as const;
const BADGE = { in_flight: "warn", cleared: "ok", returned: "bad" } as const;
const MOST = 1000; // of a month, in the calendar

const firstOf = (month: string): Day => `${month}-01`;
const monthOf = (value: Day) => value.slice(0, 7);
const monthAfter = (month: string, step: 1 | -1) =>
  monthOf(addDays(firstOf(month), step === 1 ? 31 : -1));

function sums(rows: Instrument[]): Amount[] {
  const by = new Map<string, number>();
  for (const { amount } of rows) by.set(amount.currency, (by.get(amount.currency) ?? 0) + amount.minor);
  return [...by].map(([currency, minor]) => ({ currency, minor }));
}

/** Weeks of the month, from Monday; days of its neighbours are null. */
function weeksOf(month: string): (Day | null)[][] {
  const first = firstOf(month);
  const lead = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7;
  const weeks: (Day | null)[][] = [];
  for (let at = -lead; monthOf(addDays(first, Math.max(at, 0))) === month; at += 7) {
    weeks.push(Array.from({ length: 7 }, (_, i) => addDays(first, at + i))
      .map((one) => (monthOf(one) === month ? one : null)));
  }
  return weeks;
}

function Month(props: { month: string; rows: Instrument[]; today: Day; chosen: string | null; choose: (day: Day) => void }) {
  const { t } = useWords();
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t("instr.month")}>
      <table className="month" aria-label={t("instr.month")}>
        <thead><tr>{weekdayNames().map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
        <tbody>
          {weeksOf(props.month).map((week, i) => (
            <tr key={i}>
              {week.map((one, j) => {
                const due = one === null ? [] : props.rows.filter((row) => row.due === one);
                return (
                  <td key={one ?? `none-${j}`} data-today={one === props.today ? "" : undefined}>
                    {one && <span className="muted">{Number(one.slice(8))}</span>}
                    {one && due.length > 0 && (
                      <button className="day" aria-pressed={props.chosen === one} onClick={() => props.choose(one)}>
                        <span className="visually-hidden">{dayLong(one)}</span>
                        {sums(due).map((sum) => <b key={sum.currency}>{money(sum)}</b>)}
                        <span>{t("instr.count", { count: due.length })}</span>
                      </button>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Return({ row, close }: { row: Instrument; close: () => void }) {
  const { t } = useWords();
  const back = useChange((form: FormData) => post("/v1/instruments/{instrument}/return", { instrument: row.id },
    { reason: String(form.get("reason")) }));
  return (
    <FormDialog title={t("instr.return")} action={t("instr.return_do")} close={close}
      submit={(form) => back.mutateAsync(form)}>
      <p className="muted">{t("instr.return_says", { amount: money(row.amount) })}</p>
      <Field label={t("field.reason")}><input name="reason" required maxLength={400} autoFocus /></Field>
    </FormDialog>
  );
}

export default function Instruments() {
  const { t } = useWords();
  const [, go] = useLocation();
  const query = new URLSearchParams(useSearch());
  const { organization } = useSession();
  const today = organization!.today;
  const asked = query.get("month") ?? "";
  const month = /^\d{4}-(0[1-9]|1[0-2])$/.test(asked) ? asked : monthOf(today);
  const state = STATES.find((one) => one === query.get("state"));
  const chosen = query.get("day");
  const [returning, giveBack] = useState<Instrument | null>(null);
  const list = useList("/v1/instruments/due", {}, { from: firstOf(month), to: firstOf(monthAfter(month, 1)),
    limit: 200, ...(state ? { state } : {}) });
  const whole = list.rows.length < MOST && list.hasNextPage;
  if (whole && !list.isFetchingNextPage && !list.isFetchNextPageError) void list.fetchNextPage();
  const clear = useChange((row: Instrument) => post("/v1/instruments/{instrument}/clear", { instrument: row.id }, undefined));
  const see = (change: Record<string, string | null>) => {
    const next = new URLSearchParams(query);
    for (const [name, value] of Object.entries(change)) {
      if (value === null) next.delete(name); else next.set(name, value);
    }
    go(`/payments/calendar?${next}`, { replace: true });
  };
  const shown = { ...list, rows: chosen ? list.rows.filter((row) => row.due === chosen) : list.rows };
  const columns: Column<Instrument>[] = [
    { name: t("field.due"), cell: (row) => day(row.due) },
    { name: t("field.debtor"), clip: true, cell: (row) => <Link href={`/debtors/${row.debtor}`}>{row.debtor_name}</Link> },
    { name: t("instr.kind"), cell: (row) => `${wordOf(t, KINDS, "instrk", row.kind)} ${row.number ?? ""}` },
    { name: t("field.amount"), number: true, cell: (row) => money(row.amount) },
    { name: t("field.state"), cell: (row) => <span className={`badge ${BADGE[row.state]}`}>{t(`instrs.${row.state}`)}</span> },
    { name: t("field.action"), cell: (row) => row.state === "in_flight" && (
      <span className="actions" style={{ flexWrap: "nowrap" }}>
        <button className="button quiet" disabled={clear.isPending} onClick={() => clear.mutate(row)}
          aria-label={t("instr.clear_of", { number: row.number ?? money(row.amount) })}>{t("instr.clear")}</button>
        <button className="button quiet" onClick={() => giveBack(row)}
          aria-label={t("instr.return_of", { number: row.number ?? money(row.amount) })}>{t("instr.return")}</button>
      </span>) },
  ];
  return (
    <>
      <div className="page-head">
        <h1>{t("instr.title")}</h1>
        <div className="actions">
          <button className="button" onClick={() => see({ month: monthAfter(month, -1), day: null })}
            aria-label={t("instr.before")}>←</button>
          <strong aria-live="polite">{monthName(firstOf(month))}</strong>
          <button className="button" onClick={() => see({ month: monthAfter(month, 1), day: null })}
            aria-label={t("instr.after")}>→</button>
          <Link className="button" href="/payments">{t("nav.payments")}</Link>
        </div>
      </div>
      <div className="chips" role="group" aria-label={t("field.state")} style={{ marginBottom: 12 }}>
        {STATES.map((one) => (
          <button key={one} className="chip" aria-pressed={state === one}
            onClick={() => see({ state: state === one ? null : one })}>{t(`instrs.${one}`)}</button>
        ))}
        {chosen && <button className="button quiet" onClick={() => see({ day: null })}>{t("instr.whole_month")}</button>}
      </div>
      {clear.error && <p className="note bad" role="alert">{sentenceOf(t, clear.error)}</p>}
      {list.rows.length >= MOST && list.hasNextPage && <p className="note warn">{t("instr.many", { count: MOST })}</p>}
      {list.rows.length > 0 && (
        <div className="panel flush" style={{ marginBottom: 16 }}>
          <Month month={month} rows={list.rows} today={today} chosen={chosen}
            choose={(one) => see({ day: chosen === one ? null : one })} />
        </div>
      )}
      <div className="panel flush">
        <Table label={t("instr.title")} list={shown} columns={columns} keyOf={(row: Instrument) => row.id}
          empty={<Empty title={t("instr.none")}><p>{t("instr.none_says")}</p></Empty>} />
      </div>
      {returning && <Return row={returning} close={() => giveBack(null)} />}
    </>
  );
}
