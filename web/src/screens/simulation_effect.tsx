// What simulated strategies would have changed in payment: ranges of a model, with what they rest
// on; before them, what holdouts truly measured.
import { Link } from "wouter";
import type { Simulation } from "../api/types";
import { count, digitsOf, money, percent } from "../format";
import { useWords, type Key, type Translate } from "../i18n";
import { Grid } from "./results_parts";
import { armWord } from "./results_split";

type Result = NonNullable<Simulation["results"]>[number];
type Effect = NonNullable<Result["effect"]>;
type Told = Effect["difference"][number];
type Measure = "days" | "share" | "money";
export interface EffectSide { name: string; result: Result }

const MEASURES = ["days", "share", "money"] as const;
const FACTS = ["study.assume_money", "study.assume_known", "study.assume_alone", "study.assume_today"] as const;

const signed = (value: number, text: (value: number) => string) =>
  `${value > 0 ? "+" : value < 0 ? "−" : ""}${text(Math.abs(value))}`;

function shown(told: Told, of: Measure, value: number): string {
  if (of === "share") return signed(value, percent);
  if (of === "days") return signed(value, (size) => count(Math.round(size * 100) / 100));
  const minor = (size: number) => Math.round(size * 10 ** digitsOf(told.currency));
  return signed(value, (size) => money({ minor: minor(size), currency: told.currency }));
}

function rangeOf(told: Told, of: Measure) {
  const range = told[of];
  return { low: Number(range.p10), middle: Number(range.p50), high: Number(range.p90), unsure: range.covers_none };
}

/** The range as a band about the line of no effect, all of a measure at one scale. */
function Range({ low, middle, high, most }: { low: number; middle: number; high: number; most: number }) {
  const at = (value: number) => Math.round((80 + value / most * 76) * 10) / 10;
  return (
    <svg className="band" viewBox="0 0 160 16" width="160" height="16" aria-hidden="true">
      <line x1="0" x2="160" y1="8" y2="8" className="axis" />
      <line x1="80" x2="80" y1="0" y2="16" className="none" />
      <rect x={at(low)} width={Math.max(1, at(high) - at(low))} y="4" height="8" rx="2" />
      <line x1={at(middle)} x2={at(middle)} y1="1" y2="15" className="mean" />
    </svg>
  );
}

function Ranges({ of, rows }: { of: Measure; rows: { name: string; told: Told }[] }) {
  const { t } = useWords();
  const most = (currency: string) => Math.max(...rows.filter(({ told }) => of !== "money" || told.currency === currency)
    .flatMap(({ told }) => [Math.abs(rangeOf(told, of).low), Math.abs(rangeOf(told, of).high)])) || 1;
  const title = t(`study.effect_${of}` as Key);
  const several = rows.some(({ told }) => told.currency !== rows[0]!.told.currency);
  return (
    <div>
      <h3>{title}</h3>
      <Grid label={title} head={[{ name: t("study.strategy") },
        { name: t("study.effect_change") }, { name: t("study.effect_between") }, { name: t("study.effect_verdict") }]}
        rows={rows.map(({ name, told }) => {
          const range = rangeOf(told, of);
          return { key: `${name} ${told.currency}`, cells: [several ? `${name} · ${told.currency}` : name,
            <span className="nowrap"><Range {...range} most={most(told.currency)} /> {shown(told, of, range.middle)}</span>,
            <span className="nowrap">{t("results.between", { low: shown(told, of, range.low), high: shown(told, of, range.high) })}</span>,
            <span className="verdict">{t(range.unsure ? "study.effect_unsure" : "study.effect_clear")}</span>] };
        })} />
    </div>
  );
}

function measured(t: Translate, one: Effect["splits"][number]): string {
  const points = (bp: number) => signed(bp / 10_000, percent);
  return `${t("study.effect_measured", { strategy: one.strategy, split: one.split, arm: armWord(t, one.arm), paid: one.paid,
    debtors: one.debtors, apart_paid: one.apart_paid, apart: one.apart_debtors })} ${one.compared
    ? t("study.effect_measured_by", { difference: points(one.difference_bp), low: points(one.difference_low_bp), high: points(one.difference_high_bp) })
    : t("study.effect_few")}`;
}

/** Why there is no range. */
function lack(t: Translate, { model }: Effect): string {
  const enough = model.messages >= model.messages_needed && Math.min(model.paid_after, model.paid_without) >= model.paid_needed;
  return enough ? t("study.effect_no_fit") : t("study.effect_lacks", { messages_needed: count(model.messages_needed), paid_needed: count(model.paid_needed),
    messages: count(model.messages), after: count(model.paid_after), without: count(model.paid_without) });
}

function Fitted({ sides, effect }: { sides: EffectSide[]; effect: Effect }) {
  const { t } = useWords();
  const rows = sides.flatMap(({ name, result }) => (result.effect?.currencies ?? []).map((told) => ({ name, told: told as Told })));
  const less = sides.flatMap(({ name, result }, at) => (result.effect?.difference ?? []).map((told) =>
    ({ name: t("study.effect_less", { a: name, b: sides[at + 1]?.name ?? "" }), told })));
  const { model } = effect;
  return (
    <>
      {rows.length === 0 ? <p className="muted">{t("study.nothing")}</p>
        : MEASURES.map((of) => <Ranges key={of} of={of} rows={[...rows, ...less]} />)}
      <p className="muted">{t("study.effect_fitted", { invoices: count(model.invoices), debtors: count(model.debtors),
        messages: count(model.messages), after: count(model.paid_after), without: count(model.paid_without) })}</p>
      <h3>{t("study.effect_rests")}</h3>
      <ul>{effect.assumptions.map(({ word }) => <li key={word}>{t(`study.rests_${word}` as Key)}</li>)}</ul>
    </>
  );
}

export function EffectPanel({ sides }: { sides: EffectSide[] }) {
  const { t } = useWords();
  const effect = sides.find(({ result }) => result.effect)?.result.effect;
  return (
    <section className="panel report study-effect" aria-label={t("study.effect")}>
      <h2>{t("study.effect")}</h2>
      <p>{t("study.effect_says")}</p>
      {effect?.splits.map((one) => <p key={`${one.strategy} ${one.split} ${one.arm}`} className="note">{measured(t, one)}</p>)}
      {!effect ? <p className="note">{t("study.effect_old")}</p>
        : effect.fitted ? <Fitted sides={sides} effect={effect} /> : <p className="note">{lack(t, effect)}</p>}
      <h3>{t("study.facts_rest")}</h3>
      <ul>{FACTS.map((key) => <li key={key}>{t(key)}</li>)}</ul>
      <p>{t("study.effect_how")} <Link href="/results?part=strategies">{t("study.effect_link")}</Link></p>
    </section>
  );
}
