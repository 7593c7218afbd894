// A file that is dropped or chosen, and what it seems to hold.
import { useState, type DragEvent } from "react";
import { get, upload } from "../api/client";
import { useChange } from "../api/queries";
import type { Id } from "../api/types";
import { useWords } from "../i18n";
import { Icon } from "../parts/icon";
import { sentenceOf } from "../parts/state";
import { useSession } from "../session";
import "../style/setup.css";
import { KINDS, sampleInvoices, type Kind } from "./import_fields";

const TYPES = ".csv,.tsv,.txt,text/csv,text/plain";

async function keep(file: File): Promise<Id<"upl">> {
  const text = file.type.startsWith("text/") || /\.(csv|tsv|txt)$/i.test(file.name);
  const body = new Blob([file], { type: text ? "text/csv" : "application/octet-stream" });
  return (await upload("/v1/uploads", {}, { file_name: file.name.slice(0, 200) }, body)).id as Id<"upl">;
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

export function Drop({ taken }: { taken: (id: string, kind: Kind) => void }) {
  const { t } = useWords();
  const { organization } = useSession();
  const [over, setOver] = useState(false);
  const take = useChange(async (file: File) => {
    const id = await keep(file);
    return { id, kind: await guessKind(id) };
  });
  const begin = (file: File | undefined) => {
    if (file) take.mutate(file, { onSuccess: ({ id, kind }) => taken(id, kind) });
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
