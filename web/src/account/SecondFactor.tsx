import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { DropSecondFactorDocument, MakeRecoveryCodesDocument } from "../gql/operations";
import type { Viewer } from "../session/permission";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { Password } from "./Password";
import { RecoveryCodes } from "./RecoveryCodes";
import { SetUpSecondFactor } from "./SetUpSecondFactor";

interface SecondFactorProps {
  viewer: Viewer;
  /** How many recovery codes there are; undefined while that is being asked. */
  codesLeft: number | undefined;
  onChanged: (viewer: Viewer) => void;
  /** Asks again how many recovery codes there are. */
  onReload: () => void;
}

/** Whether a code is asked for besides the password, and what can be done about it. */
export function SecondFactor({ viewer, codesLeft, onChanged, onReload }: SecondFactorProps) {
  const api = useClient();
  const [doing, setDoing] = useState<"add" | "codes" | "drop" | null>(null);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const close = (): void => {
    setDoing(null);
    setCodes([]);
    onReload();
  };
  const make = async (password: string) => {
    const sent = await send(api, MakeRecoveryCodesDocument, { password });
    if (sent.payload) setCodes(sent.payload.codes);
    return sent.problems;
  };
  const drop = async (password: string) => {
    const sent = await send(api, DropSecondFactorDocument, { password });
    if (sent.payload?.user) {
      onChanged(sent.payload.user);
      close();
    }
    return sent.problems;
  };
  return (
    <>
      {viewer.hasSecondFactor ? (
        <>
          <p>
            Signing in asks for a code of your authenticator.
            {codesLeft !== undefined && ` You have ${codesLeft === 1 ? "1 recovery code" : `${codesLeft} recovery codes`} left.`}
          </p>
          <div className="row-actions">
            <button type="button" onClick={() => setDoing("codes")}>
              Make new recovery codes
            </button>
            <button type="button" className="danger" onClick={() => setDoing("drop")}>
              Turn it off
            </button>
          </div>
        </>
      ) : (
        <>
          <p>Signing in asks for your password only. With a second factor, a stolen password is not enough.</p>
          <div className="row-actions">
            <button type="button" onClick={() => setDoing("add")}>
              Set up an authenticator
            </button>
          </div>
        </>
      )}
      {doing === "add" && (
        <Dialog title="Set up an authenticator" onClose={close}>
          <SetUpSecondFactor onConfirmed={onChanged} onDone={close} />
        </Dialog>
      )}
      {doing === "codes" && (
        <Dialog title="New recovery codes" onClose={close}>
          {codes.length > 0 ? (
            <RecoveryCodes codes={codes} onDone={close} />
          ) : (
            <WithPassword words="The codes that you have now will count no more." action="Make new codes" send={make} />
          )}
        </Dialog>
      )}
      {doing === "drop" && (
        <Dialog title="Turn the second factor off?" onClose={close}>
          <WithPassword words="Your password alone will let you in, and whoever else has it." action="Turn it off" send={drop} />
        </Dialog>
      )}
    </>
  );
}

interface WithPasswordProps {
  words: string;
  action: string;
  send: (password: string) => ReturnType<Parameters<ReturnType<typeof useSaving>["run"]>[0]>;
}

/** Something that only whoever knows the password may do. */
function WithPassword({ words, action, send: sendIt }: WithPasswordProps) {
  const [password, setPassword] = useState("");
  const { pending, problems, run } = useSaving(["password"] as const);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(await run(() => sendIt(password)))) focusFirstProblem(form);
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate>
      <p>{words}</p>
      <Password label="Your password" kind="current" value={password} onChange={setPassword} problem={problems.fields.password} />
      <FormProblems sentences={problems.form} />
      <div className="form-end">
        <button type="submit" className="primary" disabled={pending}>
          {action}
        </button>
      </div>
    </form>
  );
}
