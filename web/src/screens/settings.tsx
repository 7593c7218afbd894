// What is set once and looked at now and then, a part at a time.
import type { ComponentType } from "react";
import { Link, useParams } from "wouter";
import { useWords, type Key } from "../i18n";
import "../style/setup.css";
import { ChannelsPart } from "./settings_channels";
import { ConnectorsPart, LimitsPart } from "./settings_connectors";
import { DaysPart } from "./settings_days";
import { WebhooksPart } from "./settings_links";
import { ModePart } from "./settings_mode";
import { CreditorsPart, OrganizationPart, SecurityPart } from "./settings_org";
import { KeysPart, PeoplePart } from "./settings_people";
import { PoliciesPart } from "./settings_policies";
import { ApprovalsPart, AuditPart } from "./settings_rules";
import { WaysPart } from "./settings_ways";

const PARTS: { path: string; key: Key; part: ComponentType }[] = [
  { path: "organization", key: "set.organization", part: OrganizationPart },
  { path: "mode", key: "set.mode", part: ModePart },
  { path: "creditors", key: "set.creditors", part: CreditorsPart },
  { path: "channels", key: "set.channels", part: ChannelsPart },
  { path: "ways", key: "set.ways", part: WaysPart },
  { path: "people", key: "set.people", part: PeoplePart },
  { path: "security", key: "set.security", part: SecurityPart },
  { path: "approvals", key: "set.approvals", part: ApprovalsPart },
  { path: "policies", key: "set.policies", part: PoliciesPart },
  { path: "days", key: "set.days", part: DaysPart },
  { path: "connectors", key: "set.connectors", part: ConnectorsPart },
  { path: "keys", key: "set.keys", part: KeysPart },
  { path: "webhooks", key: "set.webhooks", part: WebhooksPart },
  { path: "audit", key: "set.audit", part: AuditPart },
  { path: "limits", key: "set.limits", part: LimitsPart },
];

export default function Settings() {
  const { t } = useWords();
  const { part } = useParams<{ part?: string }>();
  const here = PARTS.find(({ path }) => path === part) ?? PARTS[0]!;
  const Part = here.part;
  return (
    <>
      <div className="page-head"><h1>{t("nav.settings")}</h1></div>
      <div className="guide settings">
        <nav aria-label={t("nav.settings")}>
          <ul>
            {PARTS.map(({ path, key }) => (
              <li key={path}>
                <Link className="nav-link" href={`/settings/${path}`}
                  aria-current={path === here.path ? "page" : undefined}>{t(key)}</Link>
              </li>
            ))}
            <li><Link className="nav-link" href="/imports">{t("imp.history")}</Link></li>
          </ul>
        </nav>
        <div className="stack"><Part key={here.path} /></div>
      </div>
    </>
  );
}
