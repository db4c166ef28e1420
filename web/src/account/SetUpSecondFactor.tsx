import { type FormEvent, useEffect, useRef, useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { BeginSecondFactorDocument, ConfirmSecondFactorDocument } from "../gql/operations";
import type { Viewer } from "../session/permission";
import { Field, FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { pictureOf } from "../credentials/picture";
import { Password } from "./Password";
import { RecoveryCodes } from "./RecoveryCodes";

interface Made {
  secret: string;
  svg: string;
}

interface SetUpSecondFactorProps {
  /** The factor counts from now on; the recovery codes are still on the screen. */
  onConfirmed?: (viewer: Viewer) => void;
  onDone: (viewer: Viewer) => void;
}

/** Sets an authenticator up: the password, the QR code, a code of it, and then the recovery codes, in this order. */
export function SetUpSecondFactor({ onConfirmed, onDone }: SetUpSecondFactorProps) {
  const api = useClient();
  const [password, setPassword] = useState("");
  const [made, setMade] = useState<Made | null>(null);
  const [code, setCode] = useState("");
  const [finished, setFinished] = useState<{ codes: readonly string[]; viewer: Viewer } | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const { pending, problems, run } = useSaving(["password", "code"] as const);
  useEffect(() => {
    if (made !== null) form.current?.querySelector("input")?.focus();
  }, [made]);

  const begin = async () => {
    const sent = await send(api, BeginSecondFactorDocument, { password });
    if (sent.payload?.secret && sent.payload.svg) setMade({ secret: sent.payload.secret, svg: sent.payload.svg });
    return sent.problems;
  };
  const confirm = async () => {
    const sent = await send(api, ConfirmSecondFactorDocument, { code });
    if (sent.payload?.user) {
      setFinished({ codes: sent.payload.codes, viewer: sent.payload.user });
      onConfirmed?.(sent.payload.user);
    }
    return sent.problems;
  };
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (!(await run(made === null ? begin : confirm))) focusFirstProblem(form.current);
  };

  if (finished !== null) return <RecoveryCodes codes={finished.codes} onDone={() => onDone(finished.viewer)} />;
  return (
    <form ref={form} className="form" onSubmit={(event) => void submit(event)} noValidate data-testid="second-factor">
      {made === null ? (
        <Password label="Your password" kind="current" value={password} onChange={setPassword} problem={problems.fields.password} />
      ) : (
        <>
          <p>Scan this with an authenticator app on your phone, then enter the code that the app shows.</p>
          <img className="secret-picture" src={pictureOf(made.svg)} alt="The secret for the authenticator as a QR code" />
          <p className="quiet">
            No camera? Type this secret into the app: <code className="secret">{made.secret}</code>
          </p>
          <Field
            label="Code"
            value={code}
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            problem={problems.fields.code}
            onChange={({ currentTarget }) => setCode(currentTarget.value)}
          />
        </>
      )}
      <FormProblems sentences={problems.form} />
      <div className="form-end">
        <button type="submit" className="primary" disabled={pending}>
          {made === null ? "Go on" : "Turn it on"}
        </button>
      </div>
    </form>
  );
}
