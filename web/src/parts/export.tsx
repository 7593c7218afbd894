// A list as a file for a spreadsheet: Excel's own, or CSV. It is fetched and then saved, so that what the server refuses
// is said here and not found in a file.
import { useMutation } from "@tanstack/react-query";
import { getFile, type GetPath, type GetQuery } from "../api/client";
import { usesComma } from "../format";
import { useWords } from "../i18n";
import { saveFile } from "../save";
import { useSession } from "../session";
import { sentenceOf } from "./state";

export type ExportPath = Extract<GetPath, `/v1/exports/${string}`>;

/** `query` is what the list is narrowed by, as far as the route knows it. */
type Format = "csv" | "xlsx";

export function ExportButton<P extends ExportPath>(props: { path: P; query?: GetQuery<P>; label: string }) {
  const { t } = useWords();
  const { organization } = useSession();
  const fetched = useMutation({
    mutationFn: async (format: Format) => {
      const query = { ...props.query, format,
        ...(format === "csv" ? { separator: usesComma() ? "semicolon" : "comma" } : {}) } as GetQuery<P>;
      saveFile(await getFile(props.path, {} as never, query),
        `${props.path.split("/").pop()}-${organization!.today}.${format}`);
    },
  });
  return (
    <>
      {fetched.isError && <span className="bad" role="alert">{sentenceOf(t, fetched.error)}</span>}
      <span className="joined" role="group" aria-label={props.label}>
        <button type="button" className="button" disabled={fetched.isPending}
          onClick={() => fetched.mutate("xlsx")}>{t("action.to_excel", { what: props.label })}</button>
        <button type="button" className="button" disabled={fetched.isPending}
          aria-label={t("action.to_csv", { what: props.label })} onClick={() => fetched.mutate("csv")}>CSV</button>
      </span>
    </>
  );
}
