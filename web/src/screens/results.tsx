// What a period brought in, in sums that say how they are made.
import { useState } from "react";
import { useGet } from "../api/queries";
import { addDays, count, money, percent } from "../format";
import { useWords } from "../i18n";
import { Shown } from "../parts/state";
import { useSession } from "../session";

const PERIODS = [30, 90, 365] as const;

export default function Results() {
  const { t } = useWords();
  const { organization } = useSession();
  const [days, setDays] = useState<number>(30);
  const report = useGet("/v1/reports/summary", {}, {
    from: addDays(organization!.today, -days), to: addDays(organization!.today, 1) });
  return (
    <>
      <div className="page-head">
        <h1>{t("nav.results")}</h1>
        <div className="chips" role="group" aria-label={t("results.period")}>
          {PERIODS.map((one) => (
            <button key={one} className="chip" aria-pressed={days === one} onClick={() => setDays(one)}>
              {t("results.days", { days: one })}
            </button>
          ))}
        </div>
      </div>
      <Shown query={report}>
        {(found) => (
          <div className="stack">
            {found.currencies.map((row) => (
              <div className="figures" key={row.open.currency} style={{ margin: 0 }}>
                <div className="figure" title={t("results.collected_says")}>
                  <span>{t("results.collected")}</span><b>{money(row.collected)}</b>
                  <span>{t("results.payments", { count: row.payments })}</span>
                </div>
                <div className="figure" title={t("results.overdue_says")}>
                  <span>{t("results.overdue")}</span><b>{money(row.overdue)}</b>
                  <span>{t("results.of_open", { open: money(row.open) })}</span>
                </div>
                <div className="figure" title={t("results.dso_says")}>
                  <span>{t("results.dso")}</span>
                  <b>{row.dso_days == null ? "–" : t("results.n_days", { days: row.dso_days })}</b>
                  <span>{t("results.billed", { billed: money(row.billed) })}</span>
                </div>
                <div className="figure" title={t("results.add_says")}>
                  <span>{t("results.add")}</span>
                  <b>{t("results.n_days", { days: row.days_late_tenths / 10 })}</b>
                </div>
              </div>
            ))}
            <div className="figures" style={{ margin: 0 }}>
              <div className="figure"><span>{t("results.sent")}</span><b>{count(found.messages_sent)}</b></div>
              <div className="figure"><span>{t("results.skipped")}</span><b>{count(found.messages_skipped)}</b></div>
              <div className="figure"><span>{t("results.bounced")}</span>
                <b>{count(found.messages_bounced)}</b></div>
              <div className="figure"><span>{t("results.promises")}</span>
                <b>{found.promises.kept + found.promises.broken === 0 ? "–"
                  : percent(found.promises.kept / (found.promises.kept + found.promises.broken))}</b></div>
              <div className="figure"><span>{t("results.tasks")}</span><b>{count(found.tasks_done)}</b></div>
            </div>
            <section className="panel flush">
              <h2>{t("results.texts")}</h2>
              <div className="scroll" tabIndex={0} role="region" aria-label={t("results.texts")}>
                <table>
                  <thead><tr><th scope="col">{t("field.template")}</th><th scope="col">{t("field.channel")}</th>
                    <th scope="col" className="number">{t("field.tone")}</th>
                    <th scope="col" className="number">{t("results.sent")}</th>
                    <th scope="col" className="number">{t("results.read")}</th>
                    <th scope="col" className="number">{t("results.bounced")}</th></tr></thead>
                  <tbody>
                    {found.texts.map((row) => (
                      <tr key={`${row.template} ${row.channel} ${row.tone}`}>
                        <td>{row.template}</td><td>{row.channel}</td>
                        <td className="number">{row.tone || "–"}</td>
                        <td className="number">{count(row.sent)}</td>
                        <td className="number">{count(row.read)}</td>
                        <td className="number">{count(row.bounced)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </section>
          </div>
        )}
      </Shown>
    </>
  );
}
