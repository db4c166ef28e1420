import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { Password } from "../account/Password";
import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { CreateProviderDocument, type ProviderRowFragment, UpdateProviderDocument } from "../gql/operations";
import { Check } from "../ui/Check";
import { focusFirstProblem } from "../ui/focus";
import { Refused } from "../ui/Refused";
import { Text } from "../ui/Text";
import { draftOf, inputOf } from "./draft";
import { GroupRoles } from "./GroupRoles";

interface ProviderFormProps {
  /** None: it is to be created. */
  provider: ProviderRowFragment | null;
  onSaved: () => void;
  onReload: () => void;
}

const FIELDS = ["name", "issuer", "clientId", "clientSecret", "scopes", "hosts", "nameClaim", "groupClaim", "groups", "createsUsers"] as const;

/** A sign-in provider: where it is, and who its people are here. */
export function ProviderForm({ provider, onSaved, onReload }: ProviderFormProps) {
  const api = useClient();
  const [draft, setDraft] = useState(() => draftOf(provider));
  const { pending, problems, outdated, run } = useSaving(FIELDS);
  const put = (changes: Partial<typeof draft>): void => setDraft((was) => ({ ...was, ...changes }));
  const save = async () => {
    const input = inputOf(draft);
    const sent =
      provider === null
        ? await send(api, CreateProviderDocument, { input })
        : await send(api, UpdateProviderDocument, { input: { ...input, id: provider.id, expectedVersion: provider.version } });
    return sent.problems;
  };
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    if (await run(save)) onSaved();
    else focusFirstProblem(form);
  };
  const { fields } = problems;
  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate data-testid="provider-form">
      <Text label="Name" value={draft.name} onChange={(name) => put({ name })} required hint="It is on the sign-in page." problem={fields.name} />
      <Text
        label="Issuer"
        value={draft.issuer}
        onChange={(issuer) => put({ issuer })}
        required
        hint="As the provider writes it, such as https://id.example.com/realms/company."
        problem={fields.issuer}
      />
      <Text label="Client ID" value={draft.clientId} onChange={(clientId) => put({ clientId })} required problem={fields.clientId} />
      <Password
        label="Client secret"
        kind="new"
        value={draft.secret}
        onChange={(secret) => put({ secret })}
        optional
        hint={provider?.hasSecret ? "Empty: the one that is kept stays." : "Empty for a public client."}
        problem={fields.clientSecret}
      />
      <Text label="Scopes" value={draft.scopes} onChange={(scopes) => put({ scopes })} problem={fields.scopes} />
      <Text
        label="Other hosts of the provider"
        value={draft.hosts}
        onChange={(hosts) => put({ hosts })}
        hint="Usually none. The server asks the issuer’s host and these, and no others."
        problem={fields.hosts}
      />
      <Text
        label="Claim with the groups"
        value={draft.groupClaim}
        onChange={(groupClaim) => put({ groupClaim })}
        hint="Such as groups, or realm_access.roles. Empty: roles are given here, under Users."
        problem={fields.groupClaim}
      />
      {draft.groupClaim.trim() !== "" && <GroupRoles lines={draft.groups} onChange={(groups) => put({ groups })} problem={fields.groups} />}
      <Check
        label="Make users of people when they first come"
        checked={draft.createsUsers}
        onChange={(createsUsers) => put({ createsUsers })}
        hint={fields.createsUsers ?? "Otherwise somebody with an account here connects it, under Your account."}
      />
      {draft.createsUsers && (
        <Text label="Claim with the name" value={draft.nameClaim} onChange={(nameClaim) => put({ nameClaim })} required problem={fields.nameClaim} />
      )}
      <Check
        label="Its people sign in here only"
        checked={draft.exclusive}
        onChange={(exclusive) => put({ exclusive })}
        hint="No password or passkey lets in who is connected with it. Keep an administrator who is not: when the provider is down, nobody else gets in."
      />
      <Check label="In use" checked={draft.enabled} onChange={(enabled) => put({ enabled })} />
      <Refused sentences={problems.form} outdated={outdated} onReload={onReload} />
      <div className="form-end">
        <button type="submit" className="primary" disabled={pending}>
          {pending ? "Saving…" : "Save"}
        </button>
      </div>
    </form>
  );
}
