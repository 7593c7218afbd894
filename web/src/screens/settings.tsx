// What is set once and looked at now and then, a part at a time.
import type { ComponentType } from "react";
import { Link, useParams } from "wouter";
import { useWords } from "../i18n";
import { SETTINGS } from "../nav";
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
import { SegmentsPart } from "./settings_segments";
import { WaysPart } from "./settings_ways";

const PARTS: Record<(typeof SETTINGS)[number]["path"], ComponentType> = {
  organization: OrganizationPart,
  mode: ModePart,
  creditors: CreditorsPart,
  channels: ChannelsPart,
  ways: WaysPart,
  people: PeoplePart,
  security: SecurityPart,
  approvals: ApprovalsPart,
  policies: PoliciesPart,
  segments: SegmentsPart,
  days: DaysPart,
  connectors: ConnectorsPart,
  keys: KeysPart,
  webhooks: WebhooksPart,
  audit: AuditPart,
  limits: LimitsPart,
};

export default function Settings() {
  const { t } = useWords();
  const { part } = useParams<{ part?: string }>();
  const here = SETTINGS.find(({ path }) => path === part) ?? SETTINGS[0];
  const Part = PARTS[here.path];
  return (
    <>
      <div className="page-head"><h1>{t("nav.settings")}</h1></div>
      <div className="guide settings">
        <nav aria-label={t("nav.settings")}>
          <ul>
            {SETTINGS.map(({ path, key }) => (
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
