import type {
  DoorHardwareFragment,
  DoorInputInput,
  DoorKind,
  DoorLockInput,
  EmergencyAction,
  InputPurpose,
  LockRank,
  ProblemFragment,
  RexAction,
  Side,
} from "../../gql/operations";
import type { CircuitDraft } from "./CircuitFields";
import { INPUTS_OF, wholeNumber } from "./hardware-words";

/** A lock as its form holds it. */
export interface LockDraft {
  rank: LockRank;
  /** Empty: the controller. */
  deviceId: string;
  output: string;
}

/** A contact as its form holds it. */
export interface InputDraft extends CircuitDraft {
  purpose: InputPurpose;
  side: Side;
  /** Empty: the controller. */
  deviceId: string;
  port: string;
  rex: RexAction;
  emergency: EmergencyAction;
}

export interface WiringDraft {
  /** The primary lock first. */
  locks: readonly LockDraft[];
  inputs: readonly InputDraft[];
}

export function wiringDraft({ locks, inputs }: Pick<DoorHardwareFragment, "locks" | "inputs">): WiringDraft {
  return {
    locks: byRank(locks.map(({ rank, deviceId, output }) => ({ rank, deviceId: deviceId ?? "", output: String(output) }))),
    inputs: inputs.map((input) => ({
      purpose: input.purpose,
      side: input.side ?? "B",
      deviceId: input.deviceId ?? "",
      port: String(input.port),
      activeWhen: input.activeWhen,
      debounceMs: String(input.debounceMs),
      supervision: input.supervision,
      resistorOhm: input.resistorOhm === null ? "" : String(input.resistorOhm),
      rex: input.rex ?? "UNLOCK",
      emergency: input.emergency ?? "UNLOCK",
    })),
  };
}

/** The locks with this one put in, or taken out. */
export function withLock(locks: readonly LockDraft[], rank: LockRank, lock: LockDraft | null): LockDraft[] {
  const others = locks.filter((each) => each.rank !== rank);
  return byRank(lock === null ? others : [...others, lock]);
}

function byRank(locks: LockDraft[]): LockDraft[] {
  return locks.toSorted((one, other) => one.rank.localeCompare(other.rank));
}

/** What may still be added: of all but REX devices, a door has one. */
export function missingPurposes(kind: DoorKind, { inputs }: WiringDraft): InputPurpose[] {
  return INPUTS_OF[kind].filter((purpose) => purpose === "REX" || inputs.every((input) => input.purpose !== purpose));
}

export function newInput(purpose: InputPurpose): InputDraft {
  return {
    purpose,
    side: "B",
    deviceId: "",
    port: "",
    activeWhen: "CLOSED",
    debounceMs: "0",
    supervision: "NONE",
    resistorOhm: "",
    rex: "UNLOCK",
    emergency: "UNLOCK",
  };
}

/** All locks and inputs as the API wants them: each says only what its purpose has. */
export function wiringInput({ locks, inputs }: WiringDraft): { locks: DoorLockInput[]; inputs: DoorInputInput[] } {
  return {
    locks: locks.map(({ rank, deviceId, output }) => ({ rank, deviceId: deviceId || null, output: wholeNumber(output) })),
    inputs: inputs.map((input) => ({
      purpose: input.purpose,
      side: input.purpose === "REX" ? input.side : null,
      deviceId: input.deviceId || null,
      port: wholeNumber(input.port),
      activeWhen: input.activeWhen,
      debounceMs: wholeNumber(input.debounceMs),
      supervision: input.supervision,
      resistorOhm: input.supervision === "SERIAL" ? wholeNumber(input.resistorOhm) : null,
      rex: input.purpose === "REX" ? input.rex : null,
      emergency: input.purpose === "EMERGENCY" ? input.emergency : null,
    })),
  };
}

const LOCK_FIELDS = ["rank", "deviceId", "output"] as const;
const INPUT_FIELDS = [
  "purpose",
  "side",
  "deviceId",
  "port",
  "activeWhen",
  "debounceMs",
  "supervision",
  "resistorOhm",
  "rex",
  "emergency",
] as const;

/** The fields that a draft's form shows, each with its wire: "inputs.2.port". */
export function wiringFields({ locks, inputs }: WiringDraft): string[] {
  return [
    ...locks.flatMap((_, at) => LOCK_FIELDS.map((field) => `locks.${at}.${field}`)),
    ...inputs.flatMap((_, at) => INPUT_FIELDS.map((field) => `inputs.${at}.${field}`)),
  ];
}

/** The problems with the path of a wire's field in one word, as `wiringFields` names it. */
export function ofWires(problems: readonly ProblemFragment[]): ProblemFragment[] {
  return problems.map((problem) => {
    const { path } = problem;
    const begin = path.findIndex((part) => part === "locks" || part === "inputs");
    return begin < 0 ? problem : { ...problem, path: [path.slice(begin).join(".")] };
  });
}
