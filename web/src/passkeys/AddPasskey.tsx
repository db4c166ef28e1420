import { type FormEvent, useRef, useState } from "react";
import { useClient } from "urql";

import { clientWords } from "../account/client-words";
import { Password } from "../account/Password";
import { RecoveryCodes } from "../account/RecoveryCodes";
import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { AddPasskeyDocument, BeginPasskeyDocument } from "../gql/operations";
import type { Viewer } from "../session/permission";
import { FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { Text } from "../ui/Text";
import { makePasskey } from "./device";

interface AddPasskeyProps {
  viewer: Viewer;
  /** The passkey counts from now on; recovery codes may still be on the screen. */
  onAdded?: (viewer: Viewer) => void;
  onDone: (viewer: Viewer) => void;
}

/** Adds a passkey of one's own: its name and the password, then what the browser asks, then recovery codes if it is the first second factor. */
export function AddPasskey({ viewer, onAdded, onDone }: AddPasskeyProps) {
  const api = useClient();
  const form = useRef<HTMLFormElement>(null);
  const [name, setName] = useState(() => clientWords(navigator.userAgent));
  const [password, setPassword] = useState("");
  const [finished, setFinished] = useState<{ codes: readonly string[]; viewer: Viewer } | null>(null);
  const { pending, problems, run } = useSaving(["name", "password"] as const);

  const add = async () => {
    const begun = await send(api, BeginPasskeyDocument, { input: { password: viewer.hasPassword ? password : null } });
    if (!begun.payload?.options) return begun.problems;
    const made = await makePasskey(begun.payload.options);
    if (made.answer === null) return made.problems;
    const added = await send(api, AddPasskeyDocument, { input: { name: name.trim(), credential: made.answer } });
    if (added.payload?.user) {
      onAdded?.(added.payload.user);
      if (added.payload.recoveryCodes.length > 0) setFinished({ codes: added.payload.recoveryCodes, viewer: added.payload.user });
      else onDone(added.payload.user);
    }
    return added.problems;
  };
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (!(await run(add))) focusFirstProblem(form.current);
  };

  if (finished !== null) return <RecoveryCodes codes={finished.codes} onDone={() => onDone(finished.viewer)} />;
  return (
    <form ref={form} className="form" onSubmit={(event) => void submit(event)} noValidate data-testid="add-passkey">
      <p>Your device asks for your fingerprint, your face or its PIN. None of them leaves it.</p>
      <Text label="Name" value={name} onChange={setName} required hint="To know it from others later." problem={problems.fields.name} />
      {viewer.hasPassword && (
        <Password label="Your password" kind="current" value={password} onChange={setPassword} problem={problems.fields.password} />
      )}
      {!viewer.hasPassword && problems.fields.password && <FormProblems sentences={[problems.fields.password]} />}
      <FormProblems sentences={problems.form} />
      <div className="form-end">
        <button type="submit" className="primary" disabled={pending}>
          {pending ? "Waiting for your device…" : "Add a passkey"}
        </button>
      </div>
    </form>
  );
}
