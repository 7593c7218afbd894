// What a thousand messages of each channel cost, and a thousand tasks: results, simulations, the
// forecast and the templates reckon with it.
import { patch } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Amount, Settings } from "../api/types";
import { money, priceOf, readAmount } from "../format";
import { useWords, wordOf, type Translate } from "../i18n";
import { Field, FieldWrong } from "../parts/dialog";
import { SaveForm } from "../parts/save_form";
import { Shown } from "../parts/state";
import { useSession } from "../session";
import { CHANNELS } from "../words";

const PRICED = [...CHANNELS, "task"] as const;
const CURRENCIES = ["EUR", "USD", "MXN", "COP", "CLP", "ARS", "PEN", "BRL"];

type Priced = typeof PRICED[number];

const nameOf = (t: Translate, one: Priced) => (one === "task" ? t("price.task") : wordOf(t, CHANNELS, "channel", one));
const priceIn = (settings: Settings, one: Priced): Amount | null => settings[`cost_${one}`] ?? null;
/** As it is typed: without the sign of its currency. */
const typed = (price: Amount | null) => (price ? money(price).replace(/[^\d.,]/g, "").replace(/^[.,]+|[.,]+$/g, "") : "");

/** What was typed where it is another than it was; null where it was taken away. */
function changesIn(t: Translate, settings: Settings, form: FormData): Record<string, Amount | null> {
  const changes: Record<string, Amount | null> = {};
  for (const one of PRICED) {
    const before = priceIn(settings, one);
    const text = String(form.get(one) ?? "").trim(), currency = String(form.get(`${one}_currency`));
    const minor = text ? readAmount(text, currency) : null;
    if (text && minor === null) throw new FieldWrong(t("price.wrong", { what: nameOf(t, one) }));
    if (minor === null ? before !== null : minor !== before?.minor || currency !== before.currency) {
      changes[`cost_${one}`] = minor === null ? null : { minor, currency };
    }
  }
  return changes;
}

function Prices({ settings }: { settings: Settings }) {
  const { t } = useWords();
  const { me, organization } = useSession();
  const save = useChange(([form, version]: [FormData, string | undefined]) =>
    patch("/v1/settings", {}, changesIn(t, settings, form), version));
  const currencies = [...new Set([organization!.currency, ...PRICED.map((one) => priceIn(settings, one)?.currency),
    ...CURRENCIES].filter((one) => one !== undefined))];
  if (me.role !== "owner") {
    const known = PRICED.filter((one) => priceIn(settings, one));
    return known.length === 0 ? <p className="muted">{t("price.none")}</p> : (
      <dl className="facts">
        {known.map((one) => <div key={one}><dt>{nameOf(t, one)}</dt><dd>{money(priceIn(settings, one)!)}</dd></div>)}
      </dl>
    );
  }
  return (
    <SaveForm action={t("price.save")} current={settings}
      labels={Object.fromEntries(PRICED.map((one) => [`cost_${one}`, nameOf(t, one)]))}
      submit={(form, version) => save.mutateAsync([form, version])}>
      <div className="form-grid">
        {PRICED.map((one) => {
          const price = priceIn(settings, one);
          return (
            <div className="price" key={one}>
              <Field label={t("price.of_thousand", { what: nameOf(t, one) })}
                {...(price ? { hint: t("price.each", { price: priceOf(price, 1) }) } : {})}>
                <input name={one} inputMode="decimal" maxLength={20} defaultValue={typed(price)} />
              </Field>
              <select name={`${one}_currency`} aria-label={t("price.currency_of", { what: nameOf(t, one) })}
                defaultValue={price?.currency ?? organization!.currency}>
                {currencies.map((code) => <option key={code} value={code}>{code}</option>)}
              </select>
            </div>
          );
        })}
      </div>
    </SaveForm>
  );
}

export function PricesPart() {
  const { t } = useWords();
  const settings = useGet("/v1/settings", {});
  return (
    <section className="panel stack">
      <h2>{t("price.title")}</h2>
      <p className="muted">{t("price.says")}</p>
      <Shown query={settings}>{(found) => <Prices settings={found} />}</Shown>
    </section>
  );
}
