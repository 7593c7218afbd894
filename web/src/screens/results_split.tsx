// The arms of a split test: how many paid in each, with the interval that so few cases leave open,
// and whether they differ at all.
import type { SplitReport } from "../api/types";
import { count, percent } from "../format";
import { useWords, wordOf, type Translate } from "../i18n";
import { Grid, monies, SaveButton } from "./results_parts";

type Arm = SplitReport["arms"][number];
// below which the server compares nothing
const CASES_MIN = 30;
const EACH_MIN = 5;

const share = (bp: number) => percent(bp / 10_000);

export const armWord = (t: Translate, arm: string) => wordOf(t, ["holdout"], "designer.exit", arm);

/** "12 % (8 %–17 %)" */
export function shareOf(arm: Arm): string {
  return arm.ripe > 0 ? `${share(arm.share_bp)} (${share(arm.share_low_bp)}–${share(arm.share_high_bp)})` : "–";
}

/** "12 % (8–17)" */
export function shortShareOf(arm: Arm, none: string): string {
  const whole = (bp: number) => String(Math.round(bp / 100));
  return arm.ripe > 0 ? `${percent(Number(whole(arm.share_bp)) / 100)} (${whole(arm.share_low_bp)}–${whole(arm.share_high_bp)})` : none;
}

/** The share as a line, its interval as a band; the numbers stand beside it. */
function Band({ arm, top }: { arm: Arm; top: number }) {
  const at = (bp: number) => Math.round(bp / top * 1600) / 10;
  return (
    <svg className="band" viewBox="0 0 160 16" width="160" height="16" aria-hidden="true">
      <line x1="0" x2="160" y1="8" y2="8" className="axis" />
      <rect x={at(arm.share_low_bp)} width={at(arm.share_high_bp - arm.share_low_bp)} y="4" height="8" rx="2" />
      <line x1={at(arm.share_bp)} x2={at(arm.share_bp)} y1="1" y2="15" className="mean" />
    </svg>
  );
}

function verdict(t: Translate, arm: Arm, base: Arm): string {
  if (arm === base) return t("results.base");
  if (!arm.compared) {
    return Math.min(arm.ripe, base.ripe) < CASES_MIN ? t("results.too_few_cases", { least: CASES_MIN })
      : t("results.too_few_paid", { least: EACH_MIN });
  }
  const points = (value: number) => `${value > 0 ? "+" : ""}${share(value)}`;
  const between = t("results.between", { low: points(arm.difference_low_bp), high: points(arm.difference_high_bp) });
  return `${points(arm.difference_bp)} (${between}) · ${t(arm.differs ? "results.differs" : "results.alike")}`;
}

/** `open` leads to an arm's debtors, where there is a place for them. */
export function Split({ split, days, open }: { split: SplitReport; days: number; open?: (arm: string, says: string) => void }) {
  const { t } = useWords();
  const leading = (arm: Arm, value: number, says: string, of: string) => !open || value === 0 ? says : (
    <button type="button" className="link" onClick={() => open(arm.arm, armWord(t, arm.arm))}
      aria-label={`${says} · ${t("results.see_detail", { of: `${armWord(t, arm.arm)}, ${of}` })}`}>{says}</button>
  );
  const top = Math.max(1000, ...split.arms.map((arm) => arm.share_high_bp));
  const head = [{ name: t("results.arm") }, { name: t("results.cases"), number: true },
    { name: t("results.ripe"), number: true }, { name: t("results.paid_share") },
    { name: t("results.collected"), number: true }, { name: t("results.difference") }];
  return (
    <div className="report-split">
      <div className="report-head">
        <h3>{t("results.split", { key: split.key })}</h3>
        <div className="actions">
          <SaveButton name={`prueba-${split.key}`} head={head.map(({ name }) => name)}
            rows={split.arms.map((arm) => [armWord(t, arm.arm), arm.cases, arm.ripe, shareOf(arm), monies(arm.money),
              verdict(t, arm, split.arms[0]!)])} />
        </div>
      </div>
      <details className="how"><summary>{t("results.how")}</summary><p>{t("results.split_says", { days })}</p></details>
      <Grid label={t("results.split", { key: split.key })} head={head}
        rows={split.arms.map((arm) => ({ key: arm.arm, cells: [armWord(t, arm.arm),
          leading(arm, arm.cases, count(arm.cases), t("results.cases")),
          leading(arm, arm.ripe, count(arm.ripe), t("results.ripe")),
          arm.ripe > 0 ? <span className="nowrap"><Band arm={arm} top={top} /> {shareOf(arm)}</span> : "–",
          leading(arm, arm.money.length, monies(arm.money), t("results.collected")), <span className="verdict">{verdict(t, arm, split.arms[0]!)}</span>] }))} />
    </div>
  );
}
