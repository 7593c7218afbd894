// Words of the console. Spanish is the source: its keys are the type, and a test wants every
// language to have all of them with the same arguments.
import IntlMessageFormat from "intl-messageformat";
import { createContext, useContext, type ReactNode } from "react";
import type es from "./es.json";

export type Key = keyof typeof es;
export type Words = Record<Key, string>;
export const LANGUAGES = { es: "Español", en: "English", pt: "Português" } as const;
export type Language = keyof typeof LANGUAGES;

const FILES: Record<Language, () => Promise<{ default: Words }>> = {
  es: () => import("./es.json"),
  en: () => import("./en.json"),
  pt: () => import("./pt.json"),
};

export async function loadWords(language: Language): Promise<Words> {
  return (await FILES[language]()).default;
}

/** The one chosen here, else the account's, else the browser's. */
export function languageOf(account: string | undefined): Language {
  const wanted = [localStorage.getItem("language"), account, ...navigator.languages];
  for (const name of wanted) {
    const short = name?.slice(0, 2);
    if (short && short in LANGUAGES) return short as Language;
  }
  return "es";
}

export type Translate = (key: Key, values?: Record<string, string | number>) => string;

export function translator(language: Language, words: Words): Translate {
  const formats = new Map<Key, IntlMessageFormat>();
  return (key, values) => {
    const text = words[key];
    if (!text.includes("{")) return text;
    let format = formats.get(key);
    if (!format) {
      format = new IntlMessageFormat(text, language);
      formats.set(key, format);
    }
    return String(format.format(values));
  };
}

const Context = createContext<{ t: Translate; language: Language } | null>(null);

export function WordsProvider(props: { language: Language; words: Words; children: ReactNode }) {
  return (
    <Context value={{ t: translator(props.language, props.words), language: props.language }}>
      {props.children}
    </Context>
  );
}

export function useWords() {
  return useContext(Context)!;
}

/** A word of the server that has a translation; what is new there shows as it is. */
export function wordOf(t: Translate, words: readonly string[], prefix: string, word: string): string {
  return words.includes(word) ? t(`${prefix}.${word}` as Key) : word.replaceAll("_", " ");
}
