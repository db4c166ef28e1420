import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { ChangePinDocument, type ChangePinInput, type CredentialDetailFragment } from "../gql/operations";
import { Dialog } from "../ui/Dialog";
import { focusFirstProblem } from "../ui/focus";
import { Refused } from "../ui/Refused";
import { Select } from "../ui/Select";
import { PinField } from "./TokenFields";

type Duress = "KEEP" | "SET" | "NONE";

interface ChangePinProps {
  /** As it was when the dialog was opened. */
  credential: CredentialDetailFragment;
  onSaved: () => void;
  onReload: () => void;
  onClose: () => void;
}

/** Gives a PIN other digits, in a dialog. What it was cannot be shown: only its hash is kept. */
export function ChangePin({ credential, onSaved, onReload, onClose }: ChangePinProps) {
  const api = useClient();
  const [pin, setPin] = useState("");
  const [duress, setDuress] = useState<Duress>("KEEP");
  const [duressPin, setDuressPin] = useState("");
  const [missing, setMissing] = useState<string | undefined>();
  const { pending, problems, outdated, run } = useSaving(["pin", "duressPin"] as const);
  const hadDuress = credential.hasDuressPin === true;
  const options: readonly (readonly [Duress, string])[] = [
    ["KEEP", hadDuress ? "Stays as it is" : "None, as before"],
    ["SET", hadDuress ? "Another one" : "Set one"],
    ...(hadDuress ? ([["NONE", "None from now on"]] as const) : []),
  ];

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    // An empty duress PIN would silently take it away.
    const lacks = duress === "SET" && duressPin === "";
    setMissing(lacks ? "Enter a duress PIN, or do without one." : undefined);
    const input: ChangePinInput = { id: credential.id, expectedVersion: credential.version };
    if (pin !== "") input.pin = pin;
    if (duress !== "KEEP") input.duressPin = duress === "SET" ? duressPin : "";
    if (!lacks && (await run(async () => (await send(api, ChangePinDocument, { input })).problems))) onSaved();
    else focusFirstProblem(form);
  };

  return (
    <Dialog title={`Change ${credential.name}`} onClose={onClose} testId="change-pin-dialog">
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <PinField label="New PIN" hint="Leave it empty to keep the present one." value={pin} onChange={setPin} problem={problems.fields.pin} />
        <Select label="Duress PIN" value={duress} options={options} onChange={setDuress} />
        {duress === "SET" && (
          <PinField
            label="New duress PIN"
            hint="Opens the door, and raises a silent alarm."
            value={duressPin}
            onChange={setDuressPin}
            problem={missing ?? problems.fields.duressPin}
            required
          />
        )}
        <Refused sentences={problems.form} outdated={outdated} onReload={onReload} />
        <div className="form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={pending}>
            {pending ? "Saving…" : "Change the PIN"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
