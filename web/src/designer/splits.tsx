// The split tests of a strategy, under its graph.
import { day } from "../format";
import { useWords } from "../i18n";
import { Shown } from "../parts/state";
import { Split } from "../screens/results_split";
import "../style/results.css";
import { SPLIT_DAYS, useSplits } from "./figures";

export default function Splits({ strategy, days }: { strategy: string; days: number }) {
  const { t } = useWords();
  const { from, last, ...splits } = useSplits(strategy, days, true);
  return (
    <section className="panel flush report splits" aria-label={t("splits.title")}>
      <div className="report-head"><h2>{t("splits.title")}</h2>
        <span className="muted">{t("splits.came", { from: day(from), to: day(last) })}</span></div>
      <Shown query={splits}>
        {(found) => found.items.length === 0 ? <p className="muted">{t("splits.none")}</p>
          : <>{found.items.map((split) => <Split key={split.key} split={split} days={SPLIT_DAYS} />)}</>}
      </Shown>
    </section>
  );
}
