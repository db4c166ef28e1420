import { useState } from "react";
import { useClient } from "urql";

import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { useWhole } from "../api/use-whole";
import { DeleteProviderDocument, type ProviderRowFragment, ProvidersDocument } from "../gql/operations";
import { Badge } from "../ui/Badge";
import { Confirm } from "../ui/Confirm";
import { CopyText } from "../ui/CopyText";
import { Dialog } from "../ui/Dialog";
import { Panel } from "../ui/Panel";
import { usersHref } from "../users/place";
import { roleWords } from "../users/words";
import { ProviderForm } from "./ProviderForm";
import { TestProvider } from "./TestProvider";
import "../account/account.css";
import "./providers.css";

/** Where else people of this site sign in: OpenID Connect providers. */
export function Providers() {
  const [{ data, error }, reload] = useWhole({ query: ProvidersDocument, requestPolicy: "cache-and-network" });
  const [editing, setEditing] = useState<ProviderRowFragment | "new" | null>(null);
  const again = (): void => reload({ requestPolicy: "network-only" });
  return (
    <section className="screen account" aria-labelledby="providers-title">
      <p className="crumb">
        <a href={usersHref({ screen: "users", id: null })}>Users</a>
      </p>
      <header className="screen-head">
        <h1 id="providers-title">Sign-in providers</h1>
        <button type="button" className="primary" onClick={() => setEditing("new")}>
          New provider
        </button>
      </header>
      {!data && (
        <p className="quiet" role={error ? "alert" : undefined}>
          {error ? sentenceOf(error) : "Loading…"}
        </p>
      )}
      {data?.oidcProviders.length === 0 && (
        <p className="quiet">
          There are none: everybody signs in with a password or a passkey of this site. A provider is your company’s own sign-in, such as
          Keycloak, Entra ID or Authentik (OpenID Connect).
        </p>
      )}
      {data?.oidcProviders.map((provider) => (
        <Provider key={provider.id} provider={provider} onEdit={() => setEditing(provider)} onReload={again} />
      ))}
      {editing !== null && (
        <Dialog title={editing === "new" ? "New provider" : editing.name} onClose={() => setEditing(null)}>
          <ProviderForm
            provider={editing === "new" ? null : editing}
            onSaved={() => {
              setEditing(null);
              again();
            }}
            onReload={() => {
              setEditing(null);
              again();
            }}
          />
        </Dialog>
      )}
    </section>
  );
}

interface ProviderProps {
  provider: ProviderRowFragment;
  onEdit: () => void;
  onReload: () => void;
}

function Provider({ provider, onEdit, onReload }: ProviderProps) {
  const api = useClient();
  const [deleting, setDeleting] = useState(false);
  return (
    <Panel title={provider.name} end={<Badge {...(provider.enabled ? { tone: "good", word: "In use" } : { tone: "off", word: "Off" })} />}>
      <dl className="provider-facts" data-testid="provider">
        <dt>Issuer</dt>
        <dd>{provider.issuer}</dd>
        <dt>Redirect URI</dt>
        <dd>
          {provider.redirectUri === null ? (
            "The server does not know its own address: start it with --public-url."
          ) : (
            <CopyText text={provider.redirectUri} name="the redirect URI" />
          )}
        </dd>
        <dt>Roles</dt>
        <dd>{rolesWords(provider)}</dd>
        <dt>New people</dt>
        <dd>{provider.createsUsers ? "Are made users when they first come" : "Do not get in before they are connected"}</dd>
        {provider.exclusive && (
          <>
            <dt>Passwords</dt>
            <dd>Its people sign in here only</dd>
          </>
        )}
      </dl>
      <div className="row-actions">
        <TestProvider id={provider.id} name={provider.name} />
        <button type="button" aria-label={`Change ${provider.name}`} onClick={onEdit}>
          Change
        </button>
        <button type="button" className="danger" aria-label={`Delete ${provider.name}`} onClick={() => setDeleting(true)}>
          Delete
        </button>
      </div>
      {deleting && (
        <Confirm
          title={`Delete ${provider.name}?`}
          action="Delete the provider"
          onConfirm={async () =>
            (await send(api, DeleteProviderDocument, { input: { id: provider.id, expectedVersion: provider.version } })).problems
          }
          onDone={() => {
            setDeleting(false);
            onReload();
          }}
          onReload={onReload}
          onClose={() => setDeleting(false)}
        >
          <p>Nobody signs in by it any more, and nobody stays connected with it.</p>
        </Confirm>
      )}
    </Panel>
  );
}

function rolesWords({ groupClaim, groups }: ProviderRowFragment): string {
  if (groupClaim === null) return "As they are given here";
  return groups.map(({ group, role }) => `${group}: ${roleWords(role)}`).join("; ");
}
