import { useDeferredValue, useState } from "react";
import { useQuery } from "urql";

import { useWhole } from "../../api/use-whole";
import { FindPeopleDocument, GroupChoicesDocument, PlaceChoicesDocument, ScheduleChoicesDocument } from "../../gql/operations";
import { useMay } from "../../session/viewing";
import { Picker } from "../../ui/Picker";
import { Select } from "../../ui/Select";
import { Part } from "../Editor";
import type { RULE_FIELDS, RuleDraft, Sides } from "./rule-draft";

interface PartProps {
  draft: RuleDraft;
  change: (part: Partial<RuleDraft>) => void;
  problems: Partial<Record<(typeof RULE_FIELDS)[number], string>>;
}

const SIDES: readonly (readonly [Sides, string])[] = [
  ["BOTH", "Both sides"],
  ["A", "Side A"],
  ["B", "Side B"],
];

/** Who may pass: groups, and single cardholders. */
export function Who({ draft, change, problems, seesPeople }: PartProps & { seesPeople: boolean }) {
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const [{ data }] = useWhole({ query: GroupChoicesDocument, pause: !seesPeople });
  const [{ data: people }] = useQuery({
    query: FindPeopleDocument,
    variables: { search: search || null },
    pause: !seesPeople,
  });
  const found = people?.cardholders.nodes.map(({ id, number, firstName, lastName }) => ({
    id,
    name: `${firstName} ${lastName} (${number})`,
  }));
  return (
    <Part title="Who">
      {!seesPeople && <p className="quiet">You may not see cardholders; those of the rule stay as they are.</p>}
      <Picker
        label="Groups"
        chosen={draft.groups}
        options={data?.groups ?? []}
        onChange={(groups) => change({ groups })}
        problem={problems.groupIds}
      />
      {draft.cardholders !== null && seesPeople && (
        <Picker
          label="Cardholders"
          chosen={draft.cardholders}
          options={found ?? []}
          onSearch={setTyped}
          onChange={(cardholders) => change({ cardholders })}
          problem={problems.cardholderIds}
        />
      )}
    </Part>
  );
}

/** Where: zones, and single doors with one side or both. */
export function Where({ draft, change, problems }: PartProps) {
  const seesDoors = useMay("door.view");
  const [{ data }] = useWhole({ query: PlaceChoicesDocument, pause: !seesDoors });
  const chosen = new Map(draft.doors.map((each) => [each.door.id, each]));
  return (
    <Part title="Where">
      {!seesDoors && <p className="quiet">You may not see doors and zones; those of the rule can only be taken away.</p>}
      <Picker
        label="Zones"
        hint="A zone stands for the sides of its doors that lead into it."
        chosen={draft.zones}
        options={data?.zones ?? []}
        onChange={(zones) => change({ zones })}
        problem={problems.zoneIds}
      />
      <Picker
        label="Doors"
        chosen={draft.doors.map(({ door }) => door)}
        options={data?.doors ?? []}
        onChange={(doors) => change({ doors: doors.map((door) => chosen.get(door.id) ?? { door, sides: "BOTH" }) })}
        problem={problems.doorSides}
      />
      <ul className="rows">
        {draft.doors.map(({ door, sides }) => (
          <li key={door.id}>
            <Select
              label={`Sides of ${door.name}`}
              value={sides}
              options={SIDES}
              onChange={(now) =>
                change({ doors: draft.doors.map((each) => (each.door.id === door.id ? { door, sides: now } : each)) })
              }
            />
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** When: the rule applies while any of its schedules does. */
export function When({ draft, change, problems }: PartProps) {
  const [{ data }] = useWhole({ query: ScheduleChoicesDocument });
  return (
    <Part title="When">
      <Picker
        label="Schedules"
        hint="The rule applies while any of them does."
        chosen={draft.schedules}
        options={data?.schedules ?? []}
        onChange={(schedules) => change({ schedules })}
        problem={problems.scheduleIds}
      />
    </Part>
  );
}
