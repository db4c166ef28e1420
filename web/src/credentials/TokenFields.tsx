import type { CredentialKind } from "../gql/operations";
import type { Viewer } from "../session/permission";
import { Check } from "../ui/Check";
import { Field } from "../ui/Field";
import { Text } from "../ui/Text";
import { CardFields } from "./CardFields";
import type { TokenDraft, TokenProblems } from "./new-credential";

export interface TokenFieldsProps {
  draft: TokenDraft;
  change: (part: Partial<TokenDraft>) => void;
  problems: TokenProblems;
  viewer: Viewer;
}

/** What a new credential of one kind consists of. */
export function TokenFields({ kind, ...fields }: TokenFieldsProps & { kind: CredentialKind }) {
  const { draft, change, problems } = fields;
  switch (kind) {
    case "CARD":
      return <CardFields {...fields} />;
    case "PIN":
      return (
        <>
          <PinField label="PIN" value={draft.pin} onChange={(pin) => change({ pin })} problem={problems.pin} required />
          <Check
            label="With a duress PIN"
            hint="A second PIN, for use under threat: it opens the door like the first, and raises a silent alarm."
            checked={draft.duress}
            onChange={(duress) => change({ duress })}
          />
          {draft.duress && (
            <PinField
              label="Duress PIN"
              value={draft.duressPin}
              onChange={(duressPin) => change({ duressPin })}
              problem={problems.duressPin}
              required
            />
          )}
        </>
      );
    case "PLATE":
      return (
        <Text label="Plate number" value={draft.plate} onChange={(plate) => change({ plate })} problem={problems.plate} required />
      );
    case "QR":
    case "DYNAMIC_QR":
      return <p className="quiet">The code is shown as soon as it is made.</p>;
    case "MOBILE":
      return <p className="quiet">An invitation with a code is made. The code is shown once: have it ready to be passed on.</p>;
  }
}

interface PinFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  problem?: string | undefined;
  required?: boolean;
}

/** Digits that nobody else at the screen should read. */
export function PinField({ onChange, ...field }: PinFieldProps) {
  return (
    <Field
      {...field}
      type="password"
      inputMode="numeric"
      autoComplete="new-password"
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
