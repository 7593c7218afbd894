// One field that finds screens and debtors, by any part of a name, with or without accents.
import { useDeferredValue, useState, type KeyboardEvent } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { useLocation } from "wouter";
import { useGet } from "./api/queries";
import { useWords } from "./i18n";
import { Icon, type IconName } from "./parts/icon";
import { SCREENS, SETTINGS } from "./nav";

const bare = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

interface Found { path: string; words: string; more?: string; icon: IconName }

export function Palette({ close }: { close: () => void }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(text.trim());
  const debtors = useGet("/v1/debtors", {}, { search: wanted, limit: 12 }, wanted.length >= 2);
  const found: Found[] = [
    ...SCREENS.filter(({ key }) => bare(t(key)).includes(bare(wanted)))
      .map(({ path, key, icon }) => ({ path, icon, words: t(key) })),
    ...(wanted.length >= 2 ? SETTINGS.filter(({ key }) => bare(t(key)).includes(bare(wanted))) : [])
      .map(({ path, key }) => ({ path: `/settings/${path}`, icon: "settings" as const, words: t(key), more: t("nav.settings") })),
    ...(wanted.length >= 2 ? debtors.data?.items ?? [] : []).map((row) => ({
      path: `/debtors/${row.id}`, words: row.name, more: row.key, icon: "person" as const,
    })),
  ];
  const chosen = Math.min(at, found.length - 1);

  function open(one: Found | undefined) {
    if (!one) return;
    close();
    go(one.path);
  }
  function pressed(event: KeyboardEvent) {
    if (event.key === "ArrowDown") setAt(Math.min(chosen + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
    else if (event.key === "Enter") open(found[chosen]);
    else return;
    event.preventDefault();
  }

  return (
    <ModalOverlay className="overlay" isOpen isDismissable
      onOpenChange={(isOpen) => { if (!isOpen) close(); }}>
      <Modal>
        <Dialog className="dialog palette" aria-label={t("nav.search")}>
          <input autoFocus role="combobox" aria-expanded aria-controls="palette-found"
            aria-activedescendant={found[chosen] ? `palette-${chosen}` : undefined}
            aria-label={t("palette.label")} placeholder={t("palette.label")} value={text}
            onKeyDown={pressed} onChange={(event) => { setText(event.target.value); setAt(0); }} />
          <ul id="palette-found" role="listbox" aria-label={t("palette.found")}>
            {found.map((one, i) => (
              <li key={one.path} role="presentation">
                <a id={`palette-${i}`} role="option" aria-selected={i === chosen} href={`/app${one.path}`}
                  tabIndex={-1} onClick={(event) => { event.preventDefault(); open(one); }}>
                  <Icon name={one.icon} />{one.words}
                  {one.more && <span className="muted">{one.more}</span>}
                </a>
              </li>
            ))}
          </ul>
          {found.length === 0 && !debtors.isFetching && <p className="muted">{t("palette.nothing")}</p>}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
