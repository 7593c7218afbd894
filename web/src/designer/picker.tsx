// One field that finds a kind of node by any part of its name, for every way of adding one.
import { useState, type KeyboardEvent } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { useWords } from "../i18n";
import { Icon } from "../parts/icon";
import type { Kinds } from "./model";
import { bare, grouped, iconOf } from "./words";

export function Picker(props: { title: string; kinds: Kinds; close: () => void; pick: (type: string) => void }) {
  const { t, language } = useWords();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = grouped(props.kinds).flatMap(([, kinds]) => kinds).filter((kind) =>
    [kind.label[language], kind.type, kind.help[language]].some((words) => bare(words).includes(bare(text.trim()))))
    .sort((a, b) => Number(!bare(a.label[language]).includes(bare(text.trim()))) -
      Number(!bare(b.label[language]).includes(bare(text.trim()))));
  const chosen = Math.min(at, found.length - 1);
  function pressed(event: KeyboardEvent) {
    if (event.key === "ArrowDown") setAt(Math.min(chosen + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
    else if (event.key === "Enter" && found[chosen]) props.pick(found[chosen].type);
    else return;
    event.preventDefault();
  }
  return (
    <ModalOverlay className="overlay" isOpen isDismissable
      onOpenChange={(open) => { if (!open) props.close(); }}>
      <Modal>
        <Dialog className="dialog palette" aria-label={props.title}>
          <input autoFocus role="combobox" aria-expanded aria-controls="kinds-found" aria-label={props.title}
            aria-activedescendant={found[chosen] ? `kind-${chosen}` : undefined}
            placeholder={t("designer.find_kind")} value={text} onKeyDown={pressed}
            onChange={(event) => { setText(event.target.value); setAt(0); }} />
          <ul id="kinds-found" role="listbox" aria-label={props.title} className="kinds">
            {found.map((kind, i) => (
              <li key={kind.type} id={`kind-${i}`} role="option" aria-selected={i === chosen}
                ref={(row) => { if (i === chosen) row?.scrollIntoView({ block: "nearest" }); }}
                onClick={() => props.pick(kind.type)}>
                <Icon name={iconOf(kind.type)} />
                <span><strong>{kind.label[language]}</strong>
                  <span className="small muted">{kind.help[language]}</span></span>
              </li>
            ))}
          </ul>
          {found.length === 0 && <p className="muted">{t("palette.nothing")}</p>}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
