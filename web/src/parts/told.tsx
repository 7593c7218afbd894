// What the program said in English, in the reader's language where that has words for it: why a job
// stopped, what a server of mail or of others refused.
import { useEffect, useState } from "react";
import { useWords } from "../i18n";

/** A translated sentence, and the language it is in. */
export function useTold(english: string): { text: string; lang?: string } {
  const { language } = useWords();
  const [text, say] = useState(english);
  useEffect(() => {
    let gone = false;
    say(english);
    if (!language.startsWith("en") && english) {
      void import("../api/refusals").then(({ told }) => { if (!gone) say(told(english, language)); },
        () => undefined); // of another release by now: as it was said
    }
    return () => { gone = true; };
  }, [english, language]);
  return text === english ? { text, lang: "en" } : { text };
}

export function Told({ text, className }: { text: string; className?: string }) {
  const said = useTold(text);
  return <p className={className} lang={said.lang}>{said.text}</p>;
}
