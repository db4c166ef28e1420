import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { Password } from "../account/Password";
import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { CreateOwnTokenDocument, CreateServiceTokenDocument } from "../gql/operations";
import { Check } from "../ui/Check";
import { Described } from "../ui/Described";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { Text } from "../ui/Text";

interface NewTokenProps {
  permissions: readonly string[];
  serviceId?: string | undefined;
  /** Without a password, whoever signed in just now may make one. */
  hasPassword: boolean;
  nowMs: number;
  onClose: () => void;
}

const DAY_MS = 86_400_000;
const USUAL_DAYS = 90;

/** Makes a token and shows it, this once. */
export function NewToken({ permissions, serviceId, hasPassword, nowMs, onClose }: NewTokenProps) {
  const api = useClient();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [ends, setEnds] = useState(() => new Date(nowMs + USUAL_DAYS * DAY_MS).toISOString().slice(0, 10));
  const [networks, setNetworks] = useState("");
  const [password, setPassword] = useState("");
  const [text, setText] = useState<string | null>(null);
  const { pending, problems, run } = useSaving(["name", "permissions", "expiresAt", "networks", "password"] as const);

  const make = async () => {
    const input = {
      name: name.trim(),
      permissions: [...chosen],
      expiresAt: `${ends}T00:00:00Z`,
      networks: networks.split(/[\s,]+/).filter((each) => each !== ""),
    };
    const sent =
      serviceId === undefined
        ? await send(api, CreateOwnTokenDocument, { input: { password, ...input } })
        : await send(api, CreateServiceTokenDocument, { input: { userId: serviceId, ...input } });
    if (sent.payload?.text) setText(sent.payload.text);
    return sent.problems;
  };
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(await run(make))) focusFirstProblem(form);
  };

  return (
    <Dialog title="New token" onClose={onClose} testId="new-token-dialog">
      {text === null ? (
        <form className="form" onSubmit={(event) => void submit(event)} noValidate>
          <Text label="Name" value={name} onChange={setName} required hint="What it is for." problem={problems.fields.name} />
          <fieldset className="token-choices">
            <legend>It may</legend>
            {permissions.map((permission) => (
              <Check
                key={permission}
                label={permission}
                checked={chosen.includes(permission)}
                onChange={(checked) => setChosen(checked ? [...chosen, permission] : chosen.filter((each) => each !== permission))}
              />
            ))}
          </fieldset>
          {problems.fields.permissions !== undefined && <FormProblems sentences={[problems.fields.permissions]} />}
          <Text label="Ends on" type="date" value={ends} onChange={setEnds} required problem={problems.fields.expiresAt} />
          <Described label="Only from" hint="Networks such as 192.0.2.0/24, one a line. Empty: from everywhere." problem={problems.fields.networks}>
            {(description) => (
              <textarea {...description} rows={2} value={networks} onChange={({ currentTarget }) => setNetworks(currentTarget.value)} />
            )}
          </Described>
          {serviceId === undefined && !hasPassword && problems.fields.password !== undefined && (
            <FormProblems sentences={[problems.fields.password]} />
          )}
          {serviceId === undefined && hasPassword && (
            <Password label="Your password" kind="current" value={password} onChange={setPassword} problem={problems.fields.password} />
          )}
          <FormProblems sentences={problems.form} />
          <div className="form-end">
            <button type="button" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" className="primary" disabled={pending}>
              {pending ? "Making…" : "Make the token"}
            </button>
          </div>
        </form>
      ) : (
        <div className="form" role="status">
          <p>Copy it to where the program finds it. It is not shown again.</p>
          <p>
            <code className="secret" data-testid="token-text">
              {text}
            </code>
          </p>
          <p className="quiet">The program sends the header Authorization with Bearer and this text.</p>
          <div className="form-end">
            <button type="button" className="primary" onClick={onClose}>
              I have it
            </button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
