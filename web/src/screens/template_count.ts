// How long texts are where they are read: segments of an SMS, parameters of WhatsApp, pauses of a
// voice, pages of a letter.
const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
const TWICE = /[\^{}\\[~\]|€]/g; // each takes the room of two

export interface Length { letters: number; segments: number; unicode: boolean; room: number }

/** Of a text as it goes out. */
export function segments(text: string): Length {
  const unicode = !GSM.test(text);
  const letters = unicode ? text.length : text.length + (text.match(TWICE)?.length ?? 0);
  const [one, many] = unicode ? [70, 67] : [160, 153];
  const found = letters <= one! ? 1 : Math.ceil(letters / many!);
  return { letters, unicode, segments: found, room: (found === 1 ? one! : found * many!) - letters };
}

/** The letters that force an SMS into the short alphabet. */
export function foreign(text: string): string[] {
  return [...new Set([...text].filter((letter) => !GSM.test(letter)))].slice(0, 8);
}

/** Of a text as it is written: what variables print is guessed at eight letters. */
export const bareOf = (text: string) => text.replace(/\{%[^%]*%\}/g, "").replace(/\{\{[^}]*\}\}/g, "xxxxxxxx");

/** As WhatsApp has it registered: places by number, and what goes into each. Logic it has none. */
export function parametersOf(text: string): { registered: string; parameters: string[]; logic: boolean } {
  const parameters: string[] = [];
  const registered = text.replace(/\{\{-?\s*(.*?)\s*-?\}\}/g, (_, expression: string) => {
    let at = parameters.indexOf(expression);
    if (at < 0) at = parameters.push(expression) - 1;
    return `{{${at + 1}}}`;
  });
  return { registered, parameters, logic: /\{%/.test(text) };
}

export interface Spoken { words: string; pause: number }

/** Sentence by sentence with the pause after each, in tenths of a second. */
export function spokenOf(text: string): Spoken[] {
  return text.split(/\n{2,}/).flatMap((paragraph) => {
    const lines = paragraph.replace(/\s+/g, " ").trim().split(/(?<=[.!?…:])\s+/).filter(Boolean);
    return lines.map((words, i) => ({ words, pause: i === lines.length - 1 ? 10 : 5 }));
  });
}

/** At 150 words a minute, digits one by one. */
export function secondsOf(lines: Spoken[]): number {
  const words = lines.reduce((sum, line) => sum + line.words.split(" ").length + (line.words.match(/\d/g)?.length ?? 0) / 2, 0);
  return Math.round(words / 2.5 + lines.reduce((sum, line) => sum + line.pause, 0) / 10);
}

const LETTER_LINES = 42, LETTER_WIDTH = 88;

/** The text in pages of a letter. */
export function pagesOf(text: string): string[] {
  const pages: string[][] = [[]];
  let used = 12; // the head of the first page: who writes to whom
  for (const line of text.split("\n")) {
    const takes = Math.max(1, Math.ceil(line.length / LETTER_WIDTH));
    if (used + takes > LETTER_LINES) {
      pages.push([]);
      used = 0;
    }
    pages.at(-1)!.push(line);
    used += takes;
  }
  return pages.map((lines) => lines.join("\n"));
}
