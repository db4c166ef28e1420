import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Client } from "urql";

import { Password } from "../account/Password";
import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { SetUpDocument } from "../gql/operations";
import { FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { Text } from "../ui/Text";
import type { Viewer } from "./permission";
import "./session.css";

interface SetUpProps {
  api: Client;
  onSignedIn: (viewer: Viewer) => void;
}

/** Makes the first administrator of an installation that has no users. */
export function SetUp({ api, onSignedIn }: SetUpProps) {
  const form = useRef<HTMLFormElement>(null);
  const [token, setToken] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const { pending, problems, run } = useSaving(["token", "name", "password"] as const);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    await run(async () => {
      const sent = await send(api, SetUpDocument, { input: { token, name: name.trim(), password } });
      if (sent.payload?.user) onSignedIn(sent.payload.user);
      return sent.problems;
    });
    focusFirstProblem(form.current);
  };

  return (
    <main className="sign-in">
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate data-testid="set-up">
        <h1>
          <span className="brand-mark" aria-hidden="true" />
          Set up Doorward
        </h1>
        <p className="quiet">Nobody can sign in yet. Make the first administrator, who can then make others.</p>
        <Text
          label="Set-up token"
          value={token}
          onChange={setToken}
          required
          hint="The server printed it when it started. It is also in the file setup-token in its data directory."
          problem={problems.fields.token}
        />
        <Text label="Name" value={name} onChange={setName} required problem={problems.fields.name} />
        <Password label="Password" kind="new" value={password} onChange={setPassword} problem={problems.fields.password} />
        <FormProblems sentences={problems.form} />
        <button type="submit" className="primary" disabled={pending}>
          {pending ? "Setting up…" : "Make the administrator"}
        </button>
      </form>
    </main>
  );
}
