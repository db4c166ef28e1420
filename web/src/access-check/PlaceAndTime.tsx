
import { useWhole } from "../api/use-whole";
import { PassPlacesDocument, type Side } from "../gql/operations";
import { type Choice } from "../ui/Picker";
import { PickOne } from "../ui/PickOne";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";

/** Which side of which door, and when; as its form holds it. */
export interface PlaceAndTimeDraft {
  doorId: string | null;
  side: Side;
  /** The value of a `datetime-local` field; null: now. */
  at: string | null;
}

interface PlaceAndTimeProps {
  draft: PlaceAndTimeDraft;
  change: (part: Partial<PlaceAndTimeDraft>) => void;
  doors: readonly Choice[];
  problems: { door?: string | undefined; at?: string | undefined };
}

/** All doors, by name. */
export function useDoors(): readonly Choice[] {
  const [{ data }] = useWhole({ query: PassPlacesDocument });
  return data?.doors ?? [];
}

/** A door with its side, and now or another time. */
export function PlaceAndTime({ draft, change, doors, problems }: PlaceAndTimeProps) {
  return (
    <>
      <PickOne
        label="Door"
        chosen={doors.find(({ id }) => id === draft.doorId) ?? null}
        options={doors}
        onChange={(door) => change({ doorId: door?.id ?? null })}
        problem={problems.door}
      />
      <div className="form-pair">
        <Select
          label="Side"
          value={draft.side}
          options={[
            ["A", "Side A: passing from A to B"],
            ["B", "Side B: passing from B to A"],
          ]}
          onChange={(side) => change({ side })}
        />
        <Select
          label="When"
          value={draft.at === null ? "NOW" : "THEN"}
          options={[
            ["NOW", "Now, with doors and people as they are"],
            ["THEN", "At another time"],
          ]}
          onChange={(when) => change({ at: when === "NOW" ? null : "" })}
        />
        {draft.at !== null && (
          <Text
            label="Date and time"
            type="datetime-local"
            hint="In the time zone of this browser."
            value={draft.at}
            onChange={(at) => change({ at })}
            problem={problems.at}
          />
        )}
      </div>
    </>
  );
}
