// A file that is dropped or chosen, and what it seems to hold. A spreadsheet of several sheets asks
// which.
import { useState, type DragEvent } from "react";
import { get, remove, upload } from "../api/client";
import { useChange } from "../api/queries";
import type { Uploaded } from "../api/types";
import { useWords } from "../i18n";
import { Field } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { sentenceOf } from "../parts/state";
import { useSession } from "../session";
import "../style/setup.css";
import { KINDS, sampleInvoices, type Kind } from "./import_fields";

const TYPES = ".xlsx,.csv,.tsv,.txt,text/csv,text/plain";

/** What it is, the server sees by its content. */
function keep(file: File, sheet?: string): Promise<Uploaded> {
  const body = new Blob([file], { type: "application/octet-stream" });
  return upload("/v1/uploads", {}, { file_name: file.name.slice(0, 200), ...(sheet ? { sheet } : {}) }, body);
}

/** The kind whose fields the file's columns give best. */
async function guessKind(id: string): Promise<Kind> {
  const looked = await Promise.all(KINDS.map(async (kind) => {
    const columns = await get("/v1/uploads/{upload}/columns", { upload: id }, { kind });
    const known = columns.columns.filter(({ field }) => field).length;
    return { kind, score: known - columns.missing.length };
  }));
  return looked.reduce((best, one) => (one.score > best.score ? one : best)).kind;
}

interface Several { file: File; made: Uploaded }

/** Which sheet of a spreadsheet; the first with rows is kept already. */
function Sheets(props: { of: Several; busy: boolean; choose: (sheet: string) => void }) {
  const { t } = useWords();
  const { file, made } = props.of;
  const [sheet, setSheet] = useState(made.sheet ?? made.sheets[0]!);
  return (
    <form className="panel stack" onSubmit={(event) => { event.preventDefault(); props.choose(sheet); }}>
      <Field label={t("imp.sheet_of", { file: file.name })} hint={t("imp.sheet_says")}>
        <select value={sheet} autoFocus onChange={(event) => setSheet(event.target.value)}>
          {made.sheets.map((name) => <option key={name}>{name}</option>)}
        </select>
      </Field>
      <div className="end"><button className="button primary" disabled={props.busy}>{t("imp.sheet_take")}</button></div>
    </form>
  );
}

export function Drop({ taken }: { taken: (id: string, kind: Kind) => void }) {
  const { t } = useWords();
  const { organization } = useSession();
  const [over, setOver] = useState(false);
  const [several, ask] = useState<Several | null>(null);
  const take = useChange(async (file: File) => {
    const made = await keep(file);
    if (made.sheets.length > 1) return { file, made };
    return { id: made.id, kind: await guessKind(made.id) };
  });
  const choose = useChange(async ({ of: { file, made }, sheet }: { of: Several; sheet: string }) => {
    let id = made.id;
    if (sheet !== made.sheet) {
      ({ id } = await keep(file, sheet));
      await remove("/v1/uploads/{upload}", { upload: made.id }, undefined);
    }
    return { id, kind: await guessKind(id) };
  });
  const begin = (file: File | undefined) => {
    ask(null);
    if (file) {
      take.mutate(file, { onSuccess: (got) => "made" in got ? ask(got as Several) : taken(got.id, got.kind) });
    }
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    begin(event.dataTransfer.files[0]);
  };
  return (
    <div className="stack">
      <label className="drop" data-over={over ? "" : undefined}
        onDragOver={(event) => { event.preventDefault(); setOver(true); }}
        onDragLeave={() => setOver(false)} onDrop={dropped}>
        <Icon name="invoices" />
        <strong>{take.isPending ? t("imp.reading") : t("imp.drop")}</strong>
        <span className="muted">{t("imp.drop_says")}</span>
        <input className="visually-hidden" type="file" accept={TYPES} disabled={take.isPending}
          aria-label={t("imp.choose")} onChange={(event) => begin(event.target.files?.[0])} />
      </label>
      {take.error && <p className="note bad" role="alert">{sentenceOf(t, take.error)}</p>}
      {choose.error && <p className="note bad" role="alert">{sentenceOf(t, choose.error)}</p>}
      {several && (
        <Sheets key={several.made.id} of={several} busy={choose.isPending}
          choose={(sheet) => choose.mutate({ of: several, sheet }, { onSuccess: ({ id, kind }) => taken(id, kind) })} />
      )}
      {organization && organization.mode !== "live" && (
        <p className="muted">
          {t("imp.no_file")}{" "}
          <button className="button" disabled={take.isPending}
            onClick={() => begin(sampleInvoices(organization.today))}>{t("imp.sample")}</button>
        </p>
      )}
    </div>
  );
}
