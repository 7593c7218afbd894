// When whom may be contacted how: the packs of countries and the organization's own policies, which
// of them is used, and one of one's own made from a pack.
import { useState } from "react";
import { get, patch, post, Refused } from "../api/client";
import { useChange, useGet } from "../api/queries";
import type { Json, Organization, Policy } from "../api/types";
import { day } from "../format";
import { useWords, wordOf } from "../i18n";
import { FieldWrong } from "../parts/dialog";
import { sentenceOf, Shown } from "../parts/state";
import { UndoBar, useUndo } from "../parts/undo";
import { useLetters } from "../keys";
import { useSession } from "../session";
import { CHANNELS } from "../words";
import { begun, gridOf, respectsHolidays, WEEK, type Document, type SourceText } from "./policy_document";
import { Differences, gapWords, PolicyEditor, scopeWords, usePublishing, useTitle } from "./policy_edit";
import { EffectDialog, type Wish } from "./policy_effect";

const SHOWN = ["email", "sms", "whatsapp", "call", "letter"];

function hoursOf(document: Document, channel: string, weekday: string): string {
  const fit = (document.windows ?? []).filter((one) =>
    (!one.channels || one.channels.includes(channel)) && one.weekdays.includes(weekday));
  return [...new Set(fit.map(({ from, to }) => `${from}–${to}`))].join(", ");
}

function Week({ document }: { document: Document }) {
  const { t, language } = useWords();
  const name = (i: number) => new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" })
    .format(new Date(Date.UTC(2024, 0, 1 + i))); // a Monday
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t("pol.hours")}>
      <table aria-label={t("pol.hours")}>
        <thead><tr><th scope="col">{t("pol.weekday")}</th>
          {SHOWN.map((one) => <th scope="col" key={one}>{wordOf(t, CHANNELS, "channel", one)}</th>)}</tr></thead>
        <tbody>
          {WEEK.map((weekday, i) => (
            <tr key={weekday}>
              <th scope="row">{name(i)}</th>
              {SHOWN.map((one) => {
                const hours = hoursOf(document, one, weekday);
                return <td key={one}>{hours ? <span className="badge ok">{hours}</span>
                  : <span className="muted">{t("pol.never")}</span>}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Rules({ document }: { document: Document }) {
  const { t } = useWords();
  return (
    <>
      <h3>{t("pol.caps")}</h3>
      <ul className="stack" style={{ gap: 4 }}>
        {(document.caps ?? []).map((cap, i) => (
          <li key={i}><strong>{scopeWords(t, cap)}</strong> {t("pol.cap", { max: cap.max, days: cap.days })}</li>
        ))}
        {(document.gaps ?? []).map((gap, i) => (
          <li key={`gap${i}`}><strong>{scopeWords(t, gap)}</strong> {gapWords(t, gap)}</li>
        ))}
      </ul>
      <p className="muted">{t(respectsHolidays(document) ? "pol.holidays_avoid" : "pol.holidays_some")}</p>
    </>
  );
}

/** What the rules rest on, in the reader's language. */
function Sources({ document, texts }: { document: Document; texts: SourceText[] }) {
  const { t } = useWords();
  return (
    <details>
      <summary>{t("pol.sources")}</summary>
      <ul className="stack" style={{ gap: 4, marginTop: 8 }}>
        {Object.entries(document.sources ?? {}).map(([key, one]) => (
          <li key={key}>{texts.find((each) => each.key === key)?.text ?? one.text} <span className="badge">{t(`pol.basis_${one.basis}` as "pol.basis_law")}</span>{" "}
            <span className="muted">{t("pol.checked", { day: day(one.checked) })}</span>
            {one.url && <> <a href={one.url} target="_blank" rel="noreferrer">{t("pol.source")}</a></>}</li>
        ))}
      </ul>
    </details>
  );
}

function useDocument(name: string | undefined, pack: boolean) {
  return useGet("/v1/policies/{policy}", { policy: name ?? "" }, pack ? { pack: true } : {}, Boolean(name));
}

function OnePolicy(props: {
  policy: Policy; policies: Policy[]; use: (policy: string) => void; inUse: boolean;
  again: (name: string, version: string) => void; published: (document: Document, before: Organization) => void;
}) {
  const { t } = useWords();
  const { policy } = props;
  const nameIn = useTitle();
  const packName = policy.own ? policy.base ?? undefined : policy.name;
  const found = useDocument(policy.name, !policy.own);
  const pack = useDocument(packName, true);
  const [editing, edit] = useState(false);
  const versions = props.policies.filter(({ own, name }) => own && policy.own && name === policy.name);
  const base = pack.data?.document as unknown as Document | undefined;
  return (
    <Shown query={found}>
      {({ document: json, sources: texts }) => {
        const document = json as unknown as Document;
        const title = nameIn(policy);
        if (editing && base) {
          return (
            <PolicyEditor start={policy.own ? document : begun(document, t("pol.own_title", { pack: title }))} pack={base}
              policies={props.policies} close={() => edit(false)}
              done={(made, before) => { edit(false); props.published(made, before); }} />
          );
        }
        return (
          <div className="stack">
            <div className="actions">
              {!props.inUse && <button className="button primary" onClick={() => props.use(policy.name)}>{t("pol.use")}</button>}
              {base && <button className="button" onClick={() => edit(true)}>{t(policy.own ? "pol.edit" : "pol.make")}</button>}
            </div>
            {policy.own && !policy.base && <p className="note">{t("pol.no_base")}</p>}
            <Week document={document} />
            <Rules document={document} />
            {policy.own && base && <Differences document={document} pack={base} grid={gridOf(document)} />}
            <Sources document={document} texts={texts} />
            {versions.length > 1 && (
              <section className="stack" aria-label={t("pol.versions")}>
                <h3>{t("pol.versions")}</h3>
                <ul className="picks">
                  {versions.slice(0, -1).reverse().map((one) => (
                    <li className="actions" key={one.version}>
                      <span>{t("pol.version", { version: one.version })}</span>
                      <button className="button" style={{ width: "auto", marginLeft: "auto" }}
                        onClick={() => props.again(one.name, one.version)}>{t("pol.again", { version: one.version })}</button>
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </div>
        );
      }}
    </Shown>
  );
}

/** Of each name the newest. */
function newest(policies: Policy[]): Policy[] {
  const by = new Map<string, Policy>();
  for (const one of policies) if (one.own || !by.get(one.name)?.own) by.set(one.name, one);
  return [...by.values()];
}

const next = (policies: Policy[], name: string) => String(policies.filter((one) => one.own && one.name === name)
  .reduce((most, one) => Math.max(most, Number.parseInt(one.version, 10) || 0), 0) + 1);

type Asked = { wish: Wish; organization: Organization; title: string };

function Policies({ items }: { items: Policy[] }) {
  const { t } = useWords();
  const { organization } = useSession();
  const { done, tell, clear } = useUndo();
  useLetters(done?.undo ? { u: () => void done.undo!().then(clear, (error: unknown) =>
    tell(error instanceof FieldWrong ? error.message : sentenceOf(t, error))) } : {});
  const [chosen, choose] = useState<string | null>(null);
  const [asked, ask] = useState<Asked | null>(null);
  const list = newest(items);
  const country = list.find(({ name }) => name === organization!.country.toLowerCase())?.name ?? "neutral";
  const used = organization!.policy ?? country;
  // what was just published is in the list a moment later
  const one = list.find(({ name }) => name === chosen) ?? list.find(({ name }) => name === used) ?? list[0]!;
  const shown = one.name;
  const nameIn = useTitle();
  const titleOf = (name: string | null | undefined) => {
    const found = list.find((each) => each.name === name);
    return found ? nameIn(found) : name ?? t("set.policy_country");
  };

  const set = useChange(async ([policy, version]: [string | null, string]) => {
    try {
      return await patch("/v1/organization", {}, { policy }, version);
    } catch (error) {
      if (error instanceof Refused && [409, 412].includes(error.problem.status)) throw new FieldWrong(t("pol.changed"));
      throw error;
    }
  });
  const publishing = usePublishing();
  const publishAndUse = useChange(([document, before]: [Document, Organization]) => publishing(document, before));
  const publish = useChange((document: Document) => post("/v1/policies", {}, { document: document as unknown as Json }));

  async function apply({ wish, organization: before }: Asked) {
    if ("policy" in wish) {
      const after = await set.mutateAsync([wish.policy, before.version]);
      tell(t("pol.now_used", { title: titleOf(wish.policy) }),
        () => set.mutateAsync([before.policy ?? null, after.version]));
      return;
    }
    const document = wish.document as unknown as Document;
    await publishAndUse.mutateAsync([document, before]);
    published(document, before);
  }
  /** An earlier version's document, as a new version. */
  async function again(name: string, version: string) {
    const found = await get("/v1/policies/{policy}", { policy: name }, { version });
    const document = { ...(found.document as unknown as Document), version: next(items, name) };
    ask({ wish: { document: document as unknown as Json }, organization: organization!, title: t("pol.again", { version }) });
  }
  function published(document: Document, before: Organization) {
    choose(document.name);
    const former = Number(document.version) - 1;
    tell(t("pol.published", { title: document.title ?? document.name, version: document.version }), async () => {
      if (before.policy !== document.name) {
        const current = await get("/v1/organization", {});
        if (current.policy !== document.name) throw new FieldWrong(t("pol.changed"));
        await set.mutateAsync([before.policy ?? null, current.version]);
        choose(null);
        return;
      }
      const found = await get("/v1/policies/{policy}", { policy: document.name }, { version: String(former) });
      await publish.mutateAsync({ ...(found.document as unknown as Document), version: String(former + 2) });
    });
  }
  return (
    <>
      <p>{t("pol.used_now", { title: titleOf(organization!.policy) })}{" "}
        {organization!.policy && <button className="button" onClick={() => ask({ wish: { policy: null },
          organization: organization!, title: t("pol.use_country") })}>{t("pol.use_country")}</button>}</p>
      <div className="chips" role="group" aria-label={t("set.policies")}>
        {list.map(({ name, own }) => (
          <button key={name} className="chip" aria-pressed={name === shown} onClick={() => choose(name)}>
            {titleOf(name)}{own ? ` · ${t("pol.own")}` : ""}{name === used ? ` · ${t("pol.in_use")}` : ""}
          </button>
        ))}
      </div>
      <p>{t("pol.version", { version: one.version })}{one.from && ` · ${day(one.from)}`}
        {one.base && ` · ${t("pol.based", { pack: titleOf(one.base) })}`}</p>
      <OnePolicy key={shown} policy={one} policies={items} inUse={organization!.policy === shown}
        use={(policy) => ask({ wish: { policy }, organization: organization!, title: t("pol.use_this", { title: titleOf(policy) }) })}
        again={(name, version) => void again(name, version)} published={published} />
      {asked && <EffectDialog title={asked.title} action={"policy" in asked.wish ? t("pol.use") : t("pol.publish")}
        wish={asked.wish} close={() => ask(null)} submit={() => apply(asked)} />}
      <UndoBar done={done} clear={clear} letter />
    </>
  );
}

export function PoliciesPart() {
  const { t } = useWords();
  const policies = useGet("/v1/policies", {});
  return (
    <section className="panel stack">
      <h2>{t("set.policies")}</h2>
      <p className="muted">{t("pol.says")}</p>
      <Shown query={policies}>{({ items }) => <Policies items={items} />}</Shown>
    </section>
  );
}
