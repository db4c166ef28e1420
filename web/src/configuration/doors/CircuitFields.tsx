import type { Circuit, Supervision } from "../../gql/operations";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { CIRCUITS, SUPERVISIONS } from "./hardware-words";

/** How a contact is read, as a form holds it. */
export interface CircuitDraft {
  activeWhen: Circuit;
  debounceMs: string;
  supervision: Supervision;
  resistorOhm: string;
}

interface CircuitFieldsProps {
  /** What begins each label. */
  of: string;
  /** What an active input means. */
  active: string;
  draft: CircuitDraft;
  change: (part: Partial<CircuitDraft>) => void;
  problems: Partial<Record<keyof CircuitDraft, string | undefined>>;
}

/** When a contact counts as active, for how long it must last, and whether its line is watched. */
export function CircuitFields({ of, active, draft, change, problems }: CircuitFieldsProps) {
  return (
    <>
      <Select
        label={`${of}: ${active}`}
        value={draft.activeWhen}
        options={CIRCUITS}
        onChange={(activeWhen) => change({ activeWhen })}
        problem={problems.activeWhen}
      />
      <Text
        label={`${of}: debounce, ms`}
        hint="A change counts once it has lasted so long."
        type="number"
        min={0}
        value={draft.debounceMs}
        onChange={(debounceMs) => change({ debounceMs })}
        problem={problems.debounceMs}
      />
      <Select
        label={`${of}: supervision`}
        hint="With resistors at the end of the line, a cut or shorted line is told."
        value={draft.supervision}
        options={SUPERVISIONS}
        onChange={(supervision) => change({ supervision })}
        problem={problems.supervision}
      />
      {draft.supervision === "SERIAL" && (
        <Text
          label={`${of}: each resistor, ohm`}
          type="number"
          min={1000}
          max={10_000}
          value={draft.resistorOhm}
          onChange={(resistorOhm) => change({ resistorOhm })}
          problem={problems.resistorOhm}
        />
      )}
    </>
  );
}
