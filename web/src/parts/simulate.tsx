// What is to be simulated: over which past, of how many debtors, and against which strategy. Then one
// is taken to where its progress and its results stand.
import { useLocation } from "wouter";
import { post } from "../api/client";
import { useGet } from "../api/queries";
import type { Draft } from "../api/types";
import { addDays } from "../format";
import { useWords } from "../i18n";
import { useSession } from "../session";
import { Field, FieldWrong, FormDialog } from "./dialog";

const SAMPLES = [200, 500, 2000] as const;

export default function SimulateDialog(props: { close: () => void; flush?: () => Promise<Draft>; title?: string }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const { organization } = useSession();
  const strategies = useGet("/v1/strategies", {});
  const published = (strategies.data?.items ?? []).filter((one) => one.kind === "strategy");
  const today = organization!.today;
  async function begin(form: FormData) {
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const from = text("from"), until = text("until");
    if (!from || !until || from > until) throw new FieldWrong(t("study.span_wrong"));
    const strategy = props.flush ? { draft: (await props.flush()).id } : { strategy: text("strategy") };
    const begun = await post("/v1/simulations", {}, { ...strategy, from, to: addDays(until, 1), sample: Number(text("sample")),
      ...(text("against") ? { against: text("against") } : {}), ...(text("name") ? { name: text("name") } : {}) } as never);
    go(`/results/simulations/${begun.id}`);
  }
  return (
    <FormDialog title={props.title ? t("study.simulate_one", { strategy: props.title }) : t("study.simulate")}
      action={t("study.begin")} close={props.close} submit={begin}>
      <p className="muted">{t("study.simulate_says")}</p>
      {!props.flush && (
        <Field label={t("study.strategy")}>
          <select name="strategy" required>
            {published.map((one) => <option key={one.id} value={one.name}>{one.name}</option>)}
          </select>
        </Field>
      )}
      <div className="study-pair">
        <Field label={t("results.from")}><input type="date" name="from" defaultValue={addDays(today, -180)} max={today} required /></Field>
        <Field label={t("results.until")}><input type="date" name="until" defaultValue={addDays(today, -1)} max={today} required /></Field>
      </div>
      <Field label={t("study.sample")} hint={t("study.sample_says")}>
        <select name="sample" defaultValue="0">
          <option value="0">{t("study.sample_all")}</option>
          {SAMPLES.map((one) => <option key={one} value={one}>{t("study.sample_of", { count: one })}</option>)}
        </select>
      </Field>
      <Field label={t("study.against")} hint={t("study.against_says")}>
        <select name="against" defaultValue="">
          <option value="">{t("study.against_none")}</option>
          {published.map((one) => <option key={one.id} value={one.name}>{one.name}</option>)}
        </select>
      </Field>
      <Field label={t("study.name")}><input name="name" maxLength={200} /></Field>
    </FormDialog>
  );
}
