// Templates to choose from, each as it would read for a real invoice now.
import { useState } from "react";
import { useGet } from "../api/queries";
import { useWords } from "../i18n";
import { FormDialog } from "../parts/dialog";
import { Shown } from "../parts/state";

export default function Templates(props: { value: string; tone: number; close: () => void; set: (name: string) => void }) {
  const { t } = useWords();
  const list = useGet("/v1/templates", {}, { limit: 200 });
  const invoices = useGet("/v1/invoices", {}, { limit: 50 });
  const [name, setName] = useState(props.value.split("@")[0]!);
  const [number, setNumber] = useState("");
  const invoice = invoices.data?.items.find((one) => one.number === number) ?? invoices.data?.items[0];
  const preview = useGet("/v1/templates/{name}/preview", { name },
    { invoice: invoice?.id as never, tone: props.tone }, name !== "" && invoice !== undefined);
  return (
    <FormDialog wide title={t("designer.templates")} action={t("designer.use_template")} close={props.close}
      submit={async () => { if (name) props.set(name); }}>
      <div className="templates">
        <Shown query={list}>
          {(found) => (
            <div role="radiogroup" aria-label={t("designer.templates")}>
              {found.items.map((one) => (
                <label key={one.id} className="choice">
                  <input type="radio" name="template" checked={one.name === name} onChange={() => setName(one.name)} />
                  <span>{one.name}</span></label>
              ))}
            </div>
          )}
        </Shown>
        <div className="stack">
          {invoices.data?.items.length === 0 ? <p className="muted">{t("designer.preview_no_invoice")}</p> : (
            <label className="field"><span>{t("designer.preview_invoice")}</span>
              <select value={invoice?.number ?? ""} onChange={(event) => setNumber(event.target.value)}>
                {invoices.data?.items.map((one) => <option key={one.id}>{one.number}</option>)}
              </select></label>
          )}
          {name !== "" && invoice && (
            <Shown query={preview}>
              {(found) => (
                <div className="preview">
                  {found.subject && <strong>{found.subject}</strong>}
                  <pre tabIndex={0} aria-label={t("designer.preview")}>{found.text}</pre>
                </div>
              )}
            </Shown>
          )}
        </div>
      </div>
    </FormDialog>
  );
}
