// Where one can go, and the letter that goes there after G.
import type { Key } from "./i18n";
import type { IconName } from "./parts/icon";

export const SCREENS: { path: string; key: Key; icon: IconName; letter: string }[] = [
  { path: "/today", key: "nav.today", icon: "today", letter: "t" },
  { path: "/debtors", key: "nav.debtors", icon: "debtors", letter: "d" },
  { path: "/outbox", key: "nav.outbox", icon: "outbox", letter: "o" },
  { path: "/strategies", key: "nav.strategies", icon: "strategies", letter: "s" },
  { path: "/results", key: "nav.results", icon: "results", letter: "r" },
  { path: "/templates", key: "nav.templates", icon: "mail", letter: "l" },
  { path: "/invoices", key: "nav.invoices", icon: "invoices", letter: "f" },
  { path: "/payments", key: "nav.payments", icon: "payments", letter: "c" },
  { path: "/start", key: "nav.start", icon: "flag", letter: "p" },
  { path: "/imports", key: "nav.imports", icon: "imports", letter: "i" },
  { path: "/settings", key: "nav.settings", icon: "settings", letter: "a" },
];

/** The parts of the settings, in their order. */
export const SETTINGS = [
  { path: "organization", key: "set.organization" },
  { path: "mode", key: "set.mode" },
  { path: "creditors", key: "set.creditors" },
  { path: "channels", key: "set.channels" },
  { path: "ways", key: "set.ways" },
  { path: "people", key: "set.people" },
  { path: "security", key: "set.security" },
  { path: "approvals", key: "set.approvals" },
  { path: "policies", key: "set.policies" },
  { path: "segments", key: "set.segments" },
  { path: "days", key: "set.days" },
  { path: "connectors", key: "set.connectors" },
  { path: "keys", key: "set.keys" },
  { path: "webhooks", key: "set.webhooks" },
  { path: "audit", key: "set.audit" },
  { path: "limits", key: "set.limits" },
] as const satisfies { path: string; key: Key }[];
