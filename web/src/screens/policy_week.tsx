// A week of hours: what is open, what the organization shut, and what the pack forbids, which cannot
// be opened and says by what rule. By mouse (drawn over), finger or keys: arrows move, Space opens
// and shuts, Shift with an arrow carries what stands on to the next hour.
import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useGet } from "../api/queries";
import { day as dayWords, weekdayNames } from "../format";
import { useWords, wordOf, type Translate } from "../i18n";
import { CHANNELS } from "../words";
import { AUDIENCES, keysOf, PARTIES, rulesOf, VOICES, type Document, type Grid, type SourceText, type Window }
  from "./policy_document";

type Hour = "open" | "shut" | "part" | "locked";

export interface About { applies: string; party: string; channel: string }

/** Whom, whose claim and by what the calendar is about. */
export function AboutWho({ about, choose }: { about: About; choose: (about: About) => void }) {
  const { t } = useWords();
  const select = (name: keyof About, label: string, list: readonly string[], words: (one: string) => string) => (
    <label className="field"><span>{label}</span>
      <select value={about[name]} onChange={(event) => choose({ ...about, [name]: event.target.value })}>
        <option value="all">{t("pol.all")}</option>
        {list.map((one) => <option key={one} value={one}>{words(one)}</option>)}
      </select>
    </label>
  );
  return (
    <div className="form-grid">
      {select("applies", t("pol.who"), AUDIENCES, (one) => t(one === "person" ? "pol.person" : "pol.company"))}
      {select("party", t("pol.whose"), PARTIES, (one) => t(one === "own" ? "pol.own_claims" : "pol.third_claims"))}
      {select("channel", t("pol.channel"), VOICES, (one) => wordOf(t, CHANNELS, "channel", one))}
    </div>
  );
}

function stateOf(grid: Grid, base: Grid, keys: string[], at: number): Hour {
  const allowed = keys.filter((key) => base[key]![at]);
  const open = allowed.filter((key) => grid[key]![at]);
  return allowed.length === 0 ? "locked" : open.length === 0 ? "shut"
    : open.length === allowed.length ? "open" : "part";
}

/** What stands before the colon of a source is the law and its article. */
const lawOf = (text: string) => text.split(":")[0]!;

function ruleWords(t: Translate, rule: Window, pack: Document, texts: SourceText[]) {
  const source = rule.source ? pack.sources?.[rule.source] : undefined;
  return { hours: `${rule.from}–${rule.to}`, law: source ? lawOf(texts.find((each) => each.key === rule.source)?.text ?? source.text) : rule.source ?? "",
    basis: source ? t(`pol.basis_${source.basis}` as "pol.basis_law") : "", url: source?.url, checked: source?.checked };
}

/** Why an hour cannot be opened. */
function Locked({ pack, title, keys, day }: { pack: Document; title: string; keys: string[]; day: number }) {
  const { t } = useWords();
  const texts = useGet("/v1/policies/{policy}", { policy: pack.name }, { pack: true }).data?.sources ?? [];
  const rules = rulesOf(pack, keys, day).map((one) => ruleWords(t, one, pack, texts));
  const seen = rules.filter((one, i) => rules.findIndex((other) => other.hours === one.hours && other.law === one.law) === i);
  return (
    <>
      <strong>{t("pol.locked_by", { pack: title })}</strong>
      <ul>
        {seen.map((one) => (
          <li key={one.hours + one.law}>
            {t("pol.locked_rule", { hours: one.hours, law: one.law })} <span className="badge">{one.basis}</span>
            {one.checked && <span className="muted"> {t("pol.checked", { day: dayWords(one.checked) })}</span>}
            {one.url && <> <a href={one.url} target="_blank" rel="noreferrer">{t("pol.source")}</a></>}
          </li>
        ))}
        {seen.length === 0 && <li>{t("pol.locked_none")}</li>}
      </ul>
    </>
  );
}

const GLYPH: Record<Hour, string> = { open: "✓", shut: "–", part: "◐", locked: "×" };

export function WeekCalendar(props: {
  grid: Grid; base: Grid; pack: Document; title: string; about: About; change: (grid: Grid) => void;
}) {
  const { t } = useWords();
  const { grid, base, pack, about } = props;
  const keys = keysOf(about.applies, about.party, about.channel);
  const names = weekdayNames();
  const [at, stand] = useState(9); // Monday at nine
  const table = useRef<HTMLTableElement>(null);
  const paint = useRef<boolean | null>(null);
  const mouse = useRef(false);
  const state = (cell: number) => stateOf(grid, base, keys, cell);

  function set(cells: number[], open: boolean) {
    const next = { ...grid };
    for (const key of keys) {
      const hours = [...next[key]!];
      for (const cell of cells) hours[cell] = open && base[key]![cell]!;
      next[key] = hours;
    }
    props.change(next);
  }
  const toggle = (cells: number[]) => {
    const can = cells.filter((cell) => state(cell) !== "locked");
    if (can.length > 0) set(can, can.some((cell) => state(cell) !== "open"));
  };
  function move(event: KeyboardEvent, cell: number) {
    const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -24, ArrowRight: 24 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const to = cell + step;
    const inDay = Math.abs(step) === 24 || Math.floor(to / 24) === Math.floor(cell / 24);
    if (to < 0 || to >= 168 || !inDay) return;
    if (event.shiftKey && state(to) !== "locked" && state(cell) !== "locked") set([to], state(cell) === "open");
    stand(to);
    table.current?.querySelector<HTMLButtonElement>(`[data-at="${to}"]`)?.focus();
  }
  function down(event: PointerEvent, cell: number) {
    mouse.current = event.pointerType === "mouse";
    stand(cell);
    if (!mouse.current || event.button !== 0 || state(cell) === "locked") return;
    paint.current = state(cell) !== "open";
    set([cell], paint.current);
  }
  const over = (event: PointerEvent, cell: number) => {
    if (event.buttons !== 1 || event.pointerType !== "mouse") paint.current = null;
    else if (paint.current !== null && state(cell) !== "locked") set([cell], paint.current);
  };

  const hour = (one: number) => `${String(one).padStart(2, "0")}:00`;
  const here = state(at);
  return (
    <div className="stack">
      <div className="scroll">
        <table className="week-hours" role="grid" aria-label={t("pol.calendar")} ref={table}
          onPointerUp={() => { paint.current = null; }}>
          <thead><tr>
            <th scope="col"><span className="visually-hidden">{t("pol.hour")}</span></th>
            {names.map((name, day) => (
              <th scope="col" key={name}>
                <button type="button" className="button quiet" aria-label={t("pol.toggle", { what: name })}
                  onClick={() => toggle(Array.from({ length: 24 }, (_, i) => day * 24 + i))}>{name}</button>
              </th>
            ))}
          </tr></thead>
          <tbody>
            {Array.from({ length: 24 }, (_, i) => (
              <tr key={i}>
                <th scope="row">
                  <button type="button" className="button quiet" aria-label={t("pol.toggle", { what: hour(i) })}
                    onClick={() => toggle(names.map((_name, day) => day * 24 + i))}>{hour(i)}</button>
                </th>
                {names.map((name, day) => {
                  const cell = day * 24 + i;
                  const is = state(cell);
                  return (
                    <td key={name} role="gridcell">
                      <button type="button" data-at={cell} data-is={is} tabIndex={cell === at ? 0 : -1}
                        aria-disabled={is === "locked"} title={t(`pol.is_${is}`)}
                        aria-label={t("pol.cell", { day: name, hour: hour(i), is: t(`pol.is_${is}`) })}
                        onFocus={() => stand(cell)} onKeyDown={(event) => move(event, cell)}
                        onPointerDown={(event) => down(event, cell)} onPointerEnter={(event) => over(event, cell)}
                        onClick={(event) => { if (event.detail === 0 || !mouse.current) toggle([cell]); }}>
                        <span aria-hidden="true">{GLYPH[is]}</span>
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted small">{(["open", "shut", "part", "locked"] as const).map((one) =>
        `${GLYPH[one]} ${t(`pol.is_${one}`)}`).join(" · ")}</p>
      <div className="note" role="status" aria-live="polite">
        <p>{t("pol.cell", { day: names[Math.floor(at / 24)]!, hour: hour(at % 24), is: t(`pol.is_${here}`) })}</p>
        {here === "locked" && <Locked pack={pack} title={props.title} keys={keys} day={Math.floor(at / 24)} />}
      </div>
    </div>
  );
}
