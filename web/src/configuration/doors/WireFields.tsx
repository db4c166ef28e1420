import type { InputPurpose, LockRank } from "../../gql/operations";
import { Check } from "../../ui/Check";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { CircuitFields } from "./CircuitFields";
import { ACTIVE, PURPOSES, RANKS, SIDES } from "./hardware-words";
import type { InputDraft, LockDraft } from "./wiring-draft";

/** The ends that a wire may have: the controller, or a device, with its words. */
export type Terminals = readonly (readonly [string, string])[];

interface LockFieldsProps {
  rank: LockRank;
  /** Null: there is no such lock. */
  lock: LockDraft | null;
  terminals: Terminals;
  onChange: (lock: LockDraft | null) => void;
  /** What is wrong with a field. */
  problem: (field: keyof LockDraft) => string | undefined;
}

/** Whether there is such a lock, and on which output. */
export function LockFields({ rank, lock, terminals, onChange, problem }: LockFieldsProps) {
  const name = RANKS[rank];
  return (
    <>
      <Check
        label={name}
        checked={lock !== null}
        onChange={(wired) => onChange(wired ? { rank, deviceId: "", output: "" } : null)}
      />
      {lock && (
        <div className="nested form-pair" role="group" aria-label={name}>
          <Select
            label={`${name}: wired to`}
            value={lock.deviceId}
            options={terminals}
            onChange={(deviceId) => onChange({ ...lock, deviceId })}
            problem={problem("deviceId")}
          />
          <Text
            label={`${name}: output`}
            type="number"
            min={0}
            max={255}
            value={lock.output}
            onChange={(output) => onChange({ ...lock, output })}
            problem={problem("output") ?? problem("rank")}
          />
        </div>
      )}
    </>
  );
}

interface InputFieldsProps {
  /** Its place among the inputs, from 1. */
  number: number;
  input: InputDraft;
  /** What else it may become. */
  purposes: readonly InputPurpose[];
  terminals: Terminals;
  onChange: (part: Partial<InputDraft>) => void;
  onRemove: () => void;
  problem: (field: keyof InputDraft) => string | undefined;
}

/** One contact: what it is, where its wire ends, and how it is read. */
export function InputFields({ number, input, purposes, terminals, onChange, onRemove, problem }: InputFieldsProps) {
  const of = `Input ${number}`;
  const { purpose } = input;
  const circuit = { activeWhen: problem("activeWhen"), debounceMs: problem("debounceMs") };
  return (
    <div className="nested" role="group" aria-label={`${of}: ${PURPOSES[purpose]}`}>
      <div className="part-head">
        <h3>
          {of}: {PURPOSES[purpose]}
        </h3>
        <button type="button" onClick={onRemove}>
          Remove input {number}
        </button>
      </div>
      <div className="form-pair">
        <Select
          label={`${of}: what it is`}
          value={purpose}
          options={[...new Set([purpose, ...purposes])].map((each) => [each, PURPOSES[each]] as const)}
          onChange={(chosen) => onChange({ purpose: chosen })}
          problem={problem("purpose")}
        />
        <Select
          label={`${of}: wired to`}
          value={input.deviceId}
          options={terminals}
          onChange={(deviceId) => onChange({ deviceId })}
          problem={problem("deviceId")}
        />
        <Text
          label={`${of}: port`}
          type="number"
          min={0}
          max={255}
          value={input.port}
          onChange={(port) => onChange({ port })}
          problem={problem("port")}
        />
        {purpose === "REX" && (
          <>
            <Select
              label={`${of}: where it is`}
              value={input.side}
              options={SIDES}
              onChange={(side) => onChange({ side })}
              problem={problem("side")}
            />
            <Select
              label={`${of}: what it does`}
              value={input.rex}
              options={[
                ["UNLOCK", "It unlocks the door"],
                ["NONE", "It only keeps the opening from being forced"],
              ]}
              onChange={(rex) => onChange({ rex })}
              problem={problem("rex")}
            />
          </>
        )}
        {purpose === "EMERGENCY" && (
          <Select
            label={`${of}: what it does`}
            value={input.emergency}
            options={[
              ["UNLOCK", "It unlocks the door"],
              ["LOCK", "It locks the door"],
            ]}
            onChange={(emergency) => onChange({ emergency })}
            problem={problem("emergency")}
          />
        )}
        <CircuitFields
          of={of}
          active={ACTIVE[purpose]}
          draft={input}
          change={onChange}
          problems={{ ...circuit, supervision: problem("supervision"), resistorOhm: problem("resistorOhm") }}
        />
      </div>
    </div>
  );
}
