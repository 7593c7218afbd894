// A list as a file for a spreadsheet. It is fetched and then saved, so that what the server refuses
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
export function ExportButton<P extends ExportPath>(props: { path: P; query?: GetQuery<P>; label: string }) {
  const { t } = useWords();
  const { organization } = useSession();
  const fetched = useMutation({
    mutationFn: async () => {
      const query = { ...props.query, separator: usesComma() ? "semicolon" : "comma" } as GetQuery<P>;
      saveFile(await getFile(props.path, {} as never, query),
        `${props.path.split("/").pop()}-${organization!.today}.csv`);
    },
  });
  return (
    <>
      {fetched.isError && <span className="bad" role="alert">{sentenceOf(t, fetched.error)}</span>}
      <button type="button" className="button" disabled={fetched.isPending} onClick={() => fetched.mutate()}>
        {props.label}
      </button>
    </>
  );
}
