// Days on which nobody is written to: the country's holidays, and the company's own.
import { useState } from "react";
import { post, remove } from "../api/client";
import { useChange, useGet } from "../api/queries";
import { addDays, day } from "../format";
import { useWords } from "../i18n";
import { Field } from "../parts/dialog";
import { SaveForm, textOf } from "../parts/save_form";
import { Empty, sentenceOf, Shown } from "../parts/state";
import { useSession } from "../session";

function Closing() {
  const { t } = useWords();
  const { organization } = useSession();
  const days = useGet("/v1/closing-days", {});
  const [version, begin] = useState(0);
  const add = useChange((form: FormData) => post("/v1/closing-days", {}, {
    from: String(form.get("from")),
    ...(form.get("to") ? { to: String(form.get("to")) } : {}),
    ...(textOf(form, "name") ? { name: textOf(form, "name")! } : {}),
  }));
  const drop = useChange((date: string) => remove("/v1/closing-days/{date}", { date }, undefined));
  return (
    <section className="panel stack">
      <h2>{t("days.own")}</h2>
      <p className="muted">{t("days.own_says")}</p>
      <SaveForm key={version} action={t("days.add")} submit={async (form) => {
        await add.mutateAsync(form);
        begin(version + 1);
      }}>
        <div className="form-grid">
          <Field label={t("days.from")}><input name="from" type="date" required min={organization!.today} /></Field>
          <Field label={t("days.to")} hint={t("days.to_hint")}><input name="to" type="date" min={organization!.today} /></Field>
          <Field label={t("field.name")}><input name="name" maxLength={80} placeholder={t("days.example")} /></Field>
        </div>
      </SaveForm>
      {drop.error && <p className="note bad" role="alert">{sentenceOf(t, drop.error)}</p>}
      <Shown query={days}>
        {({ items }) => items.length === 0 ? <Empty title={t("days.none")} /> : (
          <ul className="picks" aria-label={t("days.own")}>
            {items.map((one) => (
              <li className="actions" key={one.date}>
                <span className="nowrap">{day(one.date)}</span><span className="muted">{one.name}</span>
                <button className="button quiet" style={{ width: "auto", marginLeft: "auto" }}
                  aria-label={t("days.remove_of", { day: day(one.date) })}
                  onClick={() => drop.mutate(one.date)}>{t("hook.remove")}</button>
              </li>
            ))}
          </ul>
        )}
      </Shown>
    </section>
  );
}

export function DaysPart() {
  const { t } = useWords();
  const { organization } = useSession();
  const from = organization!.today;
  const holidays = useGet("/v1/holidays", {}, { from, to: addDays(from, 365) });
  return (
    <>
      <Closing />
      <section className="panel stack">
        <h2>{t("days.country", { country: organization!.country })}</h2>
        <p className="muted">{t("days.country_says")}</p>
        <Shown query={holidays}>
          {({ items }) => (
            <ul className="columns">
              {items.map((one) => <li key={one.date}><span className="nowrap">{day(one.date)}</span>{" "}
                <span className="muted">{one.name}</span></li>)}
            </ul>
          )}
        </Shown>
      </section>
    </>
  );
}
