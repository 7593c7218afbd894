// The versions of a strategy: to look at, to compare with the newest, to begin a draft from.
import { useState } from "react";
import { get } from "../api/client";
import { useChange, useGet, useList } from "../api/queries";
import { time } from "../format";
import { useWords } from "../i18n";
import { FormDialog } from "../parts/dialog";
import { Failed, Shown } from "../parts/state";
import type { Doc } from "./model";
import { Changes } from "./publish";

function Difference({ strategy, version }: { strategy: string; version: number }) {
  const { t } = useWords();
  const diff = useGet("/v1/strategies/{strategy}/diff", { strategy }, { from: version });
  return (
    <Shown query={diff}>
      {(found) => found.changes.length > 0 ? <Changes changes={found.changes} />
        : <p className="muted">{t("designer.same_as_newest")}</p>}
    </Shown>
  );
}

export default function Versions(props: { strategy: string; newest: number; close: () => void;
  look: (version: number) => void; edit?: (doc: Doc, version: number) => Promise<unknown> }) {
  const { t } = useWords();
  const versions = useList("/v1/strategies/{strategy}/versions", { strategy: props.strategy });
  const [open, setOpen] = useState<number | null>(null);
  const edit = useChange(async (version: number) => {
    const found = await get("/v1/strategies/{strategy}/versions/{version}",
      { strategy: props.strategy, version: String(version) });
    await props.edit!(found.document as unknown as Doc, version);
  });
  return (
    <FormDialog wide title={t("designer.versions")} action={t("action.close")} close={props.close}>
      {edit.error && <Failed error={edit.error} />}
      <ol className="versions">
        {versions.rows.map((one) => (
          <li key={one.id}>
            <div className="actions">
              <strong>{t("strategy.version_of", { version: one.version, at: time(one.published_at) })}</strong>
              <span className="muted">{one.published_by}</span>
              {one.version === props.newest && <span className="badge ok">{t("designer.newest")}</span>}
              <button className="button quiet" onClick={() => props.look(one.version)}>{t("designer.look")}</button>
              {props.edit && <button className="button quiet" disabled={edit.isPending}
                onClick={() => edit.mutate(one.version)}>{t("designer.edit_from")}</button>}
              {one.version !== props.newest && (
                <button className="button quiet" aria-expanded={open === one.version}
                  onClick={() => setOpen(open === one.version ? null : one.version)}>{t("designer.compare")}</button>
              )}
            </div>
            {open === one.version && (<><p className="small muted">{t("designer.compare_says", { version: one.version })}</p>
              <Difference strategy={props.strategy} version={one.version} /></>)}
          </li>
        ))}
      </ol>
    </FormDialog>
  );
}
