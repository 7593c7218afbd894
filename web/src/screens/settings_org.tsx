// The organization itself, what it decided about itself, and who is owed.
import { useState } from "react";
import { patch, post } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Settings } from "../api/types";
import { money, readAmount } from "../format";
import { useWords } from "../i18n";
import { CreditorBrand, CreditorWho } from "../parts/creditor_form";
import { Field, FieldWrong, FormDialog } from "../parts/dialog";
import { MailPreview } from "../parts/preview";
import { SaveForm, textOf } from "../parts/save_form";
import { Shown } from "../parts/state";
import { useSession } from "../session";

export function OrganizationPart() {
  const { t } = useWords();
  const { organization } = useSession();
  const one = organization!;
  const save = useChange((form: FormData) => patch("/v1/organization", {}, { public_url: textOf(form, "public_url") }));
  return (
    <section className="panel stack">
      <h2>{one.name}</h2>
      <dl className="facts">
        <dt>{t("mode.label")}</dt><dd>{t(`set.mode_${one.mode}`)}</dd>
        <dt>{t("field.country")}</dt><dd>{one.country}</dd>
        <dt>{t("imp.currency")}</dt><dd>{one.currency}</dd>
        <dt>{t("imf.zone")}</dt><dd>{one.zone}</dd>
        <dt>{t("set.policy")}</dt><dd>{one.policy ?? t("set.policy_country")}</dd>
      </dl>
      <SaveForm action={t("form.save")} submit={(form) => save.mutateAsync(form)}>
        <Field label={t("set.public_url")} hint={t("set.public_url_hint")}>
          <input name="public_url" type="url" maxLength={200} placeholder="https://cobros.example.com"
            defaultValue={one.public_url ?? ""} />
        </Field>
      </SaveForm>
    </section>
  );
}

function Decisions({ settings }: { settings: Settings }) {
  const { t } = useWords();
  const { organization } = useSession();
  const currency = settings.four_eyes_write_off?.currency ?? organization!.currency;
  const save = useChange(async (form: FormData) => {
    const limit = String(form.get("write_off")).trim();
    const minor = limit ? readAmount(limit, currency) : null;
    if (limit && minor === null) throw new FieldWrong(t("amount.wrong"));
    const wanted: Settings = {
      second_factor: String(form.get("second_factor")) as "nobody" | "owners" | "everybody",
      four_eyes_publish: form.has("publish"), four_eyes_release: form.has("release"),
      four_eyes_write_off: minor === null ? null : { minor, currency },
    };
    // each by itself: letting go of one is a decision of its own
    for (const [name, value] of Object.entries(wanted)) {
      const before = settings[name as keyof Settings] ?? (name === "second_factor" ? "nobody" : null);
      if (JSON.stringify(before) !== JSON.stringify(value)) await patch("/v1/settings", {}, { [name]: value });
    }
  });
  const check = (name: string, label: string, on: boolean | null | undefined) => (
    <label className="check"><input type="checkbox" name={name} defaultChecked={on ?? false} /><span>{label}</span></label>
  );
  const limit = settings.four_eyes_write_off;
  return (
    <section className="panel stack">
      <h2>{t("set.security")}</h2>
      <SaveForm action={t("form.save")} submit={(form) => save.mutateAsync(form)}>
        <Field label={t("set.second_factor")}>
          <select name="second_factor" defaultValue={settings.second_factor ?? "nobody"}>
            {(["nobody", "owners", "everybody"] as const).map((one) => (
              <option key={one} value={one}>{t(`set.factor_${one}`)}</option>
            ))}
          </select>
        </Field>
        {check("publish", t("set.four_publish"), settings.four_eyes_publish)}
        {check("release", t("set.four_release"), settings.four_eyes_release)}
        <Field label={t("set.four_write_off", { currency })} hint={t("set.four_write_off_hint")}>
          <input name="write_off" inputMode="decimal" style={{ maxWidth: 200 }}
            defaultValue={limit ? money(limit).replace(/[^\d.,]/g, "") : ""} />
        </Field>
      </SaveForm>
    </section>
  );
}

export function SecurityPart() {
  const settings = useGet("/v1/settings", {});
  return <Shown query={settings}>{(found) => <Decisions settings={found} />}</Shown>;
}

function AddCreditor({ close }: { close: () => void }) {
  const { t } = useWords();
  const add = useChange((form: FormData) => post("/v1/creditors", {}, { name: String(form.get("name")).trim() }));
  return (
    <FormDialog title={t("set.add_creditor")} action={t("set.add_creditor")} close={close}
      submit={(form) => add.mutateAsync(form)}>
      <Field label={t("field.name")}><input name="name" required maxLength={200} autoFocus /></Field>
    </FormDialog>
  );
}

export function CreditorsPart() {
  const { t } = useWords();
  const creditors = useGet("/v1/creditors", {});
  const open = useGet("/v1/cases/invoices", {}, { limit: 1 });
  const [adding, add] = useState(false);
  const invoice = open.data?.items[0]?.invoice;
  return (
    <>
      <div className="end"><button className="button" onClick={() => add(true)}>{t("set.add_creditor")}</button></div>
      <Shown query={creditors}>
        {(page) => page.items.map((one) => (
          <section className="panel stack" key={one.id}>
            <h2>{one.name}</h2>
            <CreditorWho creditor={one} />
            <h3>{t("first.step_brand")}</h3>
            <CreditorBrand creditor={one} />
          </section>
        ))}
      </Shown>
      {invoice && (
        <section className="panel stack">
          <h2>{t("first.looks")}</h2>
          <MailPreview about={{ template: "recordatorio", invoice, tone: 1 }}
            version={creditors.data?.items.map(({ colour, logo_type }) => `${colour}${logo_type}`).join() ?? ""} />
        </section>
      )}
      {adding && <AddCreditor close={() => add(false)} />}
    </>
  );
}
