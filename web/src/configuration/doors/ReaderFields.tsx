import { Check } from "../../ui/Check";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { CircuitFields } from "./CircuitFields";
import { READER_TYPES, SIDES } from "./hardware-words";
import { isCamera, isOnNetwork, type Keypad, type ReaderDraft, type ReaderField } from "./reader-draft";

const KEYPADS: readonly (readonly [Keypad, string])[] = [
  ["UNKNOWN", "Not known (counts as one)"],
  ["YES", "It has one"],
  ["NO", "It has none"],
];

interface ReaderFieldsProps {
  draft: ReaderDraft;
  change: (part: Partial<ReaderDraft>) => void;
  problems: Partial<Record<ReaderField, string>>;
  /** In an elevator's cab, where there is no side B. */
  inCab: boolean;
}

/** All that is set on a reader, as far as its type has it. */
export function ReaderFields({ draft, change, problems, inCab }: ReaderFieldsProps) {
  const { type } = draft;
  return (
    <>
      <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={problems.name} />
      <div className="form-pair">
        {!inCab && (
          <Select
            label="Where it is"
            hint="Who reads at side A wants to pass to side B."
            value={draft.side}
            options={SIDES}
            onChange={(side) => change({ side })}
            problem={problems.side}
          />
        )}
        <Select
          label="Type"
          value={type}
          options={READER_TYPES}
          onChange={(chosen) => change({ type: chosen })}
          problem={problems.type}
        />
        {type === "WIEGAND" && (
          <Text
            label="Reader port of the controller"
            type="number"
            min={0}
            max={255}
            value={draft.port}
            onChange={(port) => change({ port })}
            problem={problems.port}
          />
        )}
        {isOnNetwork(type) && (
          <Text
            label="Address on the network"
            placeholder="10.0.0.20"
            value={draft.address}
            onChange={(address) => change({ address })}
            problem={problems.address}
          />
        )}
        {!isCamera(type) && (
          <Select
            label="Keypad"
            value={draft.keypad}
            options={KEYPADS}
            onChange={(keypad) => change({ keypad })}
            problem={problems.hasKeypad}
          />
        )}
      </div>
      {type === "WIEGAND" && (
        <div className="form-pair">
          <Select
            label="Light"
            value={draft.ledControl}
            options={[
              ["SINGLE", "One wire for both colours"],
              ["DUAL", "One wire for red, one for green"],
            ]}
            onChange={(ledControl) => change({ ledControl })}
            problem={problems.ledControl}
          />
          <CircuitFields
            of="Tamper"
            active="it is tampered with when"
            draft={draft.tamper}
            change={(part) => change({ tamper: { ...draft.tamper, ...part } })}
            problems={{
              activeWhen: problems.tamperWhen,
              debounceMs: problems.tamperDebounceMs,
              supervision: problems.supervision,
              resistorOhm: problems.resistorOhm,
            }}
          />
        </div>
      )}
      {type === "BLUETOOTH" && (
        <Check
          label="Phones are paired at this reader"
          hint="Who got an invitation redeems it here."
          checked={draft.pairsMobile}
          onChange={(pairsMobile) => change({ pairsMobile })}
        />
      )}
      <Check
        label="Muster reader: reads are a roll call and open nothing"
        checked={draft.muster}
        onChange={(muster) => change({ muster })}
      />
      {problems.muster !== undefined && <p className="field-problem">{problems.muster}</p>}
    </>
  );
}
