import { useState } from "react";

import { useWhole } from "../api/use-whole";
import { GroupsDocument } from "../gql/operations";
import { Text } from "../ui/Text";

/** So many can be looked through without a search. */
const MANY = 12;

interface GroupChoiceProps {
  chosen: readonly { id: string }[];
  owned: { readOnly?: true; hint?: string };
  problem: string | undefined;
}

/** The groups to belong to. The search hides groups; what is ticked stays ticked. */
export function GroupChoice({ chosen, owned, problem }: GroupChoiceProps) {
  const [{ data }] = useWhole({ query: GroupsDocument });
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const groups = data?.groups ?? [];
  return (
    <fieldset className="form-part" aria-describedby={problem === undefined ? undefined : "groups-problem"}>
      <legend>Groups</legend>
      {owned.hint !== undefined && <p className="field-hint">{owned.hint}</p>}
      {data && groups.length === 0 && <p className="quiet">There are no groups yet.</p>}
      {groups.length > MANY && <Text label="Find a group" type="search" value={search} onChange={setSearch} />}
      <div className="field checks choices-long">
        {groups.map((group) => (
          <label key={group.id} className="check" hidden={!group.name.toLowerCase().includes(wanted)}>
            <input
              type="checkbox"
              name="groupIds"
              value={group.id}
              disabled={owned.readOnly}
              defaultChecked={chosen.some((each) => each.id === group.id)}
              aria-invalid={problem !== undefined}
            />
            {group.name}
          </label>
        ))}
      </div>
      {problem !== undefined && (
        <p className="field-problem" id="groups-problem">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
