import { useState } from "react";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "doorward-theme";

/** The remembered choice; `auto` follows the system. */
export function rememberedTheme(storage: Pick<Storage, "getItem">): Theme {
  const kept = storage.getItem(KEY);
  return THEMES.find((theme) => theme === kept) ?? "auto";
}

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
}

/** The theme, and a function that goes on to the next one and remembers it. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState(() => rememberedTheme(localStorage));
  const advance = (): void => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
    localStorage.setItem(KEY, next);
    applyTheme(next);
    setTheme(next);
  };
  return [theme, advance];
}
