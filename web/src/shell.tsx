// What stands around every screen: where one can go, in which mode one is, who one is.
import { useState, type ReactNode } from "react";
import { Link, useLocation, useRoute } from "wouter";
import { post } from "./api/client";
import { useLive } from "./api/live";
import { useChange } from "./api/queries";
import { time } from "./format";
import { LANGUAGES, useWords, type Language } from "./i18n";
import { useKeys } from "./keys";
import { Palette } from "./palette";
import { SCREENS } from "./nav";
import { Icon } from "./parts/icon";
import { useSession } from "./session";

function NavLink({ screen }: { screen: (typeof SCREENS)[number] }) {
  const { t } = useWords();
  const [here] = useRoute(`${screen.path}/*?`);
  return (
    <Link href={screen.path} className="nav-link" aria-current={here ? "page" : undefined}>
      <Icon name={screen.icon} />{t(screen.key)}
    </Link>
  );
}

function LanguageChoice() {
  const { t, language } = useWords();
  const { setLanguage } = useSession();
  return (
    <select aria-label={t("nav.language")} value={language}
      onChange={(event) => setLanguage(event.target.value as Language)}>
      {Object.entries(LANGUAGES).map(([code, name]) => <option key={code} value={code}>{name}</option>)}
    </select>
  );
}

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

function applyTheme(theme: Theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
applyTheme((localStorage.getItem("theme") as Theme | null) ?? "system");

function ThemeChoice() {
  const { t } = useWords();
  const [theme, setTheme] = useState<Theme>(
    () => (localStorage.getItem("theme") as Theme | null) ?? "system");
  return (
    <select aria-label={t("nav.theme")} value={theme} onChange={(event) => {
      const chosen = event.target.value as Theme;
      localStorage.setItem("theme", chosen);
      applyTheme(chosen);
      setTheme(chosen);
    }}>
      {THEMES.map((name) => <option key={name} value={name}>{t(`theme.${name}`)}</option>)}
    </select>
  );
}

/** Which of several organizations, where one works for more than one. */
function OrganizationChoice() {
  const { t } = useWords();
  const { me } = useSession();
  const change = useChange((organization: string) =>
    post("/v1/session/organization", {}, { organization: organization as `org_${string}` }));
  if (me.organizations.length < 2) return null;
  return (
    <select aria-label={t("nav.organization")} value={me.organization ?? ""}
      disabled={change.isPending}
      onChange={(event) => change.mutate(event.target.value, {
        onSuccess: () => location.assign("/app"),
      })}>
      {me.organizations.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
    </select>
  );
}

/** Nobody may take a sandbox for the real thing, nor the real thing for a sandbox. */
function ModeBanner() {
  const { t } = useWords();
  const { me, organization } = useSession();
  const [moved, setMoved] = useState<string | null>(null);
  const advance = useChange((days: number) => post("/v1/sandbox/advance", {}, { days }));
  if (!organization || organization.mode === "live") return null;
  const go = (days: number) => advance.mutate(days, {
    onSuccess: (answer) => setMoved(t("mode.moved", { sent: answer.sent, skipped: answer.skipped })),
    onError: (error) => setMoved(error.message),
  });
  return (
    <section className="mode" aria-label={t("mode.label")}>
      <span>{t(`mode.${organization.mode}`)}{organization.mode === "sandbox" && me.operator && (
        <> <Link href="/settings/organization">{t("found.own")}</Link></>)}</span>
      {organization.mode === "sandbox" && (
        <form onSubmit={(event) => event.preventDefault()}>
          <span role="status">{advance.isPending ? t("mode.moving") : moved}</span>
          <span className="nowrap">{time(organization.now)}</span>
          {[1, 7].map((days) => (
            <button key={days} type="button" className="button" disabled={advance.isPending}
              onClick={() => go(days)}>{t("mode.days", { days })}</button>
          ))}
        </form>
      )}
    </section>
  );
}

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useWords();
  const { me } = useSession();
  const [searching, setSearching] = useState(false);
  const [path] = useLocation();
  const [opened, open] = useState(""); // the menu of a narrow screen, at the place where it was opened
  useLive();
  useKeys({ search: () => setSearching(true) });
  return (
    <div className="shell">
      <nav aria-label={t("nav.screens")} data-shut={opened === path ? undefined : ""}>
        <div className="mark">
          <svg viewBox="0 0 28 28" width="24" height="24" aria-hidden="true" fill="none"
            stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" strokeLinejoin="round">
            <circle cx="14" cy="14" r="12.5" /><path d="M14 7v7l4.5 3" />
          </svg>
          Puntual
        </div>
        <button className="button" onClick={() => setSearching(true)}>
          <Icon name="search" />{t("nav.search")}<kbd>Ctrl K</kbd>
        </button>
        <button className="button menu" aria-expanded={opened === path}
          onClick={() => open(opened === path ? "" : path)}>{t("nav.menu")}</button>
        {SCREENS.map((screen) => <NavLink key={screen.path} screen={screen} />)}
        <div className="nav-foot">
          <OrganizationChoice />
          <LanguageChoice />
          <ThemeChoice />
          <form method="post" action="/sign-out">
            <button className="button quiet" title={me.email}>
              <Icon name="out" />{t("nav.sign_out")}
            </button>
          </form>
        </div>
      </nav>
      <div>
        <ModeBanner />
        <main>{children}</main>
      </div>
      {searching && <Palette close={() => setSearching(false)} />}
    </div>
  );
}
