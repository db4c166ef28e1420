import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { CreateGroupDocument, type GroupRowFragment, UpdateGroupDocument } from "../gql/operations";
import { Check } from "../ui/Check";
import { Dialog } from "../ui/Dialog";
import { focusFirstProblem } from "../ui/focus";
import { Refused } from "../ui/Refused";
import { Text } from "../ui/Text";

interface GroupFormProps {
  /** Which group to change, as it was when the form was opened; none for a new one. */
  group?: GroupRowFragment;
  onSaved: (group: GroupRowFragment) => void;
  onReload: () => void;
  onClose: () => void;
}

/** What a group is called, in a dialog. */
export function GroupForm({ group, onSaved, onReload, onClose }: GroupFormProps) {
  const api = useClient();
  const [name, setName] = useState(group?.name ?? "");
  const [initials, setInitials] = useState(group?.initials ?? "");
  const [isGlobal, setGlobal] = useState(group?.isGlobal ?? false);
  const { pending, problems, outdated, run } = useSaving(["name", "initials"] as const);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = { name: name.trim(), initials: initials.trim(), isGlobal };
    await run(async () => {
      const sent = group
        ? await send(api, UpdateGroupDocument, { input: { id: group.id, expectedVersion: group.version, ...given } })
        : await send(api, CreateGroupDocument, { input: given });
      if (sent.payload?.group) onSaved(sent.payload.group);
      return sent.problems;
    });
    focusFirstProblem(form);
  };

  return (
    <Dialog title={group ? `Edit ${group.name}` : "New group"} onClose={onClose} testId="group-dialog">
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <Text label="Name" value={name} onChange={setName} required problem={problems.fields.name} />
        <Text
          label="Initials"
          value={initials}
          onChange={setInitials}
          hint="At most three characters, shown where there is little room."
          problem={problems.fields.initials}
        />
        <Check label="Global" hint="Shown on sub servers too." checked={isGlobal} onChange={setGlobal} />
        <Refused sentences={problems.form} outdated={outdated} onReload={onReload} />
        <div className="form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={pending}>
            {pending ? "Saving…" : group ? "Save" : "Create the group"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
