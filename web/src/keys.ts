// Keys that work everywhere; none while somebody types. One switch turns the single letters off
// (WCAG 2.1.4); Ctrl K stays.
import { useEffect } from "react";
import { useLocation } from "wouter";
import { SCREENS } from "./nav";

export function lettersOn(): boolean {
  return localStorage.getItem("letters") !== "off";
}

export function setLetters(on: boolean) {
  localStorage.setItem("letters", on ? "on" : "off");
}

function typing(target: EventTarget | null): boolean {
  return target instanceof Element &&
    target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], [role=dialog]") !== null;
}

/** Letters of a screen: { j: next, k: previous }. */
export function useLetters(letters: Record<string, () => void>) {
  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !lettersOn()) return;
      const action = letters[event.key.toLowerCase()];
      // Enter on a button or a link is theirs
      if (event.key === "Enter" && (event.target as Element | null)?.closest?.("a, button, input")) return;
      if (action) {
        event.preventDefault();
        action();
      }
    }
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
}

/** Ctrl K and / search; G and a letter goes to a screen. */
export function useKeys(actions: { search: () => void }) {
  const [, go] = useLocation();
  useEffect(() => {
    let going = 0;
    function pressed(event: KeyboardEvent) {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        actions.search();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !lettersOn()) return;
      if (event.key === "/") {
        event.preventDefault();
        actions.search();
      } else if (event.key === "g") {
        going = Date.now();
      } else if (Date.now() - going < 1500) {
        const screen = SCREENS.find(({ letter }) => letter === event.key);
        if (screen) {
          event.preventDefault();
          event.stopImmediatePropagation();
          go(screen.path);
        }
        going = 0;
      }
    }
    addEventListener("keydown", pressed, true);
    return () => removeEventListener("keydown", pressed, true);
  });
}
