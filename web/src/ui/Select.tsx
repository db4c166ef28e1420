import { Described } from "./Described";

interface SelectProps<Value extends string> {
  label: string;
  value: Value;
  /** The values with their words, in order. */
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value) => void;
  hint?: string | undefined;
  problem?: string | undefined;
}

/** One of a few values. */
export function Select<Value extends string>({ value, options, onChange, ...described }: SelectProps<Value>) {
  return (
    <Described {...described}>
      {(description) => (
        <select
          {...description}
          value={value}
          onChange={({ currentTarget }) => {
            const chosen = options.find(([each]) => each === currentTarget.value);
            if (chosen) onChange(chosen[0]);
          }}
        >
          {options.map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Described>
  );
}
