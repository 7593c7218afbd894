// What a strategy would have done in the organization's own past: facts, each beside those of the
// other strategy, and apart from them what it would have changed in payment, which is estimated. Two that are kept stand beside each other just so (?with=…).
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { get, post, remove } from "../api/client";
import { useChange, useDrop, useList } from "../api/queries";
import type { Amount, Id, Simulation, SimulationMessage } from "../api/types";
import { addDays, count, day, money, percent, time } from "../format";
import { useWords, wordOf, type Key, type Translate } from "../i18n";
import { Actor } from "../parts/actor";
import { Empty, Shown, sentenceOf } from "../parts/state";
import { Table, type Column } from "../parts/table";
import { useSession } from "../session";
import "../style/results.css";
import { CATEGORIES, CHANNELS } from "../words";
import { Grid, SaveButton, Section } from "./results_parts";
import { EffectPanel } from "./simulation_effect";
import { Bars, costOf, Course, isOpen, POLL_MS } from "./studies_parts";

type Result = NonNullable<Simulation["results"]>[number];
type Cell = number | string | Amount | null;
interface Side { name: string; result: Result; of: Simulation; at: "strategy" | "against" }

const REASONS = ["hours", "holiday", "strategy_hours", "cap", "channel_cap", "gap", "after_conversation", "minimum",
  "nothing_claimable", "opt_out", "consent", "unusable_contact", "barred", "protected", "channel_closed",
  "superseded", "paid", "no_usable_contact"];
const ENDS = ["closed", "done", "paid", "handed_over", "stopped"];
type SimulationId = Id<"simulation">;

export function useSimulation(id: SimulationId | null) {
  return useQuery({
    queryKey: ["/v1/simulations/{simulation}", id],
    queryFn: ({ signal }) => get("/v1/simulations/{simulation}", { simulation: id! }, {}, signal),
    enabled: id !== null,
    refetchInterval: (query) => (isOpen(query.state.data?.state) ? POLL_MS : false),
  });
}

function sidesOf(all: Simulation[]): Side[] {
  const sides = all.flatMap((of) => (of.results ?? []).map((result, at): Side =>
    ({ name: result.strategy, result, of, at: at === 0 ? "strategy" : "against" })));
  // two of one name are told apart by what they are called
  return sides.map((side, at) => sides.some((one, other) => other !== at && one.name === side.name)
    ? { ...side, name: `${side.name} (${side.of.name ?? "ABCD"[at]})` } : side);
}

function weeks<T extends { day: string }>(days: T[]): T[][] {
  return days.reduce<T[][]>((all, one, at) => {
    if (at % 7 === 0) all.push([]);
    all[all.length - 1]!.push(one);
    return all;
  }, []);
}

const sum = (values: number[]) => values.reduce((all, one) => all + one, 0);
const channelsOf = (result: Result) => [...new Set(result.days.flatMap((one) => Object.keys(one.by_channel as object)))].sort();
const ofChannel = (one: Result["days"][number], channel: string) => (one.by_channel as Record<string, number>)[channel] ?? 0;
const short = (value: string) => `${value.slice(8)}/${value.slice(5, 7)}`;

/* ── figures beside each other ── */

function Sums({ sides }: { sides: Side[] }) {
  const { t } = useWords();
  const rows: [Key, (one: Result) => Cell][] = [
    ["study.debtors", (one) => one.debtors], ["study.invoices", (one) => one.invoices],
    ["study.cases", (one) => one.cases], ["study.debtors_contacted", (one) => one.debtors_contacted],
    ["study.messages", (one) => one.messages], ["study.contacts", (one) => one.contacts],
    ["study.per_debtor", (one) => one.debtors_contacted > 0 ? Math.round(one.contacts / one.debtors_contacted * 10) / 10 : 0],
    ["study.most", (one) => one.most_contacts_with_one_debtor], ["study.crossed", (one) => one.crossed_payments],
    ["study.held", (one) => sum(one.held_by_contact_law.map((row) => row.count))],
    ["study.tasks", (one) => one.tasks], ["study.handovers", (one) => one.handovers],
    ["study.cost", (one) => costOf(one)],
  ];
  const shown = (value: Cell) => value === null ? "–" : typeof value === "number" ? count(value) : typeof value === "string" ? value : money(value);
  const first = sides[0]!.result;
  const truly: Partial<Record<Key, number>> = { "study.contacts": first.truly_contacts, "study.tasks": first.truly_tasks };
  const sampled = sides.some((side) => side.of.sample > 0);
  return (
    <Section title={t("study.sums")} how={t("study.sums_says")}
      actions={<SaveButton name="simulacion" head={[t("study.what"), ...sides.map((side) => side.name)]}
        rows={rows.map(([key, of]) => [t(key), ...sides.map((side) => of(side.result))])} />}>
      <Grid label={t("study.sums")}
        head={[{ name: t("study.what") }, ...sides.map((side) => ({ name: side.name, number: true })),
          ...(sampled ? [] : [{ name: t("study.truly"), number: true }])]}
        rows={rows.filter(([, of]) => sides.some((side) => of(side.result) !== null)).map(([key, of]) => ({ key,
          cells: [t(key), ...sides.map((side) => shown(of(side.result))),
            ...(sampled ? [] : [truly[key] === undefined ? "" : count(truly[key])])] }))} />
    </Section>
  );
}

/** What happened by a word, in all strategies. */
function Words(props: { title: string; how: string; first: string; sides: Side[]; none: string;
  of: (one: Result) => { word: string; count: number }[] }) {
  const words = [...new Set(props.sides.flatMap((side) => props.of(side.result).map((row) => row.word)))];
  const found = (side: Side, word: string) => props.of(side.result).find((row) => row.word === word)?.count ?? 0;
  const order = words.sort((a, b) => sum(props.sides.map((side) => found(side, b) - found(side, a))));
  return (
    <Section title={props.title} how={props.how}>
      {words.length === 0 ? <p className="study-none muted">{props.none}</p> : (
        <Grid label={props.title} head={[{ name: props.first }, ...props.sides.map((side) => ({ name: side.name, number: true }))]}
          rows={order.map((word) => ({ key: word, cells: [word, ...props.sides.map((side) => count(found(side, word)))] }))} />
      )}
    </Section>
  );
}

function Weekly({ sides }: { sides: Side[] }) {
  const { t } = useWords();
  const channels = [...new Set(sides.flatMap((side) => channelsOf(side.result)))];
  const name = (channel: string) => wordOf(t, CHANNELS, "channel", channel);
  const most = Math.max(1, ...sides.flatMap((side) => weeks(side.result.days).map((week) => sum(week.map((one) => one.contacts)))));
  return (
    <Section title={t("study.by_week")} how={t("study.by_week_says")}>
      <div className="study-sides">
        {sides.map((side) => (
          <div key={`${side.of.id} ${side.at}`}>
            <h3>{side.name}</h3>
            {side.result.contacts === 0 ? <p className="muted">{t("study.no_messages")}</p> : (
              <Bars label={`${t("study.by_week")}: ${side.name}`} parts={channels.map(name)} most={most}
                bars={weeks(side.result.days).map((week) => ({ name: short(week[0]!.day),
                  values: channels.map((channel) => sum(week.map((one) => ofChannel(one, channel)))),
                  says: `${day(week[0]!.day)}: ${channels.map((channel) =>
                    `${name(channel)} ${count(sum(week.map((one) => ofChannel(one, channel))))}`).join(" · ")}` }))} />
            )}
          </div>
        ))}
      </div>
      <details className="how study-table"><summary>{t("study.as_table")}</summary>
        <Grid label={t("study.by_week")} head={[{ name: t("study.week") },
          ...sides.flatMap((side) => channels.map((channel) => ({ name: `${side.name} · ${name(channel)}`, number: true })))]}
          rows={weeks(sides[0]!.result.days).map((week, at) => ({ key: week[0]!.day, cells: [day(week[0]!.day),
            ...sides.flatMap((side) => channels.map((channel) =>
              count(sum((weeks(side.result.days)[at] ?? []).map((one) => ofChannel(one, channel))))))] }))} />
      </details>
    </Section>
  );
}

function PerDebtor({ sides }: { sides: Side[] }) {
  const { t } = useWords();
  const bins = sides[0]!.result.contacts_per_debtor.map((one) => one.contacts);
  const of = (side: Side, bin: string) => side.result.contacts_per_debtor.find((one) => one.contacts === bin)?.debtors ?? 0;
  const most = Math.max(1, ...sides.flatMap((side) => bins.map((bin) => of(side, bin))));
  return (
    <Section title={t("study.per_debtor_title")} how={t("study.per_debtor_says")}>
      <div className="study-sides">
        {sides.map((side) => (
          <div key={`${side.of.id} ${side.at}`}>
            <h3>{side.name}</h3>
            <Bars label={`${t("study.per_debtor_title")}: ${side.name}`} parts={[t("study.debtors")]} most={most}
              bars={bins.map((bin) => ({ name: bin.replace("-", "–"), values: [of(side, bin)],
                says: t("study.bin_says", { contacts: bin, debtors: of(side, bin) }) }))} />
          </div>
        ))}
      </div>
    </Section>
  );
}

/** Tasks of each person, and how they lie in the weeks. */
function People({ sides }: { sides: Side[] }) {
  const { t } = useWords();
  const rows = sides.flatMap((side) => side.result.people.map((person) => ({ side, person })));
  const week = (result: Result, person: Result["people"][number]) => weeks(result.days).map((days) =>
    sum(person.days.filter((one) => days.some(({ day: of }) => of === one.day)).map((one) => one.tasks)));
  return (
    <Section title={t("study.people")} how={t("study.people_says")}
      actions={rows.length > 0 && <SaveButton name="tareas-por-dia" head={[t("study.strategy"), t("study.owner"), t("study.day"), t("study.tasks")]}
        rows={rows.flatMap(({ side, person }) => person.days.map((one) =>
          [side.name, person.owner || t("study.nobody"), one.day, one.tasks]))} />}>
      {rows.length === 0 ? <p className="study-none muted">{t("study.no_tasks")}</p> : (
        <Grid label={t("study.people")} head={[...(sides.length > 1 ? [{ name: t("study.strategy") }] : []),
          { name: t("study.owner") }, { name: t("study.tasks"), number: true }, { name: t("study.task_days"), number: true },
          { name: t("study.task_most"), number: true }, { name: t("study.busiest") }, { name: t("study.task_weeks") }]}
          rows={rows.map(({ side, person }) => {
            const loads = week(side.result, person);
            const most = Math.max(1, ...loads);
            return { key: `${side.name} ${person.owner}`, cells: [...(sides.length > 1 ? [side.name] : []),
              person.owner ? <Actor name={person.owner} /> : t("study.nobody"), count(person.tasks), count(person.days_with_tasks),
              count(person.most_on_a_day), day(person.busiest_day),
              <svg className="study-spark" viewBox={`0 0 ${loads.length * 6} 24`} preserveAspectRatio="none" role="img"
                aria-label={loads.map(count).join(", ")}>
                {loads.map((load, at) => <rect key={at} className="bar-fill" x={at * 6} width={5}
                  y={24 - load / most * 23} height={load / most * 23} />)}
              </svg>] };
          })} />
      )}
    </Section>
  );
}

function Texts({ sides }: { sides: Side[] }) {
  const { t } = useWords();
  const keyOf = (one: Result["texts"][number]) => `${one.template}|${one.channel}|${one.tone}`;
  const all = new Map(sides.flatMap((side) => side.result.texts.map((one) => [keyOf(one), one] as const)));
  return (
    <Section title={t("study.texts")} how={t("study.texts_says")}>
      {all.size === 0 ? <p className="study-none muted">{t("study.no_messages")}</p> : (
        <Grid label={t("study.texts")} head={[{ name: t("study.template") }, { name: t("results.by_channel") },
          { name: t("study.tone"), number: true }, ...sides.map((side) => ({ name: side.name, number: true }))]}
          rows={[...all].sort(([a], [b]) => a.localeCompare(b)).map(([key, one]) => ({ key, cells: [
            one.template, wordOf(t, CHANNELS, "channel", one.channel), one.tone > 0 ? one.tone : "–",
            ...sides.map((side) => count(sum(side.result.texts.filter((text) => keyOf(text) === key).map((text) => text.sent))))] }))} />
      )}
    </Section>
  );
}

/* ── one by one ── */

function Messages({ sides }: { sides: Side[] }) {
  const { t } = useWords();
  const [at, choose] = useState(0);
  const side = sides[Math.min(at, sides.length - 1)]!;
  const list = useList("/v1/simulations/{simulation}/messages", { simulation: side.of.id }, { side: side.at });
  const columns: Column<SimulationMessage>[] = [
    { name: t("study.when"), cell: (row) => <span className="nowrap">{time(row.at)}</span> },
    { name: t("study.debtor"), clip: true, cell: (row) => <Link href={`/debtors/${row.debtor}`}>{row.debtor_name || "–"}</Link> },
    { name: t("study.invoice"), cell: (row) => row.invoice ? <Link href={`/invoices/${row.invoice}`}>{row.number}</Link> : t("study.account") },
    { name: t("study.template"), cell: (row) => row.template },
    { name: t("results.by_channel"), cell: (row) => wordOf(t, CHANNELS, "channel", row.channel) },
    { name: t("study.tone"), number: true, cell: (row) => row.tone > 0 ? row.tone : "–" },
    { name: t("study.asked"), number: true, cell: (row) => row.claimable.minor === 0 ? "–" : money(row.claimable) },
    { name: t("study.crossing"), cell: (row) => row.crossed_payment && <span className="badge warn">{t("study.crossed_one")}</span> },
  ];
  return (
    <Section title={t("study.list")} how={t("study.list_says")}>
      {sides.length > 1 && (
        <div className="chips study-none" role="group" aria-label={t("study.strategy")}>
          {sides.map((one, index) => (
            <button key={`${one.of.id} ${one.at}`} type="button" className="chip" aria-pressed={one === side}
              onClick={() => choose(index)}>{one.name}</button>))}
        </div>
      )}
      <Table label={t("study.list")} list={list} columns={columns} keyOf={(row: SimulationMessage) => `${row.at} ${row.debtor} ${row.invoice} ${row.template}`}
        empty={<p className="study-none muted">{t("study.no_messages")}</p>} />
    </Section>
  );
}

function Results({ all }: { all: Simulation[] }) {
  const { t } = useWords();
  const sides = sidesOf(all);
  const [a, b] = all;
  const alike = !b || (a!.from === b.from && a!.to === b.to && a!.sample === b.sample);
  const counts = (rows: { count: number }[], name: (row: never) => string) =>
    rows.map((row) => ({ word: name(row as never), count: row.count }));
  const reason = (word: string) => wordOf(t, REASONS, "study.reason", word);
  const unled = sides.flatMap((side) => (side.result.pills_not_led ?? []).map((one) =>
    t("study.pills_unled", { strategy: side.name, pill: one.pill, count: one.count })));
  if (sides.length === 0) return null;
  return (
    <div className="stack">
      {!alike && <p className="note warn">{t("study.unlike")}</p>}
      <p className="note">{t("study.facts")}{" "}
        {sides.map((side) => t("study.crossed_share", { strategy: side.name, crossed: side.result.crossed_payments,
          share: percent(side.result.messages > 0 ? side.result.crossed_payments / side.result.messages : 0) })).join(" ")}</p>
      <Sums sides={sides} />
      <Weekly sides={sides} />
      <PerDebtor sides={sides} />
      <Words title={t("study.held_title")} how={t("study.held_says")} first={t("study.why")} sides={sides} none={t("study.held_none")}
        of={(one) => counts(one.held_by_contact_law, (row: { reason: string }) => reason(row.reason))} />
      <Words title={t("study.skipped_title")} how={t("study.skipped_says")} first={t("study.why")} sides={sides} none={t("study.skipped_none")}
        of={(one) => counts(one.skipped, (row: { reason: string }) => reason(row.reason))} />
      <People sides={sides} />
      <Words title={t("study.tasks_title")} how={t("study.tasks_says")} first={t("study.kind")} sides={sides} none={t("study.no_tasks")}
        of={(one) => counts(one.tasks_by_category, (row: { category: string }) => wordOf(t, CATEGORIES, "category", row.category))} />
      <Words title={t("study.pills_title")} how={t("study.pills_says")} first={t("strategy.pill")} sides={sides} none={t("study.pills_none")}
        of={(one) => counts(one.pills ?? [], (row: { pill: string }) => row.pill)} />
      {unled.length > 0 && <p className="note">{unled.join(" ")}</p>}
      <Texts sides={sides} />
      <Words title={t("study.ends_title")} how={t("study.ends_says")} first={t("study.outcome")} sides={sides} none={t("study.ends_none")}
        of={(one) => counts(one.ends, (row: { outcome: string }) => wordOf(t, ENDS, "study.end", row.outcome))} />
      <EffectPanel sides={sides} />
      <Messages sides={sides} />
    </div>
  );
}

function subtitle(t: Translate, one: Simulation): string {
  const span = t("study.span", { from: day(one.from), until: day(addDays(one.to, -1)) });
  return `${span} · ${one.sample > 0 ? t("study.sample_of", { count: one.sample }) : t("study.sample_all")}`;
}

export default function SimulationPage({ params }: { params: { id: string } }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const { me } = useSession();
  const [search] = useSearchParams();
  const id = params.id as SimulationId;
  const other = search.get("with") as SimulationId | null;
  const query = useSimulation(id);
  const beside = useSimulation(other);
  const cancel = useChange(() => post("/v1/simulations/{simulation}/cancel", { simulation: id }, undefined as never));
  const again = useChange(() => post("/v1/simulations/{simulation}/again", { simulation: id }, undefined as never));
  const drop = useDrop(() => remove("/v1/simulations/{simulation}", { simulation: id }, undefined as never),
    () => go("/results/simulations"));
  const may = me.role === "owner" || me.role === "manager";
  const begin = async () => go(`/results/simulations/${(await again.mutateAsync(undefined)).id}`);
  const busy = cancel.isPending || again.isPending || drop.isPending;
  const wrong = cancel.error ?? again.error ?? drop.error;
  return (
    <Shown query={query}>
      {(one) => (
        <div className="results">
          <div className="page-head">
            <h1>{one.name ?? (one.against ? t("study.versus", { a: one.strategy, b: one.against }) : one.strategy)}</h1>
            <div className="actions">
              <Link className="button quiet" href="/results/simulations">{t("study.all")}</Link>
              {one.state === "done" && <button type="button" className="button" onClick={() => window.print()}>{t("results.print")}</button>}
              {may && one.state === "done" && <button type="button" className="button" disabled={busy} onClick={() => void begin()}>{t("study.again")}</button>}
              {may && !isOpen(one.state) && <button type="button" className="button danger" disabled={busy} onClick={() => drop.mutate()}>{t("study.delete")}</button>}
            </div>
          </div>
          <p className="muted study-subtitle">{subtitle(t, one)} · {time(one.created_at)} · <Actor name={one.by} /></p>
          {wrong && <p className="note bad" role="alert">{sentenceOf(t, wrong)}</p>}
          <Course study={one} label={t("study.runs")} busy={busy} may={may} cancel={() => cancel.mutate(undefined)} again={() => void begin()} />
          {one.state === "done" && (one.results?.some((result) => result.debtors > 0) || (beside.data?.results?.length ?? 0) > 0
            ? <Results all={beside.data ? [one, beside.data] : [one]} />
            : <Empty title={t("study.nothing")}><p>{t("study.nothing_says")}</p></Empty>)}
        </div>
      )}
    </Shown>
  );
}
