// Who asks to be paid: who they are, and how what they send looks.
import { useState } from "react";
import { patch, putFile, remove } from "../api/client";
import { useChange } from "../api/queries";
import type { Creditor, Id } from "../api/types";
import { useWords } from "../i18n";
import { Field } from "./dialog";
import { SaveForm, textOf } from "./save_form";
import { sentenceOf } from "./state";

/** What was typed, over which version. */
type Typed = [form: FormData, version: string | undefined];

const TEXTS = ["tax_id", "address", "city", "phone", "email", "account", "pix_key"] as const;

export function CreditorWho({ creditor }: { creditor: Creditor }) {
  const { t } = useWords();
  const save = useChange(([form, version]: Typed) => patch("/v1/creditors/{creditor}", { creditor: creditor.id }, {
    ...Object.fromEntries(TEXTS.filter((name) => form.has(name)).map((name) => [name, textOf(form, name)])),
    form_of_address: String(form.get("form_of_address")) as "usted" | "tu" | "tu-people",
    language: String(form.get("language")),
  }, version));
  const labels = { ...Object.fromEntries(TEXTS.map((name) => [name, t(`cre.${name}`)])),
    form_of_address: t("cre.form_of_address"), language: t("field.language") };
  const text = (name: (typeof TEXTS)[number], hint?: string) => (
    <Field label={t(`cre.${name}`)} {...(hint ? { hint } : {})}>
      <input name={name} defaultValue={creditor[name] ?? ""} maxLength={name === "address" ? 400 : 120}
        type={name === "email" ? "email" : "text"} />
    </Field>
  );
  const brazil = creditor.country?.toLowerCase() === "br";
  return (
    <SaveForm action={t("form.save")} current={creditor} labels={labels}
      submit={(form, version) => save.mutateAsync([form, version])}>
      <div className="form-grid">
        {text("tax_id")}
        {text("email", t("cre.email_hint"))}
        {text("phone")}
        {text("account", t("cre.account_hint"))}
        {brazil && text("pix_key")}
        {text("address")}
        {text("city")}
        <Field label={t("cre.form_of_address")}>
          <select name="form_of_address" defaultValue={creditor.form_of_address ?? "usted"}>
            <option value="usted">{t("cre.form_usted")}</option>
            <option value="tu">{t("cre.form_tu")}</option>
            <option value="tu-people">{t("cre.form_tu_people")}</option>
          </select>
        </Field>
        <Field label={t("field.language")}>
          <select name="language" defaultValue={creditor.language ?? "es"}>
            <option value="es">Español</option>
            <option value="en">English</option>
            <option value="pt">Português</option>
            {creditor.language && !["es", "en", "pt"].includes(creditor.language) && (
              <option value={creditor.language}>{creditor.language}</option>
            )}
          </select>
        </Field>
      </div>
    </SaveForm>
  );
}

function Logo({ creditor }: { creditor: Creditor }) {
  const { t } = useWords();
  const [version, setVersion] = useState(0);
  const set = useChange((file: File) => putFile("/v1/creditors/{creditor}/logo", { creditor: creditor.id }, file));
  const drop = useChange((id: Id<"cre">) => remove("/v1/creditors/{creditor}/logo", { creditor: id }, undefined));
  return (
    <div className="field">
      <span>{t("cre.logo")}</span>
      <div className="actions">
        {creditor.logo_type && (
          <img key={version} className="logo" alt={t("cre.logo_of", { name: creditor.name })}
            src={`/v1/creditors/${creditor.id}/logo`} />
        )}
        <label className="button file-button">
          {creditor.logo_type ? t("cre.logo_other") : t("cre.logo_choose")}
          <input className="visually-hidden" type="file" accept="image/png,image/jpeg"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) set.mutate(file, { onSuccess: () => setVersion(version + 1) });
            }} />
        </label>
        {creditor.logo_type && (
          <button type="button" className="button quiet" onClick={() => drop.mutate(creditor.id)}>
            {t("cre.logo_none")}
          </button>
        )}
      </div>
      <span className="hint">{t("cre.logo_hint")}</span>
      {set.error && <p className="note bad" role="alert">{sentenceOf(t, set.error)}</p>}
    </div>
  );
}

export function CreditorBrand({ creditor }: { creditor: Creditor }) {
  const { t } = useWords();
  const save = useChange(([form, version]: Typed) => patch("/v1/creditors/{creditor}", { creditor: creditor.id }, {
    colour: String(form.get("colour")), sender_name: textOf(form, "sender_name"),
  }, version));
  return (
    <div className="stack">
      <Logo creditor={creditor} />
      <SaveForm action={t("form.save")} current={creditor}
        labels={{ colour: t("cre.colour"), sender_name: t("cre.sender_name") }}
        submit={(form, version) => save.mutateAsync([form, version])}>
        <div className="form-grid">
          <Field label={t("cre.colour")} hint={t("cre.colour_hint")}>
            <input type="color" name="colour" defaultValue={creditor.colour ?? "#0b5fcc"} />
          </Field>
          <Field label={t("cre.sender_name")} hint={t("cre.sender_hint")}>
            <input name="sender_name" maxLength={120} defaultValue={creditor.sender_name ?? ""}
              placeholder={creditor.name} />
          </Field>
        </div>
      </SaveForm>
    </div>
  );
}
