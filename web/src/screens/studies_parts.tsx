// What simulations and forecasts share: how far they are, how they ended, and their charts, drawn as
// those of the results are. A table beside each chart says the same in numbers.
import type { ReactNode } from "react";
import type { Amount, SimulationRow } from "../api/types";
import { count, minorOf } from "../format";
import { useWords, type Key } from "../i18n";
import { useTold } from "../parts/told";

export type State = SimulationRow["state"];
export const isOpen = (state: State | undefined) => state === "waits" || state === "runs";
/** Asked again by itself while it runs. */
export const POLL_MS = 500;

export function StateTag({ state }: { state: State }) {
  const { t } = useWords();
  const tone = state === "done" ? "ok" : state === "failed" ? "bad" : "";
  return <span className={`badge ${tone}`}>{t(`study.state_${state}` as Key)}</span>;
}

/** What it costs; of one that is older than its currency, the number alone. */
export function costOf(one: { cost?: string | null | undefined; cost_currency?: string | null | undefined }): Amount | number | null {
  if (one.cost == null) return null;
  return one.cost_currency ? { minor: minorOf(one.cost, one.cost_currency), currency: one.cost_currency } : Number(one.cost);
}

interface Study { state: State; done: number; total: number; begun: number; problem?: string | null | undefined }

/** Until it is over; then what kept it from its end. */
export function Course(props: { study: Study; label: string; busy: boolean; cancel: () => void; again: () => void;
  may: boolean }) {
  const { t } = useWords();
  const { study } = props;
  const why = useTold(study.problem ?? "");
  if (study.state === "done") return null;
  const buttons = (action: ReactNode) => props.may && <div className="actions">{action}</div>;
  if (!isOpen(study.state)) {
    return (
      <div className={`note ${study.state === "failed" ? "bad" : "warn"} study-course`} role="status">
        <p>{study.state === "failed" ? t("study.failed", { why: why.text }) : t("study.cancelled")}</p>
        {buttons(<button className="button" disabled={props.busy} onClick={props.again}>{t("study.again")}</button>)}
      </div>
    );
  }
  const known = study.total > 0;
  return (
    <div className="panel stack study-course" role="status">
      <p>{props.label}<span className="muted"> · {known
        ? t("job.of", { done: count(Math.min(study.done, study.total)), total: count(study.total) })
        : t(`study.state_${study.state}` as Key)}</span></p>
      <progress aria-label={props.label} {...(known ? { max: study.total, value: study.done } : {})} />
      {study.begun > 1 && <p className="muted">{t("study.interrupted", { times: study.begun })}</p>}
      {buttons(<button className="button" disabled={props.busy} onClick={props.cancel}>{t("action.cancel")}</button>)}
    </div>
  );
}

/** Bars of several parts, one a week: dark and light say which part, and so does the legend. */
export function Bars(props: { label: string; parts: string[]; bars: { name: string; says: string; values: number[] }[];
  most?: number }) {
  const sums = props.bars.map((bar) => bar.values.reduce((sum, value) => sum + value, 0));
  const most = props.most ?? Math.max(1, ...sums);
  const step = 600 / Math.max(1, props.bars.length);
  const every = Math.ceil(props.bars.length / 9);
  const shade = (at: number) => `age-${props.parts.length === 1 ? 4 : Math.min(5, 1 + at * 2)}`;
  return (
    <figure className="report-figure">
      <svg className="chart" viewBox="0 0 600 170" role="img" aria-label={props.label}>
        <line x1={0} x2={600} y1={140} y2={140} className="axis" />
        <text x={0} y={12}>{count(most)}</text>
        {props.bars.map((bar, at) => {
          let top = 140;
          return (
            <g key={bar.name}>
              <title>{bar.says}</title>
              {bar.values.map((value, part) => {
                const high = (Math.max(0, value) / most) * 122;
                top -= high;
                return value > 0 && <rect key={part} className={shade(part)} x={step * at + step * 0.12}
                  width={step * 0.76} y={top} height={high} />;
              })}
              {at % every === 0 && <text x={at === 0 && every > 1 ? 0 : step * (at + 0.5)} y={158} textAnchor={at === 0 && every > 1 ? "start" : "middle"}>{bar.name}</text>}
            </g>
          );
        })}
      </svg>
      {props.parts.length > 1 && (
        <figcaption className="legend">
          {props.parts.map((part, at) => <span key={part}><i className={shade(at)} />{part}</span>)}
        </figcaption>
      )}
    </figure>
  );
}

/** Between what comes in nine of ten cases and in one of ten, and the middle of it. */
export function Band(props: { label: string; days: { name: string; low: number; middle: number; high: number }[];
  shown: (value: number) => string; names: [string, string] }) {
  const most = Math.max(1, ...props.days.map((one) => one.high));
  const x = (at: number) => 4 + (at / Math.max(1, props.days.length - 1)) * 520;
  const y = (value: number) => 160 - (Math.max(0, value) / most) * 140;
  const points = (value: (one: (typeof props.days)[number]) => number) =>
    props.days.map((one, at) => `${x(at).toFixed(1)},${y(value(one)).toFixed(1)}`);
  const every = Math.max(1, Math.ceil(props.days.length / 6));
  const last = props.days[props.days.length - 1];
  return (
    <figure className="report-figure">
      <svg className="chart forecast-chart" viewBox="0 0 640 185" role="img" aria-label={props.label}>
        {[0, 0.5, 1].map((share) => <line key={share} x1={4} x2={524} y1={y(most * share)} y2={y(most * share)} className="axis" />)}
        <polygon points={[...points((one) => one.high), ...points((one) => one.low).reverse()].join(" ")} />
        <polyline points={points((one) => one.middle).join(" ")} className="line-0" />
        {props.days.map((one, at) => at % every === 0 && (
          <text key={one.name} x={x(at)} y={178} textAnchor={at === 0 ? "start" : "middle"}>{one.name}</text>))}
        {last && ([["high", last.high], ["middle", last.middle], ["low", last.low]] as const).map(([name, value], at, all) => (
          <text key={name} x={530} y={Math.max(y(value), at === 0 ? 0 : y(all[at - 1]![1]) + 13) + 4}>{props.shown(value)}</text>))}
      </svg>
      <figcaption className="legend">
        <span><i className="mark-band" />{props.names[0]}</span>
        <span><i className="mark-fill" />{props.names[1]}</span>
      </figcaption>
    </figure>
  );
}
