import type { DoorFact, LocalAction, LocalRuleRowFragment, LocalTriggerKind } from "../../gql/operations";

export const KINDS: readonly (readonly [LocalTriggerKind, string])[] = [
  ["INPUT", "an auxiliary input"],
  ["DOOR", "how a door is"],
  ["EVENT", "something that happens"],
  ["SCHEDULE", "a schedule"],
  ["THREAT_LEVEL", "the threat level"],
];

export const FACTS: readonly (readonly [DoorFact, string])[] = [
  ["OPEN", "is open"],
  ["RELEASED", "can be opened now"],
  ["UNLOCKED", "is set to unlocked"],
  ["LOCKDOWN", "is in lockdown"],
  ["FORCED", "is forced open"],
  ["HELD", "is held open"],
  ["EMERGENCY", "has its emergency input active"],
  ["TAMPERED", "is tampered with"],
  ["OFFLINE", "is offline"],
];

export const ACTIONS: readonly (readonly [LocalAction, string])[] = [
  ["FOLLOW", "is on as long as that is so"],
  ["ON", "is switched on, and stays on"],
  ["OFF", "is switched off, and stays off"],
  ["PULSE", "is on for a time (pulse)"],
];

type Trigger = LocalRuleRowFragment["trigger"];

/** What the rule waits for, in words. */
function whenWords(trigger: Trigger): string {
  const door = trigger.doorName ?? "";
  switch (trigger.kind) {
    case "INPUT":
      return `${trigger.inputName ?? ""} is ${trigger.inputActive === false ? "at rest" : "active"}`;
    case "DOOR":
      return `${door} ${FACTS.find(([fact]) => fact === trigger.doorFact)?.[1] ?? ""}`;
    case "EVENT":
      return `“${trigger.eventTitle ?? ""}” happens at ${trigger.doorName ?? "any door, reader or input"}`;
    case "SCHEDULE":
      return `the schedule ${trigger.scheduleName ?? ""} applies`;
    case "THREAT_LEVEL":
      return trigger.threatLevelName === null
        ? "any threat level is in force"
        : `the threat level ${trigger.threatLevelName} is in force`;
  }
}

/** What the rule does then, in words. */
function thenWords({ action, outputName, pulseMs }: LocalRuleRowFragment): string {
  switch (action) {
    case "FOLLOW":
      return `${outputName} is on`;
    case "ON":
      return `${outputName} is switched on`;
    case "OFF":
      return `${outputName} is switched off`;
    case "PULSE":
      return `${outputName} is on for ${(pulseMs ?? 0) / 1000} s`;
  }
}

/** The whole rule as a sentence. */
export function ruleWords(rule: LocalRuleRowFragment): string {
  const begins = rule.action === "FOLLOW" ? "As long as" : "When";
  return `${begins} ${whenWords(rule.trigger)}, ${thenWords(rule)}.`;
}
