// What today's open invoices will bring in, and what they will cause: money with its spread, messages
// by channel, tasks of people, cost, and how good the foretelling was on what it had not seen.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import { get, post, remove } from "../api/client";
import { useChange, useDrop, useList } from "../api/queries";
import type { Forecast, ForecastRow } from "../api/types";
import { count, day, minorOf, money, percent, time } from "../format";
import { useWords, wordOf } from "../i18n";
import { Actor } from "../parts/actor";
import { Empty, Shown, sentenceOf } from "../parts/state";
import { useSession } from "../session";
import "../style/results.css";
import { CHANNELS } from "../words";
import { Grid, SaveButton, Section } from "./results_parts";
import { Band, Bars, costOf, Course, isOpen, POLL_MS } from "./studies_parts";

type Foreseen = NonNullable<Forecast["result"]>;
type ForecastId = ForecastRow["id"];
const SPANS = [30, 60, 90, 180] as const;

function useForecast(id: ForecastId | null) {
  return useQuery({
    queryKey: ["/v1/forecasts/{forecast}", id],
    queryFn: ({ signal }) => get("/v1/forecasts/{forecast}", { forecast: id! }, {}, signal),
    enabled: id !== null,
    refetchInterval: (query) => (isOpen(query.state.data?.state) ? POLL_MS : false),
  });
}

const sum = (values: number[]) => values.reduce((all, one) => all + one, 0);
const short = (value: string) => `${value.slice(8)}/${value.slice(5, 7)}`;
/** Means to one decimal, and none where there is a lot of it. */
const mean = (value: number) => count(value >= 20 ? Math.round(value) : Math.round(value * 10) / 10);
/** Every seventh day and the last. */
const weekly = <T,>(days: T[]) => days.filter((_, at) => at % 7 === 6 || at === days.length - 1);

function Cash({ cash }: { cash: Foreseen["cash"][number] }) {
  const { t } = useWords();
  const { currency } = cash;
  const amount = (text: string) => ({ minor: minorOf(text, currency), currency });
  const last = cash.days[cash.days.length - 1]!;
  const title = t("study.cash", { currency });
  return (
    <Section title={title} how={t("study.cash_says")}
      actions={<SaveButton name={`prevision-${currency}`} head={[t("study.day"), t("study.p10"), t("study.p50"), t("study.p90"), t("study.expected")]}
        rows={cash.days.map((one) => [one.day, amount(one.p10), amount(one.p50), amount(one.p90), amount(one.expected)])} />}>
      <p className="study-none">{t("study.cash_reads", { low: money(amount(last.p10)), high: money(amount(last.p90)),
        middle: money(amount(last.p50)), until: day(last.day), open: money(amount(cash.open)), count: cash.invoices })}</p>
      <Band label={title} names={[t("study.band"), t("study.p50")]} shown={(value) => money({ minor: Math.round(value), currency })}
        days={cash.days.map((one) => ({ name: short(one.day), low: minorOf(one.p10, currency),
          middle: minorOf(one.p50, currency), high: minorOf(one.p90, currency) }))} />
      <Grid label={title} head={[{ name: t("study.until_day") }, { name: t("study.p10"), number: true },
        { name: t("study.p50"), number: true }, { name: t("study.p90"), number: true }, { name: t("study.expected"), number: true }]}
        rows={weekly(cash.days).map((one) => ({ key: one.day, cells: [day(one.day),
          money(amount(one.p10)), money(amount(one.p50)), money(amount(one.p90)), money(amount(one.expected))] }))} />
    </Section>
  );
}

function Loads({ found }: { found: Foreseen }) {
  const { t } = useWords();
  const { loads } = found, cost = costOf(found);
  const ofChannel = (one: Foreseen["loads"][number], channel: string) => (one.by_channel as Record<string, number>)[channel] ?? 0;
  const channels = [...new Set(loads.flatMap((one) => Object.keys(one.by_channel as object)))].sort();
  const name = (channel: string) => wordOf(t, CHANNELS, "channel", channel);
  const messages = sum(loads.map((one) => Number(one.messages))), tasks = sum(loads.map((one) => Number(one.tasks)));
  const people = found.people.map((one) => ({ owner: one.owner, tasks: Number(one.tasks) }));
  return (
    <>
      <Section title={t("study.volumes")} how={t("study.volumes_says", { seen: count(found.debtors_looked_at), all: count(found.debtors) })}
        actions={<SaveButton name="prevision-envios" head={[t("study.day"), ...channels.map(name), t("study.tasks")]}
          rows={loads.map((one) => [one.day, ...channels.map((channel) => ofChannel(one, channel)), Number(one.tasks)])} />}>
        <p className="study-none">{t("study.volumes_reads", { messages: mean(messages), tasks: mean(tasks) })}{" "}
          {cost !== null && t("study.cost_reads", { cost: typeof cost === "object" ? money(cost) : count(cost) })}</p>
        <div className="study-sides">
          <div>
            <h3>{t("study.messages")}</h3>
            {messages === 0 ? <p className="muted">{t("study.no_messages")}</p> : <Bars label={t("study.volumes")} parts={channels.map(name)} bars={loads.map((one) => ({ name: short(one.day),
              values: channels.map((channel) => ofChannel(one, channel)),
              says: `${day(one.day)}: ${channels.map((channel) => `${name(channel)} ${mean(ofChannel(one, channel))}`).join(" · ")}` }))} />}
          </div>
          <div>
            <h3>{t("study.tasks")}</h3>
            {tasks === 0 ? <p className="muted">{t("study.no_tasks")}</p> : <Bars label={t("study.tasks")} parts={[t("study.tasks")]} bars={loads.map((one) => ({ name: short(one.day),
              values: [Number(one.tasks)], says: `${day(one.day)}: ${mean(Number(one.tasks))}` }))} />}
          </div>
        </div>
      </Section>
      <Section title={t("study.load")} how={t("study.load_says")}>
        {people.length === 0 ? <p className="study-none muted">{t("study.no_tasks")}</p> : (
          <Grid label={t("study.load")} head={[{ name: t("study.owner") }, { name: t("study.tasks"), number: true },
            { name: t("study.a_day"), number: true }]}
            rows={people.map((one) => ({ key: one.owner, cells: [one.owner ? <Actor name={one.owner} /> : t("study.nobody"),
              mean(one.tasks), mean(one.tasks / Math.max(1, found.days))] }))} />
        )}
      </Section>
    </>
  );
}

function Check({ found }: { found: Foreseen }) {
  const { t } = useWords();
  const check = found.check;
  if (!check) return <p className="note warn">{t("study.unchecked")}</p>;
  const days = (value: unknown) => count(Math.round(Number(value) * 10) / 10);
  const score = (value: unknown) => count(Math.round(Number(value) * 1000) / 1000);
  const poor = Number(check.error_days) > Number(check.naive_error_days) || Number(check.brier) > Number(check.naive_brier) * 1.1;
  return (
    <Section title={t("study.check")} how={t("study.check_says", { split: day(check.fitted_until) })}>
      {poor && <p className="note warn study-none">{t("study.poor")}</p>}
      <Grid label={t("study.check")} head={[{ name: t("study.measure") }, { name: t("study.this_model"), number: true },
        { name: t("study.naive"), number: true }]}
        rows={[{ key: "days", cells: [t("study.error_days"), days(check.error_days), days(check.naive_error_days)] },
          { key: "brier", cells: [t("study.brier"), score(check.brier), score(check.naive_brier)] }]} />
      {check.coverage?.map((one) => one.times > 0 && <p key={one.days} className="study-none">{t("study.coverage",
        { days: one.days, within: count(one.within), times: count(one.times) })}</p>)}
      <Grid label={t("study.calibration")} head={[{ name: t("study.foretold"), number: true }, { name: t("study.came"), number: true },
        { name: t("study.invoices"), number: true }]}
        rows={check.calibration.filter((one) => one.invoices > 0).map((one, at) => ({ key: String(at),
          cells: [percent(Number(one.foretold)), percent(Number(one.came)), count(one.invoices)] }))} />
    </Section>
  );
}

function Found({ found }: { found: Foreseen }) {
  const { t } = useWords();
  return (
    <div className="stack">
      {!found.fitted && <p className="note warn">{t("study.unfitted")}</p>}
      {found.cash.length === 0 && <Empty title={t("study.nothing_open")} />}
      {found.fitted && found.cash.map((cash) => <Cash key={cash.currency} cash={cash} />)}
      <Loads found={found} />
      {found.fitted && <Check found={found} />}
      <section className="panel report study-effect">
        <h2>{t("study.formula")}</h2>
        <p>{t("study.formula_says", { count: found.fitted_invoices })}</p>
        <p>{t("study.formula_spread")}</p>
        <p>{t("study.formula_lacks")}</p>
      </section>
    </div>
  );
}

export default function ForecastPage() {
  const { t } = useWords();
  const { me } = useSession();
  const [search, setSearch] = useSearchParams();
  const [span, choose] = useState<number>(60);
  const list = useList("/v1/forecasts", {});
  const [gone, setGone] = useState<string | null>(null); // deleted, and in the list until it is asked again
  const id = (search.get("id") ?? list.rows.find((row) => row.id !== gone)?.id ?? null) as ForecastId | null;
  const query = useForecast(id);
  const may = ["owner", "manager", "treasurer"].includes(me.role ?? "");
  const show = (shown: string | null) => setSearch((old) => {
    const next = new URLSearchParams(old);
    shown ? next.set("id", shown) : next.delete("id");
    return next;
  }, { replace: true });
  const begin = useChange(() => post("/v1/forecasts", {}, { days: span } as never));
  const again = useChange(() => post("/v1/forecasts/{forecast}/again", { forecast: id! }, undefined as never));
  const cancel = useChange(() => post("/v1/forecasts/{forecast}/cancel", { forecast: id! }, undefined as never));
  const drop = useDrop(() => remove("/v1/forecasts/{forecast}", { forecast: id! }, undefined as never), () => {
    setGone(id);
    show(null);
  });
  const busy = [begin, again, cancel, drop].some((one) => one.isPending);
  const wrong = begin.error ?? again.error ?? drop.error;
  const one = query.data;
  return (
    <div className="results">
      <div className="page-head">
        <h1>{t("study.forecast")}</h1>
        <div className="actions">
          <Link className="button quiet" href="/results">{t("nav.results")}</Link>
          {one?.state === "done" && <button type="button" className="button" onClick={() => window.print()}>{t("results.print")}</button>}
          {may && one && !isOpen(one.state) && (
            <button type="button" className="button danger" disabled={busy}
              onClick={() => drop.mutate()}>{t("study.delete")}</button>)}
        </div>
      </div>
      <p className="muted study-subtitle">{t("study.forecast_says")}</p>
      <form className="report-filters" onSubmit={(event) => { event.preventDefault();
        begin.mutate(undefined, { onSuccess: (made) => show(made.id) }); }}>
        {may && (
          <>
            <div className="chips" role="group" aria-label={t("study.ahead")}>
              {SPANS.map((days) => <button key={days} type="button" className="chip" aria-pressed={span === days}
                onClick={() => choose(days)}>{t("results.days", { days })}</button>)}
            </div>
            <button className="button primary" disabled={busy || isOpen(one?.state)}>{t("study.foretell")}</button>
          </>
        )}
        {list.rows.length > 1 && (
          <label className="field"><span>{t("study.kept")}</span>
            <select value={id ?? ""} onChange={(event) => show(event.target.value)}>
              {list.rows.map((row) => <option key={row.id} value={row.id}>{t("study.kept_one", { at: time(row.created_at), days: row.days })}</option>)}
            </select></label>
        )}
      </form>
      {wrong && <p className="note bad" role="alert">{sentenceOf(t, wrong)}</p>}
      {id === null ? (list.isPending ? null : <Empty title={t("study.no_forecast")}><p>{t("study.no_forecast_says")}</p></Empty>) : (
        <Shown query={query}>
          {(shown) => (
            <>
              <Course study={shown} label={t("study.foretells")} busy={busy} may={may} cancel={() => cancel.mutate(undefined)}
                again={() => again.mutate(undefined, { onSuccess: (made) => show(made.id) })} />
              {shown.result && <Found found={shown.result} />}
            </>
          )}
        </Shown>
      )}
    </div>
  );
}
