// The organization itself, what it decided about itself, and who is owed.
import { useRef, useState } from "react";
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
import { OnlyHere } from "./start_live";

export function OrganizationPart() {
  const { t } = useWords();
  const { organization } = useSession();
  const one = organization!;
  const { me } = useSession();
  const save = useChange(([form, version]: [FormData, string | undefined]) =>
    patch("/v1/organization", {}, { public_url: textOf(form, "public_url") }, version));
  return (
    <>
    <section className="panel stack">
      <h2>{one.name}</h2>
      <dl className="facts">
        <dt>{t("mode.label")}</dt><dd>{t(`set.mode_${one.mode}`)}</dd>
        <dt>{t("field.country")}</dt><dd>{one.country}</dd>
        <dt>{t("imp.currency")}</dt><dd>{one.currency}</dd>
        <dt>{t("imf.zone")}</dt><dd>{one.zone}</dd>
        <dt>{t("set.policy")}</dt><dd>{one.policy ?? t("set.policy_country")}</dd>
      </dl>
      <SaveForm action={t("form.save")} current={one} labels={{ public_url: t("set.public_url") }}
        submit={(form, version) => save.mutateAsync([form, version])}>
        <Field label={t("set.public_url")} hint={t("set.public_url_hint")}>
          <input name="public_url" type="url" maxLength={200} placeholder="https://cobros.example.com"
            defaultValue={one.public_url ?? ""} />
        </Field>
        {one.public_url && <OnlyHere address={one.public_url} />}
      </SaveForm>
    </section>
    {me.operator && <Found />}
    </>
  );
}

const COUNTRIES = ["ES", "MX", "CO", "CL", "PE", "AR", "BR", "GT", "US", "PT"];

/** Another company, or a place to try things out: whoever founds it owns it. */
function Found() {
  const { t, language } = useWords();
  const { organization } = useSession();
  const names = new Intl.DisplayNames([language], { type: "region" });
  const found = useChange(async (form: FormData) => {
    const { id } = await post("/v1/organizations", {}, {
      name: String(form.get("name")).trim(), country: String(form.get("country")),
      mode: String(form.get("mode")) as "test" | "sandbox",
    });
    await post("/v1/session/organization", {}, { organization: id });
    location.assign("/app/start");
  });
  return (
    <section className="panel stack">
      <h2>{t("found.title")}</h2>
      <p className="muted">{t("found.says")}</p>
      <SaveForm action={t("found.do")} submit={(form) => found.mutateAsync(form)}>
        <div className="form-grid">
          <Field label={t("found.name")}><input name="name" required maxLength={200} /></Field>
          <Field label={t("field.country")}>
            <select name="country" defaultValue={organization!.country}>
              {[...new Set([organization!.country, ...COUNTRIES])].map((one) => (
                <option key={one} value={one}>{names.of(one)}</option>
              ))}
            </select>
          </Field>
          <Field label={t("mode.label")}>
            <select name="mode" defaultValue="test">
              <option value="test">{t("found.test")}</option>
              <option value="sandbox">{t("found.sandbox")}</option>
            </select>
          </Field>
        </div>
      </SaveForm>
    </section>
  );
}

function Decisions({ settings }: { settings: Settings }) {
  const { t } = useWords();
  const { organization } = useSession();
  const currency = settings.four_eyes_write_off?.currency ?? organization!.currency;
  // what the server answered last to who began from a version
  const answered = useRef<{ over: string | undefined; version: string | undefined } | null>(null);
  const save = useChange(async ([form, version]: [FormData, string | undefined]) => {
    const limit = String(form.get("write_off")).trim();
    const minor = limit ? readAmount(limit, currency) : null;
    if (limit && minor === null) throw new FieldWrong(t("amount.wrong"));
    const wanted: Omit<Settings, "version"> = {
      second_factor: String(form.get("second_factor")) as "nobody" | "owners" | "everybody",
      four_eyes_publish: form.has("publish"), four_eyes_release: form.has("release"),
      four_eyes_steer: form.has("steer"), four_eyes_live: form.has("live"),
      four_eyes_write_off: minor === null ? null : { minor, currency },
    };
    // each by itself: letting go of one is a decision of its own
    let over = answered.current?.over === version ? answered.current?.version : version;
    for (const [name, value] of Object.entries(wanted)) {
      const before = settings[name as keyof Settings] ?? (name === "second_factor" ? "nobody" : null);
      if (JSON.stringify(before) === JSON.stringify(value)) continue;
      over = (await patch("/v1/settings", {}, { [name]: value }, over)).version ?? over;
      answered.current = { over: version, version: over }; // should a later one be refused
    }
  });
  const check = (name: string, label: string, on: boolean | null | undefined) => (
    <label className="check"><input type="checkbox" name={name} defaultChecked={on ?? false} /><span>{label}</span></label>
  );
  const limit = settings.four_eyes_write_off;
  return (
    <section className="panel stack">
      <h2>{t("set.security")}</h2>
      <SaveForm action={t("form.save")} current={settings}
        labels={{ second_factor: t("set.second_factor"), four_eyes_publish: t("set.four_publish"),
          four_eyes_release: t("set.four_release"), four_eyes_steer: t("set.four_steer"),
          four_eyes_live: t("set.four_live"),
          four_eyes_write_off: t("set.four_write_off", { currency }) }}
        submit={(form, version) => save.mutateAsync([form, version])}>
        <Field label={t("set.second_factor")}>
          <select name="second_factor" defaultValue={settings.second_factor ?? "nobody"}>
            {(["nobody", "owners", "everybody"] as const).map((one) => (
              <option key={one} value={one}>{t(`set.factor_${one}`)}</option>
            ))}
          </select>
        </Field>
        {check("publish", t("set.four_publish"), settings.four_eyes_publish)}
        {check("release", t("set.four_release"), settings.four_eyes_release)}
        {check("steer", t("set.four_steer"), settings.four_eyes_steer)}
        {check("live", t("set.four_live"), settings.four_eyes_live)}
        <Field label={t("set.four_write_off", { currency })} hint={t("set.four_write_off_hint")}>
          <input name="write_off" inputMode="decimal" style={{ maxWidth: 200 }}
            defaultValue={limit ? money(limit).replace(/[^\d.,]/g, "").replace(/^[.,]+/, "") : ""} />
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
