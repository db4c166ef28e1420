import { useEffect, useRef, useState } from "react";

import { Field } from "./Field";
import { Icon } from "./Icon";
import type { Choice } from "./Picker";

const OFFERED = 8;

interface PickOneProps {
  label: string;
  chosen: Choice | null;
  /** All there is; or, with `onSearch`, what the present search has found. */
  options: readonly Choice[];
  onChange: (chosen: Choice | null) => void;
  /** Finds the options elsewhere; without it the picker searches in `options` itself. */
  onSearch?: (search: string) => void;
  hint?: string;
  problem?: string | undefined;
}

/** One of many: a search that offers some, and then the chosen one with the way back. */
export function PickOne({ label, chosen, options, onChange, onSearch, hint, problem }: PickOneProps) {
  const group = useRef<HTMLFieldSetElement>(null);
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState(false);
  const moved = useRef(false);

  // What was clicked is gone: the focus goes on to what has taken its place.
  useEffect(() => {
    if (moved.current) group.current?.querySelector<HTMLElement>("input, button")?.focus();
    moved.current = false;
  });

  const choose = (choice: Choice | null): void => {
    moved.current = true;
    setOpen(false);
    setSearch("");
    onSearch?.("");
    onChange(choice);
  };
  const wanted = search.trim().toLowerCase();
  const found = onSearch === undefined ? options.filter((each) => each.name.toLowerCase().includes(wanted)) : options;
  return (
    <fieldset ref={group} className="picker">
      <legend>{label}</legend>
      {chosen === null ? (
        <>
          <Field
            label={`Find: ${label.toLowerCase()}`}
            type="search"
            value={search}
            autoComplete="off"
            problem={problem}
            onFocus={() => setOpen(true)}
            onChange={({ currentTarget }) => {
              setOpen(true);
              setSearch(currentTarget.value);
              onSearch?.(currentTarget.value);
            }}
            onKeyDown={(key) => {
              if (key.key === "Escape") setOpen(false);
              // Enter would send the form around it.
              if (key.key === "Enter") key.preventDefault();
            }}
            {...(hint === undefined ? {} : { hint })}
          />
          {open && found.length > 0 && (
            <ul className="offered" aria-label={`${label}: found`}>
              {found.slice(0, OFFERED).map((each) => (
                <li key={each.id}>
                  <button type="button" aria-label={`Choose ${each.name}`} onClick={() => choose(each)}>
                    {each.name}
                  </button>
                </li>
              ))}
            </ul>
          )}
          {open && (
            <p className="field-hint" role="status">
              {found.length === 0 && wanted !== "" && "Nothing is found."}
              {found.length > OFFERED && `${found.length - OFFERED} more; type to narrow them down.`}
            </p>
          )}
        </>
      ) : (
        <p className="picked">
          <button type="button" aria-label={`${chosen.name}: choose another`} onClick={() => choose(null)}>
            {chosen.name}
            <Icon name="close" />
          </button>
        </p>
      )}
    </fieldset>
  );
}
