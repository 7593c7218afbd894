// What each step of a version brings, written on the graph: cases and what they owe, messages and
// who read them, what was paid and what it cost; on the ways between, how many cases went there.
import { useMemo } from "react";
import { useGet } from "../api/queries";
import type { Amount, SplitReport, StrategyFigures } from "../api/types";
import { addDays, count, money } from "../format";
import { useWords, type Key, type Translate } from "../i18n";
import { shortShareOf } from "../screens/results_split";
import { useSession } from "../session";
import type { Doc } from "./model";

export const VIEWS = ["does", "cases", "messages", "money"] as const;
export type View = (typeof VIEWS)[number];
const SPANS = [30, 90, 365, 0] as const;

export const hasSplits = (doc: Doc | undefined) => Object.values(doc?.nodes ?? {}).some(({ type }) => type === "split");

type Node = StrategyFigures["nodes"][number];
type Monies = { amount: Amount; count: number }[];
const sums = (all: Monies) => all.map(({ amount }) => money(amount)).join(" + ");

function lineOf(t: Translate, node: Node, view: View): string {
  const parts: string[] = [];
  const say = (when: boolean, key: Key, values: Record<string, string | number>) => { if (when) parts.push(t(key, values)); };
  if (view === "cases") {
    say(node.runs > 0, "figures.here", { runs: node.runs });
    say(node.open.length > 0, "figures.open", { money: sums(node.open) });
    say((node.entered ?? 0) > 0, "figures.entered", { entered: count(node.entered ?? 0) });
  } else if (view === "messages") {
    say(node.sent > 0, "figures.sent", { sent: count(node.sent) });
    say(node.read > 0, "figures.read", { read: count(node.read) });
    say(node.visited > 0, "figures.visited", { visited: count(node.visited) });
    say(node.bounced + node.failed > 0, "figures.lost", { lost: count(node.bounced + node.failed) });
  } else {
    say(node.paid.length > 0, "figures.paid", { money: sums(node.paid) });
    say(node.cost.length > 0, "figures.cost", { money: sums(node.cost) });
  }
  return parts.join(" · ") || "–";
}

export const SPLIT_DAYS = 30; // in which a payment counts

/** Reports span two years at most. */
export function useSplits(strategy: string, days: number, there: boolean) {
  const { organization } = useSession();
  const last = organization?.today ?? "2000-01-01";
  const from = addDays(last, -(days || 728)), to = addDays(last, 1);
  const splits = useGet("/v1/strategies/{strategy}/splits", { strategy: strategy as never },
    { from, to, days: SPLIT_DAYS }, there && organization !== null);
  return { ...splits, from, last };
}

/** The arms of the split tests, on the ways they go ("from to"). */
function armsOf(t: Translate, doc: Doc | undefined, splits: SplitReport[]): Map<string, string> {
  const ways = new Map<string, string>();
  for (const [id, node] of Object.entries(doc?.nodes ?? {}).filter(([, { type }]) => type === "split")) {
    const report = splits.find(({ key }) => key === (node["split_key"] ?? id));
    const options = (node["arms"] ?? []) as { name?: string; next?: string }[];
    const all = node["holdout"] ? [...options, { name: "holdout", next: (node["holdout"] as { next?: string }).next }] : options;
    for (const { name, next } of all) {
      const arm = report?.arms.find((one) => one.arm === name);
      const says = arm ? shortShareOf(arm, t("figures.no_data")) : t("figures.no_data");
      if (next) ways.set(`${id} ${next}`, [ways.get(`${id} ${next}`), says].filter(Boolean).join(", "));
    }
  }
  return ways;
}

/** What stands in the boxes instead of what they do, and on the ways ("from to"). */
export function useFigures(strategy: string, version: number | undefined, view: View, days: number, doc: Doc | undefined) {
  const { t } = useWords();
  const { organization } = useSession();
  const from = days > 0 && organization ? addDays(organization.today, -days) : undefined;
  const figures = useGet("/v1/strategies/{strategy}/versions/{version}/figures",
    { strategy: strategy as never, version: String(version) }, from ? { from } : {}, view !== "does" && version !== undefined);
  const splits = useSplits(strategy, days, view === "money" && hasSplits(doc)).data;
  return useMemo(() => {
    if (view === "does" || !figures.data) return {};
    const isSplit = (node: string) => doc?.nodes[node]?.type === "split";
    return {
      says: new Map(figures.data.nodes.map((node) => [node.node, view === "money" && isSplit(node.node)
        ? t("results.paid_in", { days: SPLIT_DAYS }) : lineOf(t, node, view)])),
      ways: view === "money" ? armsOf(t, doc, splits?.items ?? []) : new Map(figures.data.edges.filter(({ from: one, passed }) => one && passed > 0)
        .map(({ from: one, to, passed }) => [`${one} ${to}`, count(passed)])),
    };
  }, [figures.data, splits, doc, view, t]);
}

export function FiguresBar(props: { view: View; look: (view: View) => void; days: number; span: (days: number) => void }) {
  const { t } = useWords();
  return (
    <div className="figures-bar">
      <div className="chips" role="group" aria-label={t("figures.on_graph")}>
        {VIEWS.map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={props.view === one}
            onClick={() => props.look(one)}>{t(`figures.view_${one}` as Key)}</button>
        ))}
      </div>
      {props.view !== "does" && (
        <label className="small"><span className="visually-hidden">{t("figures.span")}</span>
          <select value={props.days} onChange={(event) => props.span(Number(event.target.value))}>
            {SPANS.map((one) => <option key={one} value={one}>{one > 0 ? t("figures.days", { days: one }) : t("figures.always")}</option>)}
          </select></label>
      )}
    </div>
  );
}
