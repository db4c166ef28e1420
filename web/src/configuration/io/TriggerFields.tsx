import type { Whole } from "../../api/use-whole";
import type { LocalRuleChoicesQuery } from "../../gql/operations";
import { Select } from "../../ui/Select";
import type { LocalRuleDraft, LocalRuleField } from "./local-rule-draft";
import { FACTS, KINDS } from "./local-rule-words";

export interface LocalRulePartProps {
  draft: LocalRuleDraft;
  change: (part: Partial<LocalRuleDraft>) => void;
  problems: Partial<Record<LocalRuleField, string>>;
  /** What can be named; undefined while it is loaded. */
  choices: Whole<LocalRuleChoicesQuery> | undefined;
}

type Options = readonly (readonly [string, string])[];

/** A choice among named things, the first of which stands for none or any. */
export function named(first: string, things: readonly { id: string; name: string }[] | undefined): Options {
  return [["", first], ...(things ?? []).map(({ id, name }) => [id, name] as const)];
}

/** What the rule goes by. */
export function TriggerFields({ draft, change, problems, choices }: LocalRulePartProps) {
  return (
    <>
      <Select
        label="It goes by"
        value={draft.kind}
        options={KINDS}
        onChange={(kind) =>
          // An event is over at once: nothing can follow it.
          change(kind === "EVENT" && draft.action === "FOLLOW" ? { kind, action: "PULSE" } : { kind })
        }
        problem={problems.trigger}
      />
      <Details draft={draft} change={change} problems={problems} choices={choices} />
    </>
  );
}

function Details({ draft, change, problems, choices }: LocalRulePartProps) {
  const door = (first: string) => (
    <Select
      label="Door"
      value={draft.doorId}
      options={named(first, choices?.doors)}
      onChange={(doorId) => change({ doorId })}
      problem={problems.doorId}
    />
  );
  switch (draft.kind) {
    case "INPUT":
      return (
        <>
          <Select
            label="Input"
            value={draft.inputId}
            options={named("Choose an input", choices?.auxInputs)}
            onChange={(inputId) => change({ inputId })}
            problem={problems.inputId}
          />
          <Select
            label="When the input"
            value={draft.inputActive}
            options={[
              ["active", "is active"],
              ["rest", "is at rest"],
            ]}
            onChange={(inputActive) => change({ inputActive })}
            problem={problems.inputActive}
          />
        </>
      );
    case "DOOR":
      return (
        <>
          {door("Choose a door")}
          <Select
            label="When the door"
            value={draft.doorFact}
            options={FACTS}
            onChange={(doorFact) => change({ doorFact })}
            problem={problems.doorFact}
          />
        </>
      );
    case "EVENT":
      return (
        <>
          <Select
            label="When this happens"
            value={draft.event}
            options={[["", "Choose an event"], ...events(choices)]}
            onChange={(event) => change({ event })}
            problem={problems.event}
          />
          {door("Any door, reader or input")}
        </>
      );
    case "SCHEDULE":
      return (
        <Select
          label="When the schedule applies"
          value={draft.scheduleId}
          options={named("Choose a schedule", choices?.schedules)}
          onChange={(scheduleId) => change({ scheduleId })}
          problem={problems.scheduleId}
        />
      );
    case "THREAT_LEVEL":
      return (
        <Select
          label="When this level is in force"
          value={draft.threatLevelId}
          options={named("Any threat level", choices?.threatLevels)}
          onChange={(threatLevelId) => change({ threatLevelId })}
          problem={problems.threatLevelId}
        />
      );
  }
}

const CATEGORIES: Partial<Record<LocalRuleChoicesQuery["localRuleEvents"][number]["category"], string>> = {
  ACCESS: "Access",
  DOOR: "Door",
  DEVICE: "Device",
};

function events(choices: Whole<LocalRuleChoicesQuery> | undefined): Options {
  return (choices?.localRuleEvents ?? [])
    .map(({ type, title, category }) => [type, `${CATEGORIES[category] ?? ""}: ${title}`] as const)
    .toSorted(([, a], [, b]) => a.localeCompare(b));
}
