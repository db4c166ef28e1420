import { useId, useState } from "react";

import { Field } from "./Field";
import { Icon } from "./Icon";

const OFFERED = 8;

/** Something that can be chosen, by id, with the words for it. */
export interface Choice {
  id: string;
  name: string;
}

export function idsOf(choices: readonly Choice[]): string[] {
  return choices.map((each) => each.id);
}

interface PickerProps {
  label: string;
  chosen: readonly Choice[];
  /** All there is; or, with `onSearch`, what the present search has found. */
  options: readonly Choice[];
  onChange: (chosen: Choice[]) => void;
  /** Finds the options elsewhere; without it the picker searches in `options` itself. */
  onSearch?: (search: string) => void;
  hint?: string;
  problem?: string | undefined;
}

/** Several of many: the chosen ones, each with its removal, and a search that offers more. */
export function Picker({ label, chosen, options, onChange, onSearch, hint, problem }: PickerProps) {
  const id = useId();
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState(false);
  const taken = new Set(chosen.map((each) => each.id));
  const wanted = search.trim().toLowerCase();
  const found = options.filter(
    (each) => !taken.has(each.id) && (onSearch !== undefined || each.name.toLowerCase().includes(wanted)),
  );
  return (
    <fieldset className="picker" aria-describedby={problem === undefined ? undefined : `${id}-problem`}>
      <legend>{label}</legend>
      {chosen.length > 0 && (
        <ul className="picked">
          {chosen.map((each) => (
            <li key={each.id}>
              <button
                type="button"
                aria-label={`Remove ${each.name}`}
                onClick={() => onChange(chosen.filter((other) => other.id !== each.id))}
              >
                {each.name}
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Field
        label={`Add to ${label.charAt(0).toLowerCase()}${label.slice(1)}`}
        type="search"
        value={search}
        autoComplete="off"
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
              <button type="button" aria-label={`Add ${each.name}`} onClick={() => onChange([...chosen, each])}>
                {each.name}
              </button>
            </li>
          ))}
        </ul>
      )}
      {open && (
        <p className="field-hint" role="status">
          {found.length === 0 && wanted !== "" && "Nothing more is found."}
          {found.length > OFFERED && `${found.length - OFFERED} more; type to narrow them down.`}
        </p>
      )}
      {problem !== undefined && (
        <p className="field-problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </fieldset>
  );
}
