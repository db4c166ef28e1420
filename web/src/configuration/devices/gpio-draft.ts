import type { GpioInputInput, GpioOutputInput, GpioSetupFragment, PinBias, ProblemFragment } from "../../gql/operations";
import { wholeNumber } from "../doors/hardware-words";

export const BIASES: readonly (readonly [PinBias, string])[] = [
  ["PULL_UP", "Pulled up"],
  ["PULL_DOWN", "Pulled down"],
  ["DISABLED", "Not pulled"],
  ["AS_IS", "As the machine has it"],
];

/** An input as its form holds it: a pin, or a measured line. */
export interface GpioInputDraft {
  measured: boolean;
  pin: string;
  activeLow: boolean;
  bias: PinBias;
  converter: string;
  channel: string;
  pullUpOhm: string;
  supplyMv: string;
}

export interface GpioOutputDraft {
  pin: string;
  activeLow: boolean;
}

export interface GpioDraft {
  name: string;
  inputs: readonly GpioInputDraft[];
  outputs: readonly GpioOutputDraft[];
}

export const NEW_GPIO_INPUT: GpioInputDraft = {
  measured: false,
  pin: "",
  activeLow: true,
  bias: "PULL_UP",
  converter: "iio:device0",
  channel: "0",
  pullUpOhm: "4700",
  supplyMv: "3300",
};

export const NEW_GPIO_OUTPUT: GpioOutputDraft = { pin: "", activeLow: false };

export function gpioDraft({ name, inputs, outputs }: GpioSetupFragment): GpioDraft {
  return {
    name,
    inputs: inputs.map((input) => ({
      measured: input.pin === null,
      pin: typed(input.pin, NEW_GPIO_INPUT.pin),
      activeLow: input.activeLow ?? NEW_GPIO_INPUT.activeLow,
      bias: input.bias ?? NEW_GPIO_INPUT.bias,
      converter: input.converter ?? NEW_GPIO_INPUT.converter,
      channel: typed(input.channel, NEW_GPIO_INPUT.channel),
      pullUpOhm: typed(input.pullUpOhm, NEW_GPIO_INPUT.pullUpOhm),
      supplyMv: typed(input.supplyMv, NEW_GPIO_INPUT.supplyMv),
    })),
    outputs: outputs.map(({ pin, activeLow }) => ({ pin: String(pin), activeLow })),
  };
}

function typed(value: number | null, otherwise: string): string {
  return value === null ? otherwise : String(value);
}

/** The pins as the API wants them: an input says only what its sort has. */
export function linesInput({ inputs, outputs }: GpioDraft): { inputs: GpioInputInput[]; outputs: GpioOutputInput[] } {
  return {
    inputs: inputs.map(({ measured, pin, activeLow, bias, converter, channel, pullUpOhm, supplyMv }) =>
      measured
        ? {
            converter: converter.trim(),
            channel: wholeNumber(channel),
            pullUpOhm: wholeNumber(pullUpOhm),
            supplyMv: wholeNumber(supplyMv),
          }
        : { pin: wholeNumber(pin), activeLow, bias },
    ),
    outputs: outputs.map(({ pin, activeLow }) => ({ pin: wholeNumber(pin), activeLow })),
  };
}

const INPUT_FIELDS = ["pin", "converter", "channel", "pullUpOhm", "supplyMv"] as const;

/** The fields that a draft's form shows: "name", "chip", "inputs", "inputs.0.pin". */
export function gpioFields({ inputs, outputs }: GpioDraft): string[] {
  return [
    "name",
    "chip",
    "controllerId",
    "inputs",
    "outputs",
    ...inputs.flatMap((_, at) => INPUT_FIELDS.map((field) => `inputs.${at}.${field}`)),
    ...outputs.map((_, at) => `outputs.${at}.pin`),
  ];
}

/** The problems with the path of a line in one word, as `gpioFields` names it; what concerns a whole line is its first field's. */
export function ofLines(problems: readonly ProblemFragment[], { inputs }: GpioDraft): ProblemFragment[] {
  return problems.map((problem) => {
    const begin = problem.path.findIndex((part) => part === "inputs" || part === "outputs");
    const [many, place, field] = problem.path.slice(begin);
    if (begin < 0 || many === undefined || place === undefined) return problem;
    const first = many === "inputs" && inputs[Number(place)]?.measured === true ? "converter" : "pin";
    return { ...problem, path: [`${many}.${place}.${field ?? first}`] };
  });
}
