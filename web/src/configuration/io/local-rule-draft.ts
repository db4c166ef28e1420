import type { DoorFact, LocalAction, LocalRuleRowFragment, LocalTriggerKind } from "../../gql/operations";

export const LOCAL_RULE_FIELDS = [
  "name",
  "inputId",
  "inputActive",
  "doorId",
  "doorFact",
  "event",
  "scheduleId",
  "threatLevelId",
  "trigger",
  "action",
  "outputId",
  "pulseMs",
] as const;
export type LocalRuleField = (typeof LOCAL_RULE_FIELDS)[number];

/** A local rule as its form holds it; ids that are not chosen are empty. */
export interface LocalRuleDraft {
  name: string;
  enabled: boolean;
  kind: LocalTriggerKind;
  inputId: string;
  inputActive: "active" | "rest";
  doorId: string;
  doorFact: DoorFact;
  event: string;
  scheduleId: string;
  threatLevelId: string;
  action: LocalAction;
  outputId: string;
  pulseSeconds: string;
}

export const NO_LOCAL_RULE: LocalRuleDraft = {
  name: "",
  enabled: true,
  kind: "INPUT",
  inputId: "",
  inputActive: "active",
  doorId: "",
  doorFact: "FORCED",
  event: "",
  scheduleId: "",
  threatLevelId: "",
  action: "FOLLOW",
  outputId: "",
  pulseSeconds: "3",
};

export function localRuleDraft({ name, enabled, trigger, action, outputId, pulseMs }: LocalRuleRowFragment): LocalRuleDraft {
  return {
    name,
    enabled,
    kind: trigger.kind,
    inputId: trigger.inputId ?? "",
    inputActive: trigger.inputActive === false ? "rest" : "active",
    doorId: trigger.doorId ?? "",
    doorFact: trigger.doorFact ?? "FORCED",
    event: trigger.event ?? "",
    scheduleId: trigger.scheduleId ?? "",
    threatLevelId: trigger.threatLevelId ?? "",
    action,
    outputId,
    pulseSeconds: pulseMs === null ? "3" : String(pulseMs / 1000),
  };
}

function chosen(id: string): string | null {
  return id === "" ? null : id;
}

/** What of the draft the rule goes by; null is left out, and what is needed is asked for by the server. */
function triggerInput(draft: LocalRuleDraft) {
  const { kind } = draft;
  switch (kind) {
    case "INPUT":
      return { kind, inputId: chosen(draft.inputId), inputActive: draft.inputActive === "active" };
    case "DOOR":
      return { kind, doorId: chosen(draft.doorId), doorFact: draft.doorFact };
    case "EVENT":
      return { kind, event: chosen(draft.event), doorId: chosen(draft.doorId) };
    case "SCHEDULE":
      return { kind, scheduleId: chosen(draft.scheduleId) };
    case "THREAT_LEVEL":
      return { kind, threatLevelId: chosen(draft.threatLevelId) };
  }
}

/** The draft as the API wants it. */
export function localRuleInput(draft: LocalRuleDraft) {
  return {
    name: draft.name.trim(),
    enabled: draft.enabled,
    trigger: triggerInput(draft),
    action: draft.action,
    outputId: draft.outputId,
    pulseMs: draft.action === "PULSE" ? milliseconds(draft.pulseSeconds) : null,
  };
}

/** What is no number becomes -1, which the server refuses at its field. */
function milliseconds(seconds: string): number {
  const value = Number(seconds.trim().replace(",", "."));
  return seconds.trim() === "" || !Number.isFinite(value) ? -1 : Math.min(Math.round(value * 1000), 2_147_483_647);
}
