import { useClient } from "urql";

import { send } from "../api/send";
import { type CredentialDetailFragment, DeleteCredentialDocument, type ProblemFragment, RevokeMobileDocument } from "../gql/operations";
import { Confirm } from "../ui/Confirm";
import { KINDS } from "./kinds";

interface RemovalProps {
  act: "delete" | "revoke";
  credential: CredentialDetailFragment;
  onDone: () => void;
  onReload: () => void;
  onClose: () => void;
}

/** Deletes a credential, or takes it from its phone, after a question. */
export function Removal({ act, credential: { id, kind, name, device, version }, ...asking }: RemovalProps) {
  const api = useClient();
  const remove = async (): Promise<readonly ProblemFragment[]> => {
    const sent =
      act === "delete"
        ? await send(api, DeleteCredentialDocument, { id, expectedVersion: version })
        : await send(api, RevokeMobileDocument, { id });
    return sent.problems;
  };
  return act === "delete" ? (
    <Confirm {...asking} title={`Delete ${name}?`} action="Delete the credential" onConfirm={remove}>
      <p>
        {KINDS[kind].word} {name === KINDS[kind].word ? "" : `“${name}” `}opens no door any more, and can be given to
        somebody else. The log keeps what was done with it. If it was lost or stolen, set its status instead: then
        whoever shows it is noticed.
      </p>
    </Confirm>
  ) : (
    <Confirm {...asking} title={`Revoke ${name}?`} action="Revoke" onConfirm={remove}>
      <p>
        {device?.pairedAt
          ? `${device.name ?? "The phone"} opens no door any more. Another phone can be invited then.`
          : "The invitation is taken back: its code pairs no phone any more."}
      </p>
    </Confirm>
  );
}
