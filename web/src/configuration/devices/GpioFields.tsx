import type { ReactNode } from "react";

import { Check } from "../../ui/Check";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Part } from "../Editor";
import {
  BIASES,
  type GpioDraft,
  type GpioInputDraft,
  type GpioOutputDraft,
  NEW_GPIO_INPUT,
  NEW_GPIO_OUTPUT,
} from "./gpio-draft";

interface LinesProps {
  draft: GpioDraft;
  change: (part: Partial<GpioDraft>) => void;
  problems: Partial<Record<string, string>>;
}

/** The inputs and outputs of a GPIO device, numbered as locks and inputs find them. */
export function GpioLines({ draft, change, problems }: LinesProps) {
  const { inputs, outputs } = draft;
  const changeInput = (at: number, part: Partial<GpioInputDraft>): void =>
    change({ inputs: inputs.map((each, place) => (place === at ? { ...each, ...part } : each)) });
  const changeOutput = (at: number, part: Partial<GpioOutputDraft>): void =>
    change({ outputs: outputs.map((each, place) => (place === at ? { ...each, ...part } : each)) });
  return (
    <>
      <Part title="Inputs">
        <p className="quiet">Locks and inputs find them by these numbers. Only the last one can be taken away.</p>
        {inputs.map((input, at) => (
          <InputFields
            // Lines have no identity but their number.
            // oxlint-disable-next-line react/no-array-index-key
            key={at}
            of={`Input ${at}`}
            input={input}
            change={(part) => changeInput(at, part)}
            problem={(field) => problems[`inputs.${at}.${field}`]}
          />
        ))}
        <Ends
          problem={problems["inputs"]}
          onRemove={inputs.length > 0 ? () => change({ inputs: inputs.slice(0, -1) }) : null}
          last={`input ${inputs.length - 1}`}
        >
          <button type="button" onClick={() => change({ inputs: [...inputs, NEW_GPIO_INPUT] })}>
            Add a pin
          </button>
          <button type="button" onClick={() => change({ inputs: [...inputs, { ...NEW_GPIO_INPUT, measured: true }] })}>
            Add a measured line
          </button>
        </Ends>
      </Part>
      <Part title="Outputs">
        {outputs.map((output, at) => (
          // oxlint-disable-next-line react/no-array-index-key
          <div key={at} className="nested" role="group" aria-label={`Output ${at}`}>
            <Text
              label={`Output ${at}: pin`}
              type="number"
              min={0}
              max={1023}
              value={output.pin}
              onChange={(pin) => changeOutput(at, { pin })}
              problem={problems[`outputs.${at}.pin`]}
            />
            <Check
              label={`Output ${at} is on when its pin is low`}
              checked={output.activeLow}
              onChange={(activeLow) => changeOutput(at, { activeLow })}
            />
          </div>
        ))}
        <Ends
          problem={problems["outputs"]}
          onRemove={outputs.length > 0 ? () => change({ outputs: outputs.slice(0, -1) }) : null}
          last={`output ${outputs.length - 1}`}
        >
          <button type="button" onClick={() => change({ outputs: [...outputs, NEW_GPIO_OUTPUT] })}>
            Add an output
          </button>
        </Ends>
      </Part>
    </>
  );
}

interface EndsProps {
  problem: string | undefined;
  onRemove: (() => void) | null;
  /** What the last line is called. */
  last: string;
  children: ReactNode;
}

function Ends({ problem, onRemove, last, children }: EndsProps) {
  return (
    <>
      {problem !== undefined && (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
      <div className="row-actions">
        {children}
        {onRemove && (
          <button type="button" onClick={onRemove}>
            Remove {last}
          </button>
        )}
      </div>
    </>
  );
}

interface InputFieldsProps {
  of: string;
  input: GpioInputDraft;
  change: (part: Partial<GpioInputDraft>) => void;
  problem: (field: keyof GpioInputDraft) => string | undefined;
}

function InputFields({ of, input, change, problem }: InputFieldsProps) {
  const number = (field: "pin" | "channel" | "pullUpOhm" | "supplyMv", label: string, hint?: string) => (
    <Text
      label={`${of}: ${label}`}
      type="number"
      min={0}
      value={input[field]}
      onChange={(value) => change({ [field]: value })}
      problem={problem(field)}
      {...(hint === undefined ? {} : { hint })}
    />
  );
  if (!input.measured)
    return (
      <div className="nested" role="group" aria-label={of}>
        <div className="form-pair">
          {number("pin", "pin", "As the chip numbers its lines.")}
          <Select label={`${of}: resistor`} value={input.bias} options={BIASES} onChange={(bias) => change({ bias })} />
        </div>
        <Check
          label={`${of} is closed when its pin is low`}
          hint="So is a contact to ground."
          checked={input.activeLow}
          onChange={(activeLow) => change({ activeLow })}
        />
      </div>
    );
  return (
    <div className="nested" role="group" aria-label={`${of}, a measured line`}>
      <p className="quiet">
        A line to ground whose resistance is measured by an analogue converter: with resistors at its end, a cut or shorted
        line is told.
      </p>
      <div className="form-pair">
        <Text
          label={`${of}: converter`}
          hint="As in /sys/bus/iio/devices."
          value={input.converter}
          onChange={(converter) => change({ converter })}
          problem={problem("converter")}
        />
        {number("channel", "channel")}
        {number("pullUpOhm", "pull-up resistor, ohm", "From the channel to the supply.")}
        {number("supplyMv", "supply, mV")}
      </div>
    </div>
  );
}
