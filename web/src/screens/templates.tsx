// Families of texts, and the one that is open.
import { lazy, Suspense } from "react";
import { Link, useParams } from "wouter";
import { useGet } from "../api/queries";
import type { Template } from "../api/types";
import { time } from "../format";
import { useWords, wordOf, type Key } from "../i18n";
import { Actor } from "../parts/actor";
import { useDrafts } from "../parts/draft";
import { Shown, Waiting } from "../parts/state";
import "../style/setup.css";
import "../style/templates.css";
import { TEMPLATES } from "./template_names";

const Editor = lazy(() => import("./template_editor"));
const PURPOSES = ["demand", "service", "legal"] as const;

function Family({ rows, purpose, drafts }: { drafts: Map<string, string>; rows: Template[]; purpose: (typeof PURPOSES)[number] }) {
  const { t } = useWords();
  if (rows.length === 0) return null;
  return (
    <section className="stack">
      <div><h2>{t(`tpl.${purpose}`)}</h2><p className="muted">{t(`tpl.${purpose}_says` as Key)}</p></div>
      <div className="cards">
        {rows.map((row) => (
          <Link key={row.id} className="card" href={`/templates/${row.name}`}>
            <strong>{wordOf(t, TEMPLATES, "tpn", row.name)}</strong>
            <span className="muted">{t("strategy.version_of", { version: row.version, at: time(row.published_at) })}</span>
            <span className="muted"><Actor name={row.published_by} /></span>
            {drafts.get(row.name) && <span className="badge warn">{t("tpl.drafts")} <Actor name={drafts.get(row.name)!} /></span>}
          </Link>
        ))}
      </div>
    </section>
  );
}

export default function Templates() {
  const { t } = useWords();
  const { name } = useParams<{ name?: string }>();
  const templates = useGet("/v1/templates", {}, {}, !name);
  const drafts = new Map((useDrafts("template", !name).data?.items ?? []).map((one) => [one.name ?? "", one.changed_by]));
  if (name) return <Suspense fallback={<Waiting />}><Editor key={name} name={name} /></Suspense>;
  return (
    <>
      <div className="page-head"><h1>{t("nav.templates")}</h1></div>
      <Shown query={templates}>
        {({ items }) => (
          <div className="stack" style={{ gap: 24 }}>
            {PURPOSES.map((purpose) => (
              <Family key={purpose} purpose={purpose} drafts={drafts} rows={items.filter((row) => row.purpose === purpose)} />
            ))}
          </div>
        )}
      </Shown>
    </>
  );
}
