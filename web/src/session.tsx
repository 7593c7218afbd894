// Who works here, and for which organization. When the session ends the screen stays as it is, with
// what was typed, under a dialog that asks for the password.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import { get, post, setCsrf, whenSignedOut, whenWeak } from "./api/client";
import type { Me, Organization } from "./api/types";
import { setPlace } from "./format";
import { languageOf, loadWords, useWords, WordsProvider, type Language, type Words } from "./i18n";
import { Field, FormDialog } from "./parts/dialog";
import { Failed } from "./parts/state";

interface Session {
  me: Me;
  organization: Organization | null;
  setLanguage: (language: Language) => void;
}

const Context = createContext<Session | null>(null);

export function useSession() {
  return useContext(Context)!;
}

async function load() {
  const me = await get("/v1/session", {});
  setCsrf(me.csrf);
  const organization = me.organization ? await get("/v1/organization", {}) : null;
  return { me, organization };
}

function useLanguage(me: Me | undefined) {
  const [language, choose] = useState<Language>(() => languageOf(undefined));
  const [words, setWords] = useState<Words | null>(null);
  useEffect(() => { if (me) choose(languageOf(me.language)); }, [me]);
  useEffect(() => {
    let current = true;
    void loadWords(language).then((loaded) => {
      if (!current) return;
      document.documentElement.lang = language;
      setWords(loaded);
    });
    return () => { current = false; };
  }, [language]);
  return { language, words, choose };
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const loaded = useQuery({ queryKey: ["session"], queryFn: load });
  const { language, words, choose } = useLanguage(loaded.data?.me);
  const [ended, setEnded] = useState(false);
  const [weak, setWeak] = useState<((given: boolean) => void) | null>(null);
  useEffect(() => whenSignedOut(() => setEnded(true)), []);
  useEffect(() => whenWeak(() => new Promise((answer) => setWeak(() => answer))), []);
  if (!words) return null;
  if (!loaded.data) {
    return (
      <WordsProvider language={language} words={words}>
        {loaded.error && <main><Failed error={loaded.error} retry={() => void loaded.refetch()} /></main>}
      </WordsProvider>
    );
  }
  const { me, organization } = loaded.data;
  if (organization) setPlace(language, organization.country, organization.zone);
  function setLanguage(chosen: Language) {
    localStorage.setItem("language", chosen);
    choose(chosen);
  }
  return (
    <WordsProvider language={language} words={words}>
      <Context value={{ me, organization, setLanguage }}>
        {children}
        {ended && <SignInAgain email={me.email} done={() => setEnded(false)} />}
        {weak && <ConfirmAgain factor={me.second_factor} done={(given) => {
          weak(given);
          setWeak(null);
        }} />}
      </Context>
    </WordsProvider>
  );
}

function SignInAgain({ email, done }: { email: string; done: () => void }) {
  const { t } = useWords();
  const client = useQueryClient();
  async function submit(form: FormData) {
    const answer = await post("/v1/session", {}, { email, password: String(form.get("password")) });
    setCsrf(answer.csrf);
    if (answer.state === "second_factor") {
      const code = String(form.get("code") ?? "");
      setCsrf((await post("/v1/session/second-factor", {}, { code })).csrf);
    }
    await client.invalidateQueries();
  }
  return (
    <FormDialog title={t("session.ended")} action={t("session.enter")} close={done} submit={submit}>
      <p className="muted">{t("session.kept", { email })}</p>
      <Field label={t("session.password")}>
        <input name="password" type="password" autoComplete="current-password" required autoFocus />
      </Field>
      <Field label={t("session.code")} hint={t("session.code_hint")}>
        <input name="code" inputMode="numeric" autoComplete="one-time-code" />
      </Field>
    </FormDialog>
  );
}

/** People, keys and secrets are changed by whoever has just shown who they are. */
function ConfirmAgain({ factor, done }: { factor: boolean; done: (given: boolean) => void }) {
  const { t } = useWords();
  const given = useRef(false);
  async function submit(form: FormData) {
    const answer = await post("/v1/session/confirm", {}, factor
      ? { code: String(form.get("code")) } : { password: String(form.get("password")) });
    setCsrf(answer.csrf);
    given.current = true;
  }
  return (
    <FormDialog title={t("session.confirm")} action={t("session.go_on")} close={() => done(given.current)}
      submit={submit}>
      <p className="muted">{t("session.confirm_says")}</p>
      {factor ? (
        <Field label={t("session.code")}>
          <input name="code" inputMode="numeric" autoComplete="one-time-code" required autoFocus />
        </Field>
      ) : (
        <Field label={t("session.password")}>
          <input name="password" type="password" autoComplete="current-password" required autoFocus />
        </Field>
      )}
    </FormDialog>
  );
}
