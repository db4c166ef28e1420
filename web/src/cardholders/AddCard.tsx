import { type FormEvent, useRef, useState } from "react";
import { useClient } from "urql";

import { type FormProblems as Problems, noProblems, placeProblems } from "../api/problems";
import { send } from "../api/send";
import { fromLocalField } from "../app/clock";
import { CreateCardDocument } from "../gql/operations";
import { Dialog } from "../ui/Dialog";
import { Field, FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";

const FIELDS = ["name", "facilityCode", "number", "validFrom", "validTo"] as const;
type CardField = (typeof FIELDS)[number];

interface AddCardProps {
  cardholderId: string;
  onAdded: () => void;
  onClose: () => void;
}

export function AddCard({ cardholderId, onAdded, onClose }: AddCardProps) {
  const api = useClient();
  const form = useRef<HTMLFormElement>(null);
  const [pending, setPending] = useState(false);
  const [{ fields, form: general }, setProblems] = useState<Problems<CardField>>(noProblems);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const read = readCard(new FormData(event.currentTarget));
    if ("problems" in read) {
      setProblems(read.problems);
    } else {
      setPending(true);
      const { payload, problems } = await send(api, CreateCardDocument, { input: { cardholderId, ...read.card } });
      setPending(false);
      if (payload) {
        onAdded();
        return;
      }
      setProblems(placeProblems(problems, FIELDS));
    }
    focusFirstProblem(form.current);
  };

  return (
    <Dialog title="Add a card" onClose={onClose} testId="add-card-dialog">
      <form ref={form} className="form" onSubmit={(event) => void submit(event)} noValidate>
        <FormProblems sentences={general} />
        <Field label="Name" name="name" defaultValue="Card" problem={fields.name} />
        <div className="form-pair">
          <Field label="Facility code" name="facilityCode" inputMode="numeric" required problem={fields.facilityCode} />
          <Field label="Card number" name="number" inputMode="numeric" required problem={fields.number} />
        </div>
        <div className="form-pair">
          <Field label="Valid from" name="validFrom" type="datetime-local" problem={fields.validFrom} />
          <Field label="Valid to" name="validTo" type="datetime-local" problem={fields.validTo} />
        </div>
        <div className="form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={pending}>
            {pending ? "Adding…" : "Add the card"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface NewCard {
  name: string;
  facilityCode: number;
  number: number;
  validFrom: string | null;
  validTo: string | null;
}

/** The card as entered, or why it cannot be sent. What range the numbers may have is for the server to say. */
export function readCard(form: FormData): { card: NewCard } | { problems: Problems<CardField> } {
  const text = (name: CardField): string => String(form.get(name) ?? "").trim();
  const fields: Partial<Record<CardField, string>> = {};
  for (const name of ["facilityCode", "number"] as const) {
    if (!/^\d{1,9}$/.test(text(name))) fields[name] = "Enter a whole number, in digits.";
  }
  if (Object.keys(fields).length > 0) return { problems: { fields, form: [] } };
  return {
    card: {
      name: text("name") || "Card",
      facilityCode: Number(text("facilityCode")),
      number: Number(text("number")),
      validFrom: fromLocalField(text("validFrom")),
      validTo: fromLocalField(text("validTo")),
    },
  };
}
