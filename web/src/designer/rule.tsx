// A rule as groups of comparisons, with how many cases it fits now.
import { useEffect, useState } from "react";
import { post } from "../api/client";
import { useGet } from "../api/queries";
import type { RuleCount, RuleField } from "../api/types";
import { count, usesComma } from "../format";
import { useWords, type Key } from "../i18n";
import { FormDialog } from "../parts/dialog";
import "../style/rule.css";
import { sentenceOf, Shown } from "../parts/state";
import type { Doc, Rule } from "./model";
import { arity, groupOf, operatorsOf, plainValue, ruleOf, typedNumber, valueOf, withOperator, type Comparison,
  type Group, type Mode } from "./rules";

const MODES: Mode[] = ["all", "any", "none"];
const OPERATOR_WORDS: Record<string, Key> = {
  "=": "designer.op.is", "!=": "designer.op.is_not", "<": "designer.op.less", "<=": "designer.op.at_most",
  ">": "designer.op.more", ">=": "designer.op.at_least", between: "designer.op.between",
  in: "designer.op.in", contains: "designer.op.contains", starts: "designer.op.starts",
  missing: "designer.op.missing", present: "designer.op.present",
};

/** How many cases fit now, asked a moment after the last change. */
export function useFits(rule: Rule | undefined, subject: Doc["subject"]) {
  const { t } = useWords();
  const [fits, setFits] = useState<RuleCount | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const text = rule === undefined ? "" : JSON.stringify(rule);
  useEffect(() => {
    if (!text) return;
    let current = true;
    const timer = setTimeout(() => {
      post("/v1/segments/count", {}, { subject, rule: JSON.parse(text) as never }).then(
        (answer) => { if (current) { setFits(answer); setWrong(null); } },
        (error: unknown) => { if (current) { setFits(null); setWrong(sentenceOf(t, error)); } });
    }, 350);
    return () => { current = false; clearTimeout(timer); };
  }, [text, subject]);
  return { fits, wrong };
}

export function Fits({ rule, subject, words }: { rule: Rule; subject: Doc["subject"]; words?: boolean }) {
  const { t } = useWords();
  const { fits, wrong } = useFits(rule, subject);
  if (wrong) return <p className="note bad small" role="status">{wrong}</p>;
  if (!fits) return <p className="small muted" role="status">{t("state.loading")}</p>;
  return (
    <p className="small" role="status">
      {words && <>{fits.words}<br /></>}
      <span className="muted">{t(subject === "account" ? "designer.fits_accounts" : "designer.fits_invoices",
        { fits: fits.count, shown: `${count(fits.count)}${fits.more ? "+" : ""}` })}</span>
    </p>
  );
}

function Value(props: { value: unknown; type: string | undefined; label: string; set: (value: unknown) => void }) {
  const { t } = useWords();
  if (props.type === "bool") {
    return (
      <select aria-label={props.label} value={String(props.value)} onChange={(event) => props.set(event.target.value === "true")}>
        <option value="true">{t("designer.yes")}</option><option value="false">{t("designer.no")}</option>
      </select>
    );
  }
  return (
    <input aria-label={props.label} defaultValue={typeof props.value === "number" ? typedNumber(props.value, usesComma()) : String(props.value ?? "")} key={props.type}
      type={props.type === "date" ? "date" : "text"}
      inputMode={["int", "number", "money"].includes(props.type ?? "") ? "decimal" : undefined}
      onChange={(event) => props.set(valueOf(event.target.value, props.type, usesComma()))} />
  );
}

function Row(props: { rule: Comparison; fields: RuleField[]; subject: Doc["subject"];
  set: (rule: Comparison) => void; remove: () => void }) {
  const { t, language } = useWords();
  const { rule, fields } = props;
  const [field, operator, value] = rule;
  const known = fields.find(({ name }) => name === field);
  const type = known?.type ?? (field === "line.amount" ? "money" : field.startsWith("line.") ? "text" : undefined);
  const many = arity(operator);
  const own = known === undefined;
  return (
    <li className="rule-row">
      <select aria-label={t("designer.rule_field")} value={own ? "" : field} onChange={(event) => {
        const name = event.target.value || "debtor.attr.segmento";
        const next = fields.find((one) => one.name === name)?.type;
        const fit = operatorsOf(next).includes(operator) ? operator : "=";
        props.set(withOperator([name, fit, next === type ? value ?? plainValue(next) : plainValue(next)], fit, next));
      }}>
        {["debtor", "account", "invoice", "creditor", "today"].map((family) => (
          <optgroup key={family} label={t(`designer.family.${family}` as Key)}>
            {fields.filter(({ name }) => name.startsWith(`${family}.`)).map((one) => (
              <option key={one.name} value={one.name}>{one.label[language]}</option>
            ))}
          </optgroup>
        ))}
        <option value="">{t("designer.own_field")}</option>
      </select>
      {own && (
        <input aria-label={t("designer.own_field_name")} value={field} pattern="(debtor|invoice)\.attr\..+|line\.\w+"
          onChange={(event) => props.set([event.target.value, operator, value])} />
      )}
      <select aria-label={t("designer.rule_operator")} value={operator}
        onChange={(event) => props.set(withOperator(rule, event.target.value, type))}>
        {operatorsOf(type).map((one) => <option key={one} value={one}>{t(OPERATOR_WORDS[one]!)}</option>)}
      </select>
      {many === 1 && <Value label={t("designer.rule_value")} value={value} type={type}
        set={(next) => props.set([field, operator, next])} />}
      {many === 2 && [0, 1].map((i) => (
        <Value key={i} label={t(i === 0 ? "designer.rule_from" : "designer.rule_to")} type={type}
          value={(value as unknown[])[i]} set={(next) => {
            const both = [...(value as unknown[])];
            both[i] = next;
            props.set([field, operator, both]);
          }} />
      ))}
      {many === "list" && (
        <input aria-label={t("designer.rule_list")} defaultValue={(value as unknown[]).join(", ")}
          onChange={(event) => props.set([field, operator,
            event.target.value.split(",").map((one) => valueOf(one, type, usesComma())).filter((one) => one !== "")])} />
      )}
      <button type="button" className="button quiet" onClick={props.remove}
        aria-label={t("designer.rule_remove")} title={t("designer.rule_remove")}>×</button>
    </li>
  );
}

function GroupEditor(props: { group: Group; fields: RuleField[]; subject: Doc["subject"]; depth: number;
  set: (group: Group) => void; remove?: () => void }) {
  const { t } = useWords();
  const { group, fields } = props;
  const item = (i: number, rule: Rule | null) => props.set({ ...group,
    items: rule === null ? group.items.filter((_, k) => k !== i) : group.items.map((one, k) => k === i ? rule : one) });
  const first: Rule = props.subject === "account" ? ["account.days_overdue", ">=", 1] : ["invoice.days_overdue", ">=", 1];
  return (
    <div className="rule-group" role="group" aria-label={t("designer.rule_group")}>
      <div className="actions">
        <select aria-label={t("designer.rule_mode")} value={group.mode}
          onChange={(event) => props.set({ ...group, mode: event.target.value as Mode })}>
          {MODES.map((mode) => <option key={mode} value={mode}>{t(`designer.mode.${mode}` as Key)}</option>)}
        </select>
        {props.remove && <button type="button" className="button quiet" onClick={props.remove}>{t("designer.rule_remove_group")}</button>}
      </div>
      <ul>
        {group.items.map((rule, i) => Array.isArray(rule)
          ? <Row key={i} rule={rule as Comparison} fields={fields} subject={props.subject}
              set={(next) => item(i, next)} remove={() => item(i, null)} />
          : <li key={i}><GroupEditor group={groupOf(rule)} fields={fields} subject={props.subject}
              depth={props.depth + 1} set={(next) => item(i, ruleOf({ ...next }))} remove={() => item(i, null)} /></li>)}
      </ul>
      <div className="actions">
        <button type="button" className="button" onClick={() => props.set({ ...group, items: [...group.items, first] })}>
          {t("designer.rule_add")}
        </button>
        {props.depth < 4 && (
          <button type="button" className="button quiet"
            onClick={() => props.set({ ...group, items: [...group.items, { any: [first, first] }] })}>
            {t("designer.rule_add_group")}
          </button>
        )}
      </div>
    </div>
  );
}

/** A rule in the making: undefined as long as it has no condition. */
export function RuleFields(props: { rule: Rule | undefined; subject: Doc["subject"]; optional: boolean;
  set: (rule: Rule | undefined) => void }) {
  const { t } = useWords();
  const { rule, subject } = props;
  const fields = useGet("/v1/strategies/fields", {});
  const [group, setGroup] = useState<Group>(() => rule ? groupOf(rule) : { mode: "all", items: [] });
  return (
    <>
      <Shown query={fields}>
        {({ items }) => (
          <GroupEditor group={group} fields={items.filter((one) => one[subject])} subject={subject} depth={0}
            set={(next) => {
              setGroup(next);
              props.set(next.items.length > 0 ? ruleOf(next) : undefined);
            }} />
        )}
      </Shown>
      {rule ? <Fits rule={rule} subject={subject} words />
        : <p className="small muted">{t(props.optional ? "designer.rule_empty" : "designer.rule_wanted")}</p>}
    </>
  );
}

export function RuleDialog(props: { title: string; rule: Rule | undefined; subject: Doc["subject"];
  optional: boolean; close: () => void; set: (rule: Rule | undefined) => void }) {
  const { t } = useWords();
  const [rule, setRule] = useState(props.rule);
  return (
    <FormDialog wide title={props.title} action={t("designer.use_rule")} close={props.close}
      submit={async () => { props.set(rule); }}>
      <RuleFields rule={rule} subject={props.subject} optional={props.optional} set={setRule} />
    </FormDialog>
  );
}
