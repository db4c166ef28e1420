import type { PinRulesInput, PinRulesRowFragment } from "../../gql/operations";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";

export const PIN_FIELDS = ["minLength", "maxLength", "endKey", "digitTimeoutMs", "lockoutAfter", "lockoutMs"] as const;

const END_KEYS = ["#", "*", "A", "B", "C", "D"];

/** PIN rules as typed; times in seconds. */
export type PinRulesDraft = Record<(typeof PIN_FIELDS)[number], string>;

export function pinRulesDraft(rules: PinRulesRowFragment): PinRulesDraft {
  return {
    minLength: String(rules.minLength),
    maxLength: String(rules.maxLength),
    endKey: rules.endKey,
    digitTimeoutMs: String(rules.digitTimeoutMs / 1000),
    lockoutAfter: String(rules.lockoutAfter),
    lockoutMs: String(rules.lockoutMs / 1000),
  };
}

export function pinRulesInput(draft: PinRulesDraft): PinRulesInput {
  return {
    minLength: Math.round(Number(draft.minLength)),
    maxLength: Math.round(Number(draft.maxLength)),
    endKey: draft.endKey,
    digitTimeoutMs: Math.round(Number(draft.digitTimeoutMs) * 1000),
    lockoutAfter: Math.round(Number(draft.lockoutAfter)),
    lockoutMs: Math.round(Number(draft.lockoutMs) * 1000),
  };
}

interface PinRulesFieldsProps {
  rules: PinRulesDraft;
  onChange: (rules: PinRulesDraft) => void;
  problems: Partial<PinRulesDraft>;
}

/** How keypads take PINs, and when they lock their reader. */
export function PinRulesFields({ rules, onChange, problems }: PinRulesFieldsProps) {
  const number = (field: keyof PinRulesDraft, label: string, hint?: string) => (
    <Text
      label={label}
      type="number"
      value={rules[field]}
      onChange={(value) => onChange({ ...rules, [field]: value })}
      problem={problems[field]}
      {...(hint === undefined ? {} : { hint })}
    />
  );
  return (
    <div className="form-pair">
      {number("minLength", "Shortest PIN, digits")}
      {number("maxLength", "Longest PIN, digits")}
      <Select
        label="Key that ends a PIN"
        hint="None is possible only where all PINs have one length."
        value={rules.endKey}
        options={[["", "None"], ...END_KEYS.map((key) => [key, key] as const)]}
        onChange={(endKey) => onChange({ ...rules, endKey })}
        problem={problems.endKey}
      />
      {number("digitTimeoutMs", "Longest time between two digits, seconds")}
      {number("lockoutAfter", "Wrong PINs in a row that lock the reader", "0: never.")}
      {number("lockoutMs", "For how long it is locked, seconds")}
    </div>
  );
}
