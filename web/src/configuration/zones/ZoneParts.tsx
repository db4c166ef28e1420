
import { useWhole } from "../../api/use-whole";
import { dateWords } from "../../app/clock";
import { PlaceChoicesDocument, type WhenIsolated, type ZoneRowFragment } from "../../gql/operations";
import { Check } from "../../ui/Check";
import { Picker } from "../../ui/Picker";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Part } from "../Editor";
import { ANTI_PASSBACK_OPTIONS, type Leads, type ZoneDraft, type ZoneField } from "./zone-draft";

interface ZonePartProps {
  draft: ZoneDraft;
  change: (part: Partial<ZoneDraft>) => void;
  problems: Partial<Record<ZoneField, string>>;
}

const LEADS: readonly (readonly [Leads, string])[] = [
  ["A", "Perimeter: entered from side A"],
  ["B", "Perimeter: entered from side B"],
  ["INTERNAL", "Internal"],
];

const ISOLATED: readonly (readonly [WhenIsolated, string])[] = [
  ["LOCAL", "Go on with what it knows itself"],
  ["IGNORE", "Ignore anti-passback and occupancy"],
  ["DENY", "Deny"],
];

/** The doors around the zone and those inside it. */
export function ZoneDoors({ draft, change, problems }: ZonePartProps) {
  const [{ data }] = useWhole({ query: PlaceChoicesDocument });
  const chosen = new Map(draft.doors.map((each) => [each.door.id, each]));
  return (
    <Part title="Doors">
      <Picker
        label="Doors of the zone"
        hint="A perimeter door borders at most two zones, an internal door lies in one."
        chosen={draft.doors.map(({ door }) => door)}
        options={data?.doors ?? []}
        onChange={(doors) => change({ doors: doors.map((door) => chosen.get(door.id) ?? { door, leads: "A" }) })}
        problem={problems.doors}
      />
      <ul className="rows">
        {draft.doors.map(({ door, leads }) => (
          <li key={door.id}>
            <Select
              label={`${door.name} is`}
              value={leads}
              options={LEADS}
              onChange={(now) =>
                change({ doors: draft.doors.map((each) => (each.door.id === door.id ? { door, leads: now } : each)) })
              }
            />
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** What happens to those who enter twice. */
export function Passback({ draft, change, problems, zone }: ZonePartProps & { zone: ZoneRowFragment | null }) {
  const blind = zone?.doorsWithoutPosition.map(({ name }) => name).join(", ") ?? "";
  return (
    <Part title="Anti-passback">
      <Select
        label="Entering twice"
        value={draft.antiPassback}
        options={ANTI_PASSBACK_OPTIONS}
        onChange={(antiPassback) => change({ antiPassback })}
        problem={problems.antiPassback}
      />
      {draft.antiPassback !== "OFF" && (
        <>
          <div className="form-pair">
            <Text
              label="May enter again after, seconds"
              hint="0: not before leaving."
              type="number"
              value={draft.timeoutS}
              onChange={(timeoutS) => change({ timeoutS })}
              problem={problems.timeout}
            />
            <Text
              label="Forgive everybody each day at"
              hint="Empty: never."
              type="time"
              value={draft.forgiveAt}
              onChange={(forgiveAt) => change({ forgiveAt })}
              problem={problems.forgiveAt}
            />
          </div>
          <Check
            label="Who is known to be elsewhere may not leave either"
            checked={draft.checkExit}
            onChange={(checkExit) => change({ checkExit })}
          />
          {problems.checkExit !== undefined && <p className="field-problem">{problems.checkExit}</p>}
        </>
      )}
      <Select
        label="A controller that cannot reach the others is to"
        hint={zone?.shared === true ? "The doors of this zone hang on several controllers." : "It matters once the doors hang on several controllers."}
        value={draft.whenIsolated}
        options={ISOLATED}
        onChange={(whenIsolated) => change({ whenIsolated })}
        problem={problems.whenIsolated}
      />
      {zone?.forgivenAt && <p className="quiet">Everybody was last forgiven {dateWords(Date.parse(zone.forgivenAt))}.</p>}
      {blind !== "" && (
        <p className="note-problem">Without a position sensor, so that nobody knows whether people really passed: {blind}.</p>
      )}
    </Part>
  );
}

/** How many people must, and may, be inside. */
export function Occupancy({ draft, change, problems }: ZonePartProps) {
  return (
    <Part title="Occupancy">
      <div className="form-pair">
        <Text
          label="At least"
          hint="So many enter it when it is empty, and leave it, together. 0: any number."
          type="number"
          value={draft.minOccupancy}
          onChange={(minOccupancy) => change({ minOccupancy })}
          problem={problems.minOccupancy}
        />
        <Text
          label="At most"
          hint="Empty: any number."
          type="number"
          value={draft.maxOccupancy}
          onChange={(maxOccupancy) => change({ maxOccupancy })}
          problem={problems.maxOccupancy}
        />
      </div>
    </Part>
  );
}
