import { useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { AddGroupMembersDocument, type GroupRowFragment } from "../gql/operations";
import { useFoundPeople } from "../people/use-found-people";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { type Choice, idsOf, Picker } from "../ui/Picker";

interface AddMembersProps {
  group: GroupRowFragment;
  onAdded: () => void;
  onClose: () => void;
}

/** Puts several people in a group at once. */
export function AddMembers({ group, onAdded, onClose }: AddMembersProps) {
  const api = useClient();
  const [chosen, setChosen] = useState<Choice[]>([]);
  const [found, search] = useFoundPeople();
  const { pending, problems, run } = useSaving([]);
  const add = async (): Promise<void> => {
    const variables = { id: group.id, cardholderIds: idsOf(chosen) };
    if (await run(async () => (await send(api, AddGroupMembersDocument, variables)).problems)) onAdded();
  };
  return (
    <Dialog title={`Add members to ${group.name}`} onClose={onClose} testId="add-members-dialog">
      <div className="form">
        <FormProblems sentences={problems.form} />
        <Picker label="Cardholders" chosen={chosen} options={found} onSearch={search} onChange={setChosen} />
        <div className="form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="primary" disabled={pending || chosen.length === 0} onClick={() => void add()}>
            {pending ? "Adding…" : chosen.length > 1 ? `Add ${chosen.length} members` : "Add the member"}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
