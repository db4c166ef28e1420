import { useEffect, useState } from "react";
import { useQuery } from "urql";

import { sentenceOf } from "../../api/client";
import { browserWait } from "../../api/wait";
import { type CardFormatInput, TryFormatDocument, type TryFormatQuery } from "../../gql/operations";
import { Badge } from "../../ui/Badge";
import { Text } from "../../ui/Text";
import { Part } from "../Editor";
import "./formats.css";

const TYPING_MS = 200;

type Trial = NonNullable<TryFormatQuery["tryCardFormat"]["trial"]>;

interface TryFormatProps {
  /** The format as it is being edited; null while it cannot be read. */
  format: CardFormatInput | null;
  bits: number | null;
}

/** What the format makes of a card, as one types: each step with its bits, and the fields found. */
export function TryFormat({ format, bits }: TryFormatProps) {
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState<{ bits: string; bitCount: number | null; draft: CardFormatInput } | null>(null);
  const question = format === null || typed.trim() === "" ? null : asQuestion(typed, bits, format);
  const written = JSON.stringify(question);
  useEffect(
    () => browserWait(() => setAsked(JSON.parse(written) as typeof asked), TYPING_MS),
    [written],
  );
  const [{ data, error }] = useQuery({
    query: TryFormatDocument,
    variables: { input: { bits: "", draft: null, formatId: null, bitCount: null, ...asked } },
    pause: asked === null,
    requestPolicy: "network-only",
  });
  const answer = asked === null ? undefined : data?.tryCardFormat;
  return (
    <Part title="Try it">
      <Text
        label="Bits of a card"
        hint="0 and 1; anything else is read as a hexadecimal number that ends with the card."
        value={typed}
        onChange={setTyped}
        problem={answer?.errors[0]?.message}
      />
      {format === null && <p className="quiet">Fill in the format first.</p>}
      {error && asked !== null && <p className="note-problem">{sentenceOf(error)}</p>}
      <div role="status">{format !== null && answer?.trial && <Steps trial={answer.trial} format={format} />}</div>
    </Part>
  );
}

/** Only zeros and ones of the format's length are bits; anything else is hexadecimal. */
function asQuestion(typed: string, bits: number | null, draft: CardFormatInput) {
  const card = typed.replaceAll(/[\s:]/g, "");
  const binary = /^[01]+$/.test(card) && (card.length > 8 || card.length === bits);
  // The name plays no part, and a new format has none yet.
  return { bits: card, bitCount: binary ? null : bits, draft: { ...draft, name: draft.name || "Draft" } };
}

function Steps({ trial, format }: { trial: Trial; format: CardFormatInput }) {
  const steps: [string, string | null][] = [
    ["As it arrived", trial.arrived],
    ["Bit order inverted", trial.bitsInverted],
    ["Byte order inverted", trial.bytesInverted],
  ];
  return (
    <>
      <p>
        <Badge tone={trial.accepted ? "good" : "danger"} word={trial.accepted ? "Taken" : "Refused"} /> {trial.words}
      </p>
      <dl className="trial">
        {steps.map(([name, bits]) => bits !== null && <Step key={name} name={name} value={<code>{grouped(bits)}</code>} />)}
        <Step name="As it is read" value={<Bits bits={trial.read} format={format} />} />
        {trial.facilityCode && <Step name="Facility code" value={<Found {...trial.facilityCode} />} />}
        {trial.number && <Step name="Card number" value={<Found {...trial.number} />} />}
        {trial.parities.map(({ bit, odd, expected, found }) => (
          <Step
            key={bit}
            name={`${odd ? "Odd" : "Even"} parity, bit ${bit}`}
            value={
              expected === found ? (
                <Badge tone="good" word={`${Number(found)}, right`} />
              ) : (
                <Badge tone="danger" word={`${Number(found)}, must be ${Number(expected)}`} />
              )
            }
          />
        ))}
      </dl>
    </>
  );
}

function Step({ name, value }: { name: string; value: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Found({ bits, text }: { bits: string; text: string }) {
  return (
    <>
      <strong className="numbers">{text}</strong> <code className="quiet">{bits}</code>
    </>
  );
}

/** The bits with their fields marked: n under the number, f under the facility code, p under a parity bit. */
function Bits({ bits, format }: { bits: string; format: CardFormatInput }) {
  const marks = [...bits].map((_, index) => markOf(index + 1, format)).join("");
  return (
    <span className="trial-bits">
      <code>{grouped(bits)}</code>
      <code aria-hidden="true" className="quiet">
        {grouped(marks)}
      </code>
    </span>
  );
}

/** The letter of the field that a bit (from 1) belongs to; a dot for none. */
export function markOf(bit: number, { number, facilityCode, parities }: CardFormatInput): string {
  if (parities?.some((parity) => parity.bit === bit) === true) return "p";
  if (facilityCode && bit >= facilityCode.firstBit && bit <= facilityCode.lastBit) return "f";
  return number && bit >= number.firstBit && bit <= number.lastBit ? "n" : ".";
}

function grouped(bits: string): string {
  return bits.replaceAll(/.{8}(?=.)/g, "$& ");
}
