// What debtors are offered to pay with: transfer, cash voucher, a provider.
import { useState } from "react";
import { get, post, put, removeBy } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Creditor, WayToPay } from "../api/types";
import { time } from "../format";
import { useWords, type Translate } from "../i18n";
import { Field, FieldWrong, FormDialog } from "../parts/dialog";
import { EditDialog, foundIn, NONE_YET } from "../parts/edit_dialog";
import { RemoveButton } from "../parts/remove";
import { isChanged, textOf } from "../parts/save_form";
import { Copied } from "../parts/secret";
import { Shown, Tried } from "../parts/state";
import { useSession } from "../session";
import { useOwner } from "./settings_channels";

const KINDS = ["transfer", "voucher", "stripe", "simulated"] as const;
type Kind = (typeof KINDS)[number];

function Voucher({ way }: { way: WayToPay | undefined }) {
  const { t } = useWords();
  const [form, choose] = useState(way?.form ?? "code128");
  return (
    <>
      <Field label={t("way.place")} hint={t("way.place_hint")}>
        <input name="place" required maxLength={80} defaultValue={way?.place ?? ""} placeholder="OXXO, Correos…" /></Field>
      <Field label={t("way.form")}>
        <select name="form" value={form} onChange={(event) => choose(event.target.value as "n57")}>
          <option value="code128">Code 128</option><option value="n57">Cuaderno 57</option>
        </select>
      </Field>
      {form === "n57" ? (
        <>
          <Field label={t("way.issuer")}><input name="issuer" required pattern="[0-9]{8}" defaultValue={way?.issuer ?? ""} /></Field>
          <Field label={t("way.suffix")}><input name="suffix" required pattern="[0-9]{3}" defaultValue={way?.suffix ?? ""} /></Field>
        </>
      ) : <Field label={t("way.prefix")}><input name="prefix" pattern="[0-9]{0,8}" defaultValue={way?.prefix ?? ""} /></Field>}
      <Field label={t("way.days")}><input name="days" type="number" min={1} max={30} defaultValue={way?.days ?? 5} /></Field>
    </>
  );
}

function Stripe({ way }: { way: WayToPay | undefined }) {
  const { t } = useWords();
  const since = (at: string | null | undefined) => at ? t("chan.password_since", { when: time(at) })
    : way?.has_key ? t("chan.password_server") : t("chan.password_hint");
  return (
    <>
      <Field label={t("way.key")} hint={since(way?.key_set_at)}>
        <input name="key" type="password" required={!way?.has_key} maxLength={500} autoComplete="new-password"
          placeholder={way?.has_key ? "••••••••" : "sk_live_…"} /></Field>
      <Field label={t("way.webhook_secret")} hint={since(way?.webhook_secret_set_at)}>
        <input name="webhook_secret" type="password" required={!way?.has_key} maxLength={500}
          autoComplete="new-password" placeholder={way?.has_key ? "••••••••" : "whsec_…"} /></Field>
      <Field label={t("way.methods")} hint={t("way.methods_hint")}>
        <input name="methods" maxLength={200} defaultValue={way?.methods ?? ""} placeholder="card sepa_debit" /></Field>
    </>
  );
}

type Place = Pick<WayToPay, "creditor" | "country">;

const wayOf = (t: Translate, form: FormData, { creditor, country }: Place) => ({
  ...(creditor ? { creditor } : {}), ...(country ? { country } : {}),
  position: Number(form.get("position")) || 0,
  ...(form.has("paused") ? { paused: t("way.paused_by") } : {}),
  ...Object.fromEntries((["place", "form", "issuer", "suffix", "prefix", "methods", "key", "webhook_secret"] as const)
    .filter((name) => textOf(form, name)).map((name) => [name, textOf(form, name)!])),
  ...(form.get("days") ? { days: Number(form.get("days")) } : {}),
});

function WayFields({ kind, way, creditors }: { kind: Kind; way: WayToPay | undefined; creditors: Creditor[] }) {
  const { t } = useWords();
  return (
    <>
      <p className="muted">{t(`way.${kind}_says`)}</p>
      <div className="form-grid">
        {kind === "voucher" && <Voucher way={way} />}
        {kind === "stripe" && <Stripe way={way} />}
        {!way && <>
          <Field label={t("field.creditor")}>
            <select name="creditor" defaultValue="">
              <option value="">{t("way.all_creditors")}</option>
              {creditors.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
            </select>
          </Field>
          <Field label={t("way.country")} hint={t("way.country_hint")}>
            <input name="country" maxLength={2} pattern="[A-Za-z]{2}" /></Field>
        </>}
        <Field label={t("way.position")} hint={t("way.position_hint")}>
          <input name="position" type="number" min={0} max={100} defaultValue={way?.position ?? 0} /></Field>
        <label className="check whole">
          <input type="checkbox" name="paused" defaultChecked={Boolean(way?.paused)} /><span>{t("way.pause")}</span>
        </label>
      </div>
    </>
  );
}

function NewWay(props: { kind: Kind; ways: WayToPay[]; creditors: Creditor[]; close: () => void }) {
  const { t } = useWords();
  const { kind } = props;
  const make = useChange(([form, place]: [FormData, Place]) =>
    put("/v1/ways-to-pay/{kind}", { kind }, wayOf(t, form, place), NONE_YET));
  return (
    <FormDialog wide title={t(`way.${kind}`)} action={t("form.save")} close={props.close}
      submit={async (form) => {
        const place: Place = { creditor: (textOf(form, "creditor") ?? null) as Place["creditor"],
          country: textOf(form, "country")?.toUpperCase() ?? null };
        const exists = () => new FieldWrong(t("way.exists"));
        if (props.ways.some((one) => isAt(one, { kind, ...place }))) throw exists();
        await make.mutateAsync([form, place]).catch((error: unknown) => { throw isChanged(error) ? exists() : error; });
      }}>
      <WayFields kind={kind} way={undefined} creditors={props.creditors} />
    </FormDialog>
  );
}

const isAt = (one: WayToPay, wanted: Place & { kind: string }) => one.kind === wanted.kind
  && (one.creditor ?? null) === (wanted.creditor ?? null) && (one.country ?? null) === (wanted.country ?? null);

function WayForm({ way, creditors, close }: { way: WayToPay; creditors: Creditor[]; close: () => void }) {
  const { t } = useWords();
  const { kind } = way;
  const save = useChange(([form, version]: [FormData, string]) =>
    put("/v1/ways-to-pay/{kind}", { kind }, wayOf(t, form, way), version));
  const since = (at: string | null | undefined) => t("chan.password_since", { when: time(at!) });
  return (
    <EditDialog wide title={t(`way.${kind}`)} action={t("form.save")} close={close} row={way}
      again={async () => foundIn((await get("/v1/ways-to-pay", {})).items, (one) => isAt(one, way))}
      labels={{ position: t("way.position"), paused: t("way.pause"), place: t("way.place"), form: t("way.form"),
        issuer: t("way.issuer"), suffix: t("way.suffix"), prefix: t("way.prefix"), days: t("way.days"),
        methods: t("way.methods"), key_set_at: t("way.key"), webhook_secret_set_at: t("way.webhook_secret") }}
      say={{ key_set_at: since, webhook_secret_set_at: since }}
      submit={(form, _, version) => save.mutateAsync([form, version])}>
      {(read) => <WayFields kind={kind} way={read} creditors={creditors} />}
    </EditDialog>
  );
}

function Way({ way, creditors }: { way: WayToPay; creditors: Creditor[] }) {
  const { t } = useWords();
  const owner = useOwner();
  const [editing, edit] = useState(false);
  const test = useChange(() => post("/v1/ways-to-pay/{kind}/test", { kind: way.kind }, {
    ...(way.creditor ? { creditor: way.creditor } : {}), ...(way.country ? { country: way.country } : {}),
  }));
  const drop = useChange(() => removeBy("/v1/ways-to-pay/{kind}", { kind: way.kind }, {
    ...(way.creditor ? { creditor: way.creditor } : {}), ...(way.country ? { country: way.country } : {}),
  }, way.version));
  return (
    <div className="block">
      <strong>{t(`way.${way.kind}`)}{way.place && ` · ${way.place}`}</strong>
      <span className="muted">
        {creditors.find(({ id }) => id === way.creditor)?.name ?? t("way.all_creditors")}
        {way.country && ` · ${way.country}`}{way.paused && ` · ${t("way.is_paused")}`}
      </span>
      {way.webhook_url && (
        <p className="muted break">{t("way.webhook")} <code>{way.webhook_url}</code> <Copied text={way.webhook_url} /></p>
      )}
      {test.error && <Tried error={test.error} />}
      <p role="status" className={test.data ? "note" : undefined}>
        {test.data && t(test.data.live ? "way.key_live" : "way.key_test")}</p>
      {owner && (
        <div className="actions">
          {way.has_key && (
            <button className="button" disabled={test.isPending} onClick={() => test.mutate(undefined)}>
              {t("way.test")}</button>
          )}
          <button className="button" onClick={() => edit(true)}>{t("box.change")}</button>
          <RemoveButton title={t("way.drop", { way: t(`way.${way.kind}`) })} says={t("way.drop_says")}
            remove={() => drop.mutateAsync(undefined)} />
        </div>
      )}
      {editing && <WayForm way={way} creditors={creditors} close={() => edit(false)} />}
    </div>
  );
}

export function WaysPart() {
  const { t } = useWords();
  const owner = useOwner();
  const { organization } = useSession();
  const ways = useGet("/v1/ways-to-pay", {});
  const creditors = useGet("/v1/creditors", {});
  const [adding, add] = useState<Kind | null>(null);
  const owned = creditors.data?.items ?? [];
  const kinds = KINDS.filter((kind) => kind !== "simulated" || organization!.mode !== "live");
  return (
    <section className="panel stack">
      <h2>{t("set.ways")}</h2>
      <p className="muted">{t("way.says")}</p>
      <ul className="stack" style={{ gap: 4 }}>
        {owned.map((one) => (
          <li key={one.id}><strong>{one.name}</strong>: {one.account || one.pix_key
            ? <code>{one.account ?? one.pix_key}</code> : <span className="bad">{t("way.no_account")}</span>}</li>
        ))}
      </ul>
      <Shown query={ways}>
        {({ items }) => (
          <>
            {items.length === 0 && <p className="note">{t("way.none")}</p>}
            {items.map((one) => <Way key={`${one.kind}${one.creditor}${one.country}`} way={one} creditors={owned} />)}
          </>
        )}
      </Shown>
      {owner && (
        <div className="actions">
          {kinds.map((kind) => (
            <button className="button" key={kind} onClick={() => add(kind)}>{t("way.add", { way: t(`way.${kind}`) })}</button>
          ))}
        </div>
      )}
      {adding && <NewWay kind={adding} ways={ways.data?.items ?? []} creditors={owned} close={() => add(null)} />}
    </section>
  );
}
