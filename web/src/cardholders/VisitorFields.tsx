import { useState } from "react";

import { useFoundPeople } from "../people/use-found-people";
import { Flag } from "../ui/Flag";
import { type Choice, Picker } from "../ui/Picker";
import { ownedBy } from "./cardholder-draft";
import type { PartProps } from "./CardholderForm";

/** Whether somebody is a visitor, and who receives them. */
export function VisitorFields({ cardholder, problems }: PartProps) {
  const [visitor, setVisitor] = useState(cardholder?.visitor ?? false);
  const { readOnly, hint = "Somebody who is here for a while, and received by a host." } = ownedBy(cardholder, "visitor");
  return (
    <fieldset className="form-part">
      <legend>Visit</legend>
      <Flag
        label="Visitor"
        name="visitor"
        hint={hint}
        disabled={readOnly}
        defaultChecked={visitor}
        onChange={setVisitor}
        problem={problems["visitor"]}
      />
      {visitor && <HostChoice cardholder={cardholder} problems={problems} />}
    </fieldset>
  );
}

function HostChoice({ cardholder, problems }: PartProps) {
  const present = cardholder?.host ?? null;
  const [host, setHost] = useState<Choice | null>(
    present === null ? null : { id: present.id, name: `${present.name} (${present.number})` },
  );
  const [found, search] = useFoundPeople();
  const { readOnly, hint } = ownedBy(cardholder, "hostId");
  if (readOnly) {
    return (
      <p className="quiet">
        Host: {host?.name ?? "none"}. {hint}
      </p>
    );
  }
  return (
    <>
      <input type="hidden" name="hostId" value={host?.id ?? ""} />
      <Picker
        label="Host"
        chosen={host === null ? [] : [host]}
        options={found.filter(({ id }) => id !== cardholder?.id)}
        onSearch={search}
        onChange={(chosen) => setHost(chosen.at(-1) ?? null)}
        problem={problems["hostId"]}
      />
    </>
  );
}
