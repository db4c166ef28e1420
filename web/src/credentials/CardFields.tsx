
import { useWhole } from "../api/use-whole";
import { CardFormatChoicesDocument } from "../gql/operations";
import { may } from "../session/permission";
import { Described } from "../ui/Described";
import { Field } from "../ui/Field";
import { Select } from "../ui/Select";
import type { CardInput } from "./new-credential";
import { TakeRead } from "./TakeRead";
import type { TokenFieldsProps } from "./TokenFields";

const INPUTS: readonly (readonly [CardInput, string])[] = [
  ["FORMAT", "By its number"],
  ["BITS", "Bit by bit"],
];

/** A card: what a format reads from it, or its bits; typed, or taken from a reader. */
export function CardFields({ draft, change, problems, viewer }: TokenFieldsProps) {
  return (
    <>
      {may(viewer, "door.view") && <TakeRead onTake={change} />}
      <Select label="Enter the card" value={draft.cardInput} options={INPUTS} onChange={(cardInput) => change({ cardInput })} />
      {draft.cardInput === "FORMAT" ? (
        <NumberFields draft={draft} change={change} problems={problems} viewer={viewer} />
      ) : (
        <Described label="Bits" hint="0 and 1, as they arrive from the reader; at most 256." problem={problems.rawBits ?? problems.number}>
          {(description) => (
            <textarea
              {...description}
              className="bits"
              rows={3}
              spellCheck={false}
              value={draft.rawBits}
              onChange={({ currentTarget }) => change({ rawBits: currentTarget.value })}
            />
          )}
        </Described>
      )}
    </>
  );
}

function NumberFields({ draft, change, problems, viewer }: TokenFieldsProps) {
  const [{ data }] = useWhole({ query: CardFormatChoicesDocument, pause: !may(viewer, "configuration.view") });
  const active = data?.cardFormats.filter((format) => format.active) ?? [];
  const chosen = data?.cardFormats.find(({ id }) => id === draft.format);
  const known = active.some(({ id }) => id === draft.format);
  const options = active.map(({ id, name }) => [id, name] as const);
  return (
    <>
      <Select
        label="Format"
        value={draft.format}
        // A format that is not among the active ones may still be the one that read the card.
        options={known ? options : [[draft.format, chosen?.name ?? draft.format], ...options]}
        onChange={(format) => change({ format })}
        problem={problems.format}
      />
      <div className="form-pair">
        {(chosen === undefined || chosen.facilityCode !== null) && (
          <Field
            label="Facility code"
            inputMode="numeric"
            autoComplete="off"
            value={draft.facilityCode}
            onChange={({ currentTarget }) => change({ facilityCode: currentTarget.value })}
            problem={problems.facilityCode}
          />
        )}
        <Field
          label="Card number"
          inputMode="numeric"
          autoComplete="off"
          required
          value={draft.number}
          onChange={({ currentTarget }) => change({ number: currentTarget.value })}
          problem={problems.number}
        />
      </div>
    </>
  );
}
