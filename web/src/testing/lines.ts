import type { InputRowFragment, LocalRuleRowFragment, OutputRowFragment } from "../gql/operations";
import { type Lines, LineStates, type OutputNow } from "../lines/line-states";

/** A siren that is off and left to its rules, unless told otherwise. */
export function anOutputNow(state: Partial<OutputNow> = {}): OutputNow {
  return { id: "o1", name: "Siren", on: false, ruleName: null, hold: null, ...state };
}

/** The states that the server has sent; null: none yet. */
export function lineStates(lines: Lines | null = { inputs: [], outputs: [] }): LineStates {
  const states = new LineStates(() => () => undefined);
  if (lines !== null) states.put(lines);
  return states;
}

export function anInput(changes: Partial<InputRowFragment> = {}): InputRowFragment {
  return {
    id: "i1",
    name: "Panic button",
    deviceId: "v1",
    number: 5,
    activeWhen: "CLOSED",
    debounceMs: 50,
    supervision: "NONE",
    resistorOhm: null,
    version: 2,
    ...changes,
  };
}

export function anOutput(): OutputRowFragment {
  return { id: "o1", name: "Siren", deviceId: "v1", number: 3, version: 2 };
}

/** While the panic button is active, the siren is on; unless told otherwise. */
export function aLocalRule(
  changes: Partial<LocalRuleRowFragment> = {},
  trigger: Partial<LocalRuleRowFragment["trigger"]> = {},
): LocalRuleRowFragment {
  return {
    id: "r1",
    name: "Panic",
    enabled: true,
    action: "FOLLOW",
    outputId: "o1",
    outputName: "Siren",
    pulseMs: null,
    version: 4,
    trigger: {
      kind: "INPUT",
      inputId: "i1",
      inputName: "Panic button",
      inputActive: true,
      doorId: null,
      doorName: null,
      doorFact: null,
      event: null,
      eventTitle: null,
      scheduleId: null,
      scheduleName: null,
      threatLevelId: null,
      threatLevelName: null,
      ...trigger,
    },
    ...changes,
  };
}
