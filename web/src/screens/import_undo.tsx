// Taking an import back: what it would take and what stays is said before anybody confirms.
import { useQuery } from "@tanstack/react-query";
import { post } from "../api/client";
import { useChange } from "../api/queries";
import type { Id, ImportUndone } from "../api/types";
import { useWords } from "../i18n";
import { FormDialog } from "../parts/dialog";
import { Shown } from "../parts/state";

function Left({ undone }: { undone: ImportUndone }) {
  const { t } = useWords();
  if (undone.left.length === 0) return null;
  return (
    <div className="note warn stack">
      <p>{t("imp.undo_left", { count: undone.left.length + undone.left_more })}</p>
      <ul>
        {undone.left.slice(0, 20).map((one) => (
          <li key={one.id}>{one.name} <span className="small" lang="en">· {one.reason_words}</span></li>
        ))}
      </ul>
    </div>
  );
}

export function UndoImport({ id, close }: { id: Id<"imp">; close: () => void }) {
  const { t } = useWords();
  const looked = useQuery({
    queryKey: ["undo", id],
    queryFn: () => post("/v1/imports/{import}/undo", { import: id }, { dry_run: true }),
    gcTime: 0,
  });
  const undo = useChange(() => post("/v1/imports/{import}/undo", { import: id }, {}));
  return (
    <FormDialog title={t("imp.undo_title")} action={t("imp.undo_do")} close={close}
      submit={() => undo.mutateAsync(undefined)}>
      <Shown query={looked}>
        {(found) => (
          <>
            <p>{t("imp.undo_says", { invoices: found.invoices, debtors: found.debtors,
              payments: found.payments })}</p>
            {found.changed > 0 && <p className="muted">{t("imp.undo_changed", { count: found.changed })}</p>}
            <Left undone={found} />
          </>
        )}
      </Shown>
    </FormDialog>
  );
}
