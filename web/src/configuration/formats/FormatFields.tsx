import { Check } from "../../ui/Check";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Part } from "../Editor";
import { type FieldDraft, NO_FIELD, type ParityDraft, parseRanges } from "./format-draft";

interface FieldOfCardProps {
  title: string;
  field: FieldDraft | null;
  onChange: (field: FieldDraft | null) => void;
  problem: string | undefined;
}

/** A number on the card: whether there is one, and where. */
export function FieldOfCard({ title, field, onChange, problem }: FieldOfCardProps) {
  return (
    <Part title={title}>
      <Check
        label={`The card has a ${title.toLowerCase()}`}
        checked={field !== null}
        onChange={(on) => onChange(on ? NO_FIELD : null)}
      />
      {field && (
        <div className="form-pair">
          <Text
            label={`${title}: first bit`}
            type="number"
            value={field.firstBit}
            onChange={(firstBit) => onChange({ ...field, firstBit })}
            problem={problem}
          />
          <Text
            label={`${title}: last bit`}
            type="number"
            value={field.lastBit}
            onChange={(lastBit) => onChange({ ...field, lastBit })}
          />
          <Select
            label={`${title}: written`}
            value={field.base}
            options={[
              ["DECIMAL", "Decimal"],
              ["HEXADECIMAL", "Hexadecimal"],
            ]}
            onChange={(base) => onChange({ ...field, base })}
          />
          <Select
            label={`${title}: order of bits`}
            value={field.bitOrder}
            options={[
              ["BIG_ENDIAN", "First bit counts most (big endian)"],
              ["LITTLE_ENDIAN", "Last bit counts most (little endian)"],
            ]}
            onChange={(bitOrder) => onChange({ ...field, bitOrder })}
          />
        </div>
      )}
      {!field && problem !== undefined && <p className="field-problem">{problem}</p>}
    </Part>
  );
}

interface ParitiesProps {
  parities: readonly ParityDraft[];
  onChange: (parities: ParityDraft[]) => void;
  problem: string | undefined;
}

/** The parity bits, in the order in which they are reckoned. */
export function Parities({ parities, onChange, problem }: ParitiesProps) {
  const set = (index: number, part: Partial<ParityDraft>): void =>
    onChange(parities.map((each, at) => (at === index ? { ...each, ...part } : each)));
  return (
    <Part
      title="Parity"
      end={
        <button type="button" onClick={() => onChange([...parities, { bit: "", odd: false, covers: "" }])}>
          Add a parity bit
        </button>
      }
    >
      {parities.length === 0 && <p className="quiet">None: every card of this length is taken.</p>}
      <ul className="rows">
        {parities.map(({ bit, odd, covers }, index) => (
          // Parity bits have no identity but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}>
            <Text label={`Parity ${index + 1}: bit`} type="number" value={bit} onChange={(typed) => set(index, { bit: typed })} />
            <Select
              label={`Parity ${index + 1}: kind`}
              value={odd ? "ODD" : "EVEN"}
              options={[
                ["EVEN", "Even"],
                ["ODD", "Odd"],
              ]}
              onChange={(kind) => set(index, { odd: kind === "ODD" })}
            />
            <Text
              label={`Parity ${index + 1}: covers bits`}
              placeholder="2-13, 15"
              value={covers}
              onChange={(typed) => set(index, { covers: typed })}
              problem={parseRanges(covers) === null ? "Type bits and ranges, such as 2-13, 15." : undefined}
            />
            <button type="button" onClick={() => onChange(parities.filter((_, at) => at !== index))}>
              Remove parity {index + 1}
            </button>
          </li>
        ))}
      </ul>
      {problem !== undefined && <p className="field-problem">{problem}</p>}
    </Part>
  );
}
