// What a template would say about a real invoice: from an address of its own, in a frame that may
// do nothing. Phone or desktop, light or dark, or the plain text that goes with it.
import { useRef, useState } from "react";
import { get } from "../api/client";
import { useQuery } from "@tanstack/react-query";
import type { Id, Preview } from "../api/types";
import { useWords } from "../i18n";
import { Shown } from "./state";

export interface About {
  template: string;
  invoice: Id<"inv">;
  tone?: number | undefined;
  language?: string | undefined;
  form?: "usted" | "tu" | undefined;
  channel?: string | undefined;
  /** one text of a draft instead of what is published */
  draft?: { id: Id<"drf">; variant: number } | undefined;
}

/** `version` changes where what it shows has changed. */
export function usePreview(about: About, version: string | number) {
  const { template, draft, ...query } = about;
  return useQuery<Preview>({
    queryKey: ["preview", about, version],
    queryFn: ({ signal }) => draft
      ? get("/v1/drafts/{draft}/preview", { draft: draft.id }, { invoice: about.invoice, variant: draft.variant }, signal)
      : get("/v1/templates/{name}/preview", { name: template }, query as never, signal),
    placeholderData: (before) => before,
    retry: false,
  });
}

function pageOf(about: About, version: string | number, dark: boolean): string {
  const search = new URLSearchParams({ invoice: about.invoice, look: dark ? "dark" : "light" });
  if (about.draft) {
    search.set("variant", String(about.draft.variant));
    return `/v1/drafts/${about.draft.id}/preview/page?${search}#${version}`;
  }
  for (const name of ["tone", "language", "form"] as const) {
    if (about[name]) search.set(name, String(about[name]));
  }
  return `/v1/templates/${encodeURIComponent(about.template)}/preview/page?${search}`;
}

export function MailPreview({ about, version }: { about: About; version: string | number }) {
  const { t } = useWords();
  const [narrow, setNarrow] = useState(false);
  const [dark, setDark] = useState(false);
  const [plain, setPlain] = useState(false);
  const text = usePreview(about, version);
  const good = useRef({ about, version }); // what cannot be written is no page either
  if (text.data && !text.isPlaceholderData && !text.error) good.current = { about, version };
  const toggle = (label: string, on: boolean, set: (on: boolean) => void) => (
    <button type="button" className="chip" aria-pressed={on} onClick={() => set(!on)}>{label}</button>
  );
  return (
    <Shown query={{ ...text, data: text.error ? undefined : text.data }}>
      {(found) => (
        <div className="stack">
          <div className="panel-head" style={{ margin: 0 }}>
            <p><span className="muted">{t("prev.subject")}</span> <strong>{found.subject ?? "–"}</strong></p>
            <div className="chips" role="group" aria-label={t("prev.how")}>
              {toggle(t("prev.phone"), narrow, setNarrow)}
              {toggle(t("prev.dark"), dark, setDark)}
              {toggle(t("prev.plain"), plain, setPlain)}
            </div>
          </div>
          {plain || !found.html ? (
            <pre className="plain" tabIndex={0} lang={found.language} aria-label={t("prev.plain")}>{found.text}</pre>
          ) : (
            <div className="frame" data-dark={dark ? "" : undefined}>
              <iframe key={`${good.current.version}`} title={t("prev.title")} sandbox="" src={pageOf(good.current.about, good.current.version, dark)}
                style={{ width: narrow ? 390 : "100%" }} />
            </div>
          )}
        </div>
      )}
    </Shown>
  );
}
