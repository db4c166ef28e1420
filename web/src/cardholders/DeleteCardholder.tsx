import { useClient } from "urql";

import { send } from "../api/send";
import { KINDS } from "../credentials/kinds";
import { type CardholderDetailFragment, DeleteCardholderDocument } from "../gql/operations";
import { Confirm } from "../ui/Confirm";

interface DeleteCardholderProps {
  cardholder: CardholderDetailFragment;
  onDone: () => void;
  onReload: () => void;
  onClose: () => void;
}

/** Deletes a cardholder, after naming what goes with them. */
export function DeleteCardholder({ cardholder, ...asking }: DeleteCardholderProps) {
  const api = useClient();
  const { id, version, firstName, lastName, credentials, groups } = cardholder;
  return (
    <Confirm
      {...asking}
      title={`Delete ${firstName} ${lastName}?`}
      action="Delete the cardholder"
      onConfirm={async () => (await send(api, DeleteCardholderDocument, { id, expectedVersion: version })).problems}
    >
      <p>This cannot be taken back. With {firstName} {lastName} these go:</p>
      <ul className="gone">
        {credentials.map(({ id: credentialId, kind, name }) => (
          <li key={credentialId}>
            {KINDS[kind].word === name ? name : `${name} (${KINDS[kind].word})`}, which opens no door any more
          </li>
        ))}
        {groups.length > 0 && <li>the membership of {groups.map(({ name }) => name).join(", ")}</li>}
        <li>the place in every access rule</li>
        <li>photo, notes and custom fields</li>
      </ul>
      <p className="quiet">The log keeps what happened, with name and photo.</p>
    </Confirm>
  );
}
