// The chosen node as a form made of the palette; without one, the strategy as a whole.
import { lazy, Suspense, useEffect, useId, useRef, useState, type ReactNode } from "react";
import { useGet } from "../api/queries";
import { useWords, type Key } from "../i18n";
import { usesComma } from "../format";
import { Icon } from "../parts/icon";
import { HEADS, ID, slotsOf, type Doc, type DocNode, type Kind, type Kinds, type Param, type Rule } from "./model";
import { numberIn, typedNumber } from "./rules";
import { sentenceWord } from "./sentences";
import { choiceWord, exitWord, iconOf, labelOf, problemWord, spoken } from "./words";

const RuleDialog = lazy(() => import("./rule").then((all) => ({ default: all.RuleDialog })));
const Fits = lazy(() => import("./rule").then((all) => ({ default: all.Fits })));
const TemplateDialog = lazy(() => import("./templates"));

export interface Problem { error: boolean; node?: string | null; code: string; sentence: string }

export function Problems({ problems, go }: { problems: Problem[]; go?: (id: string) => void }) {
  const { t, language } = useWords();
  return (
    <ul className="problems">
      {problems.map((one, i) => {
        const whole = sentenceWord(t, one.sentence);
        const words = whole ?? problemWord(t, one.code);
        return (
          <li key={i} className={one.error ? "bad" : "warn"}>
            {go && one.node && <button className="button quiet" onClick={() => go(one.node!)}><code>{one.node}</code></button>}{" "}
            {words && language !== "en" && <span>{words} </span>}
            {(!whole || language === "en") && (
              <span lang="en" className={words && language !== "en" ? "small muted" : ""}>{one.sentence}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Line(props: { label: string; hint?: string | undefined; children: (id: string, described: string | undefined) => ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      {props.children(id, props.hint ? `${id}-hint` : undefined)}
      {props.hint && <span className="hint" id={`${id}-hint`}>{props.hint}</span>}
    </div>
  );
}

/** A field that keeps what is typed and hands on what it means. */
function Typed(props: { id: string; described?: string | undefined; value: string; long?: boolean; mode?: "decimal" | "numeric" | undefined;
  placeholder?: string | undefined; max?: number | undefined; list?: string | undefined; type?: string | undefined; set: (text: string) => void }) {
  const [text, setText] = useState(props.value);
  const own = useRef(false); // while somebody types, what it came to be does not replace the letters
  useEffect(() => { if (!own.current) setText(props.value); }, [props.value]); // undone, changed elsewhere
  const common = { id: props.id, value: text, "aria-describedby": props.described, placeholder: props.placeholder,
    maxLength: props.max, onBlur: () => { own.current = false; },
    onChange: (event: { target: { value: string } }) => {
      own.current = true;
      setText(event.target.value);
      props.set(event.target.value);
    } };
  return props.long ? <textarea {...common} />
    : <input {...common} inputMode={props.mode} list={props.list} type={props.type ?? "text"} />;
}

/** What cannot be read as a number goes on as it is: the server says what is wrong with it. */
const numberOf = (text: string) => text.trim() === "" ? undefined : numberIn(text, usesComma()) ?? text.trim();

const numberText = (value: unknown) => typeof value === "number" ? typedNumber(value, usesComma()) : String(value ?? "");

function Duration(props: { id: string; described: string | undefined; value: unknown; set: (value: unknown) => void }) {
  const { t } = useWords();
  const [, amount, unit] = /^(\d*)([mhdw])$/.exec(String(props.value ?? "")) ?? ["", "", "h"];
  return (
    <div className="pair">
      <Typed id={props.id} described={props.described} value={amount!} mode="numeric"
        set={(text) => props.set(text.trim() === "" ? undefined : `${text.trim()}${unit}`)} />
      <select aria-label={t("designer.unit")} value={unit} onChange={(event) => props.set(`${amount || 1}${event.target.value}`)}>
        {["m", "h", "d", "w"].map((one) => <option key={one} value={one}>{t(`designer.unit_${one}` as Key)}</option>)}
      </select>
    </div>
  );
}

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

function Checks(props: { label: string; hint?: string; choices: string[]; value: unknown; set: (value: unknown) => void }) {
  const { t } = useWords();
  const chosen = Array.isArray(props.value) ? props.value as string[] : [];
  return (
    <fieldset className="checks">
      <legend>{props.label}</legend>
      {props.choices.map((choice) => (
        <label key={choice}>
          <input type="checkbox" checked={chosen.includes(choice)} onChange={(event) => {
            const next = props.choices.filter((one) => one === choice ? event.target.checked : chosen.includes(one));
            props.set(next.length > 0 ? next : undefined);
          }} /> {choiceWord(t, choice)}
        </label>
      ))}
      {props.hint && <p className="hint">{props.hint}</p>}
    </fieldset>
  );
}

function RuleLine(props: { label: string; hint?: string; rule: Rule | undefined; optional: boolean;
  subject: Doc["subject"]; set: (rule: Rule | undefined) => void }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <div className="field">
      <span>{props.label}</span>
      <Suspense fallback={null}>
        {props.rule && <Fits rule={props.rule} subject={props.subject} words />}
        <div className="actions">
          <button className="button" aria-label={`${t(props.rule ? "designer.edit_rule" : "designer.make_rule")}: ${props.label}`} onClick={() => setOpen(true)}>
            {t(props.rule ? "designer.edit_rule" : "designer.make_rule")}
          </button>
          {props.rule && props.optional && (
            <button className="button quiet" onClick={() => props.set(undefined)}>{t("designer.without_rule")}</button>
          )}
        </div>
        {open && <RuleDialog title={props.label} rule={props.rule} subject={props.subject}
          optional={props.optional} set={props.set} close={() => setOpen(false)} />}
      </Suspense>
      {props.hint && <span className="hint">{props.hint}</span>}
    </div>
  );
}

interface Option { name?: string; percent?: number | string; rule?: Rule; next?: string }

function Options(props: { param: Param; label: string; hint: string; value: unknown; subject: Doc["subject"];
  set: (value: Option[] | undefined) => void }) {
  const { t } = useWords();
  const options = Array.isArray(props.value) ? props.value as Option[] : [];
  const { form } = props.param;
  const change = (i: number, part: Partial<Option>) =>
    props.set(options.map((one, k) => k === i ? { ...one, ...part } : one));
  const move = (i: number) => {
    const next = [...options];
    next.splice(i - 1, 2, options[i]!, options[i - 1]!);
    props.set(next);
  };
  return (
    <fieldset className="options">
      <legend>{props.label}</legend>
      {options.map((option, i) => (
        <div key={i} className="option">
          <div className="pair">
            <Typed id={`${props.param.name}-${i}`} value={option.name ?? ""} max={60}
              placeholder={t("designer.option_name")} set={(name) => change(i, { name })} />
            <label htmlFor={`${props.param.name}-${i}`} className="visually-hidden">{t("designer.option_name")} {i + 1}</label>
            {form === "arms" && (<>
              <Typed id={`${props.param.name}-${i}-percent`} value={numberText(option.percent)} mode="decimal"
                set={(text) => change(i, { percent: numberOf(text) as number })} />
              <label htmlFor={`${props.param.name}-${i}-percent`}>%</label>
            </>)}
            {i > 0 && <button className="button quiet" onClick={() => move(i)} aria-label={t("designer.option_up")}
              title={t("designer.option_up")}>↑</button>}
            <button className="button quiet" aria-label={t("designer.option_remove")} title={t("designer.option_remove")}
              onClick={() => props.set(options.filter((_, k) => k !== i))}>×</button>
          </div>
          {form === "rules" && <RuleLine label={option.name || `${i + 1}`} rule={option.rule} optional={false}
            subject={props.subject} set={(rule) => change(i, rule ? { rule } : {})} />}
        </div>
      ))}
      <button className="button" onClick={() => props.set([...options, { name: String(options.length + 1),
        ...(form === "arms" ? { percent: 0 } : {}) }])}>{t("designer.option_add")}</button>
      <p className="hint">{props.hint}</p>
    </fieldset>
  );
}

function Names(props: { id: string; described: string | undefined; value: unknown; form: "strategy" | "pill"; set: (value: unknown) => void }) {
  const { t } = useWords();
  const list = useGet("/v1/strategies", {});
  const names = (list.data?.items ?? []).filter(({ kind }) => kind === props.form).map(({ name }) => name);
  const value = String(props.value ?? "");
  return (
    <select id={props.id} aria-describedby={props.described} value={value} onChange={(event) => props.set(event.target.value || undefined)}>
      <option value="">{t("designer.choose")}</option>
      {[...new Set([...names, ...(value ? [value] : [])])].map((name) => <option key={name}>{name}</option>)}
    </select>
  );
}

function Template(props: { id: string; described: string | undefined; value: unknown; tone: unknown; set: (value: unknown) => void }) {
  const { t } = useWords();
  const list = useGet("/v1/templates", {}, { limit: 200 });
  const [open, setOpen] = useState(false);
  const value = String(props.value ?? "");
  const names = (list.data?.items ?? []).map(({ name }) => name);
  return (
    <>
      <div className="pair">
        <select id={props.id} aria-describedby={props.described} value={value} onChange={(event) => props.set(event.target.value || undefined)}>
          <option value="">{t("designer.choose")}</option>
          {[...new Set([...names, ...(value ? [value] : [])])].map((name) => <option key={name}>{name}</option>)}
        </select>
        <button className="button" onClick={() => setOpen(true)}>{t("designer.see_templates")}</button>
      </div>
      {open && <Suspense fallback={null}><TemplateDialog value={value} tone={Number(props.tone ?? 1)}
        close={() => setOpen(false)} set={(name) => props.set(name)} /></Suspense>}
    </>
  );
}

function Connector(props: { id: string; described: string | undefined; value: unknown; set: (value: unknown) => void }) {
  const list = useGet("/v1/connectors", {});
  return (
    <>
      <Typed id={props.id} described={props.described} value={String(props.value ?? "")} list={`${props.id}-list`}
        set={(text) => props.set(text || undefined)} />
      <datalist id={`${props.id}-list`}>{(list.data?.items ?? []).map(({ name }) => <option key={name} value={name} />)}</datalist>
    </>
  );
}

const LONG = 200;

function ParamField(props: { param: Param; id: string; node: DocNode; doc: Doc; kinds: Kinds; set: (value: unknown) => void }) {
  const { t, language } = useWords();
  const { param, node, set } = props;
  const value = node[param.name];
  const label = `${param.label[language]}${param.required ? " *" : ""}`;
  const hint = param.help[language];
  const subject = props.doc.subject;
  const otherwise = param.default === undefined || param.default === null ? undefined : String(param.default);
  switch (param.form) {
    case "choices": return <Checks label={label} hint={hint} choices={param.choices ?? []} value={value} set={set} />;
    case "weekdays": return <Checks label={label} hint={hint} choices={WEEKDAYS} value={value} set={set} />;
    case "rule": return <RuleLine label={label} hint={hint} rule={value as Rule | undefined} optional={!param.required} subject={subject} set={set} />;
    case "rules": case "arms": case "outcomes":
      return <Options param={param} label={label} hint={hint} value={value} subject={subject} set={set} />;
  }
  return (
    <Line label={label} hint={hint}>
      {(id, described) => {
        const text = value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
        switch (param.form) {
          case "int": case "amount": case "percent":
            return <Typed id={id} described={described} value={numberText(value)} mode={param.form === "int" && (param.min ?? 0) >= 0 ? "numeric" : "decimal"}
              placeholder={otherwise} set={(typed) => set(numberOf(typed))} />;
          case "choice": case "daykind": case "bool": {
            const choices = param.form === "daykind" ? ["calendar", "business"] : param.form === "bool" ? ["true", "false"] : param.choices ?? [];
            return (
              <select id={id} aria-describedby={described} value={text} onChange={(event) => set(
                event.target.value === "" ? undefined : param.form === "bool" ? event.target.value === "true" : event.target.value)}>
                <option value="">{otherwise ? t("designer.default", { value: choiceWord(t, otherwise) }) : t("designer.choose")}</option>
                {choices.map((choice) => <option key={choice} value={choice}>
                  {param.form === "bool" ? t(choice === "true" ? "designer.yes" : "designer.no") : choiceWord(t, choice)}</option>)}
              </select>
            );
          }
          case "clock": return <Typed id={id} described={described} type="time" value={text} set={(typed) => set(typed || undefined)} />;
          case "duration": return <Duration id={id} described={described} value={value} set={set} />;
          case "monthday": return (
            <select id={id} aria-describedby={described} value={text} onChange={(event) =>
              set(event.target.value === "last" ? "last" : Number(event.target.value))}>
              {[...Array.from({ length: 31 }, (_, i) => String(i + 1)), "last"].map((day) =>
                <option key={day} value={day}>{choiceWord(t, day)}</option>)}
            </select>
          );
          case "template": return <Template id={id} described={described} value={value} tone={node["tone"]} set={set} />;
          case "strategy": case "pill": return <Names id={id} described={described} value={value} form={param.form} set={set} />;
          case "connector": return <Connector id={id} described={described} value={value} set={set} />;
          case "node": return (
            <select id={id} aria-describedby={described} value={text} onChange={(event) => set(event.target.value || undefined)}>
              <option value="">{t("designer.last_message")}</option>
              {Object.entries(props.doc.nodes).filter(([name, one]) => props.kinds.get(one.type)?.sends || name === text)
                .map(([name]) => <option key={name} value={name}>{spoken(t, language, props.kinds, props.doc, name)} ({name})</option>)}
            </select>
          );
          case "recipients": return <Typed id={id} described={described} value={Array.isArray(value) ? value.join(", ") : text}
            set={(typed) => { const all = typed.split(",").map((one) => one.trim()).filter(Boolean); set(all.length > 0 ? all : undefined); }} />;
          case "holdout": {
            const share = value as Option | undefined;
            return <Typed id={id} described={described} value={numberText(share?.percent)} mode="decimal" placeholder="%"
              set={(typed) => set(typed.trim() === "" ? undefined : { ...share, percent: numberOf(typed) })} />;
          }
          case "value": return <Typed id={id} described={described} value={text} set={(typed) => {
            const number = numberOf(typed);
            set(typed === "true" ? true : typed === "false" ? false : number);
          }} />;
          default: return <Typed id={id} described={described} value={text} placeholder={otherwise}
            long={(param.max ?? 0) > LONG} max={param.max ?? undefined} set={(typed) => set(typed || undefined)} />;
        }
      }}
    </Line>
  );
}

export interface InspectorHands {
  setParam: (id: string, name: string, value: unknown) => void;
  setHead: (name: keyof Doc, value: unknown) => void;
  rename: (id: string, other: string) => void;
  connect: (id: string, key: string, to: string | undefined) => void;
  addOnto: (id: string, key: string) => void;
  duplicate: () => void;
  remove: () => void;
  close: () => void;
}

function Target(props: { doc: Doc; kinds: Kinds; label: string; value: string | undefined; none: string;
  not?: string; set: (to: string | undefined) => void; add?: () => void }) {
  const { t, language } = useWords();
  return (
    <Line label={props.label}>
      {(id) => (
        <div className="pair">
          <select id={id} value={props.value ?? ""} onChange={(event) => props.set(event.target.value || undefined)}>
            <option value="">{props.none}</option>
            {Object.keys(props.doc.nodes).filter((name) => name !== props.not).map((name) => (
              <option key={name} value={name}>{name} · {spoken(t, language, props.kinds, props.doc, name)}</option>
            ))}
            {props.value && !props.doc.nodes[props.value] && <option value={props.value}>{props.value}</option>}
          </select>
          {props.add && <button className="button" onClick={props.add} aria-label={`${t("designer.insert")}: ${props.label}`}
            title={t("designer.insert")}>+</button>}
        </div>
      )}
    </Line>
  );
}

function NodeName(props: { id: string; doc: Doc; rename: (other: string) => void }) {
  const { t } = useWords();
  const [text, setText] = useState(props.id);
  useEffect(() => setText(props.id), [props.id]);
  const wrong = text !== props.id && (!ID.test(text) || text in props.doc.nodes);
  const done = () => { if (!wrong && text !== props.id) props.rename(text); else setText(props.id); };
  return (
    <Line label={t("designer.node_id")} hint={wrong ? t("designer.node_id_wrong") : t("designer.node_id_hint")}>
      {(id, described) => <input id={id} aria-describedby={described} aria-invalid={wrong} value={text} maxLength={60}
        onChange={(event) => setText(event.target.value)} onBlur={done}
        onKeyDown={(event) => { if (event.key === "Enter") done(); }} />}
    </Line>
  );
}

function NodeForm(props: { id: string; doc: Doc; kinds: Kinds; kind: Kind | undefined; problems: Problem[]; hands: InspectorHands }) {
  const { t, language } = useWords();
  const { id, doc, kinds, kind, hands } = props;
  const node = doc.nodes[id]!;
  const rest = Object.keys(node).filter((name) => name !== "type" && name !== "note" && !kind?.params.some((param) => param.name === name) && !kind?.exits.includes(name));
  return (
    <>
      <div className="inspector-head">
        <h2><Icon name={iconOf(node.type)} /> {labelOf(kinds, node.type, language)}</h2>
        <button className="button quiet" onClick={hands.close} aria-label={t("action.close")} title={t("action.close")}>×</button>
      </div>
      {kind && <p className="small muted">{kind.help[language]}</p>}
      {props.problems.length > 0 && <Problems problems={props.problems} />}
      {kind?.params.map((param) => (
        <ParamField key={`${id} ${param.name}`} id={id} param={param} node={node} doc={doc} kinds={kinds}
          set={(value) => hands.setParam(id, param.name, value)} />
      ))}
      {rest.length > 0 && <p className="small muted">{t("designer.more_in_json", { names: rest.join(", ") })}</p>}
      {slotsOf(node, kind).length > 0 && <h3>{t("designer.leads_to")}</h3>}
      {slotsOf(node, kind).map((slot) => (
        <Target key={slot.key} doc={doc} kinds={kinds} label={exitWord(t, slot)} value={slot.to} none={t("designer.nowhere")}
          set={(to) => hands.connect(id, slot.key, to)} add={() => hands.addOnto(id, slot.key)} />
      ))}
      <Line label={t("designer.note")} hint={t("designer.note_hint")}>
        {(field, described) => <Typed key={id} id={field} described={described} long value={String(node["note"] ?? "")} max={1000}
          set={(text) => hands.setParam(id, "note", text || undefined)} />}
      </Line>
      <NodeName id={id} doc={doc} rename={(other) => hands.rename(id, other)} />
      <div className="actions">
        <button className="button" onClick={hands.duplicate}>{t("designer.duplicate")}</button>
        <button className="button" onClick={hands.remove}>{t("designer.delete")}</button>
      </div>
    </>
  );
}

const TRIGGERS = ["promise_due", "promise_broken", "installment_due", "dispute_opened", "bounce", "reply",
  "payment_failed", "visited_not_paid"];

function HeadForm({ doc, kinds, fixedName, problems, hands }: { doc: Doc; kinds: Kinds; fixedName: boolean; problems: Problem[]; hands: InspectorHands }) {
  const { t } = useWords();
  const pill = doc.kind === "pill";
  return (
    <>
      <div className="inspector-head"><h2>{t("designer.whole")}</h2></div>
      {problems.length > 0 && <Problems problems={problems} />}
      <Line label={t("field.name")} hint={t(fixedName ? "designer.name_fixed" : "designer.name_hint")}>
        {(id, described) => fixedName ? <input id={id} aria-describedby={described} value={doc.name} readOnly />
          : <Typed id={id} described={described} value={doc.name} max={120} set={(text) => hands.setHead("name", text)} />}
      </Line>
      <Line label={t("designer.description")}>
        {(id) => <Typed id={id} value={doc.description ?? ""} long max={1000} set={(text) => hands.setHead("description", text || undefined)} />}
      </Line>
      <Line label={t("designer.subject")} hint={t("designer.subject_hint")}>
        {(id, described) => (
          <select id={id} aria-describedby={described} value={doc.subject} onChange={(event) => hands.setHead("subject", event.target.value)}>
            {["account", "invoice"].map((one) => <option key={one} value={one}>{choiceWord(t, one)}</option>)}
          </select>
        )}
      </Line>
      <Line label={t("field.kind")}>
        {(id) => (
          <select id={id} value={doc.kind ?? "strategy"} onChange={(event) => hands.setHead("kind", event.target.value)}>
            {["strategy", "pill"].map((one) => <option key={one} value={one}>{choiceWord(t, one)}</option>)}
          </select>
        )}
      </Line>
      {pill ? (
        <Line label={t("designer.trigger")}>
          {(id) => (
            <select id={id} value={doc.trigger ?? ""} onChange={(event) => hands.setHead("trigger", event.target.value || undefined)}>
              <option value="">{t("designer.choose")}</option>
              {TRIGGERS.map((one) => <option key={one} value={one}>{t(`designer.trigger.${one}` as Key)}</option>)}
            </select>
          )}
        </Line>
      ) : (
        <RuleLine label={t("designer.entry")} hint={t("designer.entry_hint")} rule={doc.entry?.rule} optional
          subject={doc.subject} set={(rule) => hands.setHead("entry", rule && { rule })} />
      )}
      <Line label={t("strategy.priority")} hint={t("designer.priority_hint")}>
        {(id, described) => <Typed id={id} described={described} value={String(doc.priority ?? "")} mode="decimal" placeholder="0"
          set={(text) => hands.setHead("priority", numberOf(text))} />}
      </Line>
      {HEADS.map((head) => (
        <Target key={head} doc={doc} kinds={kinds} label={t(`designer.head.${head}` as Key)} value={doc[head] || undefined}
          none={t(head === "on_returned" ? "designer.head_start" : head === "start" ? "designer.choose" : "designer.head_closes")}
          set={(to) => hands.setHead(head, head === "start" ? to ?? "" : to)} />
      ))}
      <fieldset className="checks">
        <legend>{t("designer.hours")}</legend>
        <label><input type="checkbox" checked={doc.hours !== undefined} onChange={(event) => hands.setHead("hours",
          event.target.checked ? { weekdays: WEEKDAYS.slice(0, 5), from: "09:00", to: "18:00" } : undefined)} /> {t("designer.hours_own")}</label>
        <p className="hint">{t("designer.hours_hint")}</p>
      </fieldset>
      {doc.hours && (<>
        <Checks label={t("designer.hours_days")} choices={WEEKDAYS} value={doc.hours.weekdays}
          set={(weekdays) => hands.setHead("hours", { ...doc.hours, weekdays: weekdays ?? [] })} />
        {(["from", "to"] as const).map((end) => (
          <Line key={end} label={t(`designer.hours_${end}` as Key)}>
            {(id) => <Typed id={id} type="time" value={doc.hours![end]} set={(text) => hands.setHead("hours", { ...doc.hours, [end]: text })} />}
          </Line>
        ))}
      </>)}
    </>
  );
}

export function Inspector(props: { doc: Doc; kinds: Kinds; selected: string[]; problems: Problem[]; fixedName: boolean; hands: InspectorHands }) {
  const { t } = useWords();
  const { doc, kinds, selected, problems, hands } = props;
  const id = selected.length === 1 && doc.nodes[selected[0]!] ? selected[0]! : undefined;
  return (
    <aside className="panel inspector" aria-label={t("designer.inspector")}>
      {id ? <NodeForm key={id} id={id} doc={doc} kinds={kinds} kind={kinds.get(doc.nodes[id]!.type)} hands={hands}
          problems={problems.filter(({ node }) => node === id)} />
        : selected.length > 1 ? (
          <div className="stack">
            <h2>{t("designer.chosen", { nodes: selected.length })}</h2>
            <div className="actions">
              <button className="button" onClick={hands.duplicate}>{t("designer.duplicate")}</button>
              <button className="button" onClick={hands.remove}>{t("designer.delete")}</button>
            </div>
          </div>
        ) : <HeadForm doc={doc} kinds={kinds} fixedName={props.fixedName} hands={hands}
            problems={problems.filter(({ node }) => !node)} />}
    </aside>
  );
}
