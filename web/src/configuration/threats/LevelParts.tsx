import { useDeferredValue, useState } from "react";
import { useQuery } from "urql";

import { useWhole } from "../../api/use-whole";
import {
  IdentificationChoicesDocument,
  PlaceChoicesDocument,
  RuleChoicesDocument,
  type RuleSwitch,
  type ThreatColour,
} from "../../gql/operations";
import { COLOUR_WORDS, colourClass } from "../../threats/colours";
import { Picker } from "../../ui/Picker";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Part } from "../Editor";
import { aDoor, aZone, type LevelDraft, type LevelField, type Place } from "./level-draft";

interface LevelPartProps {
  draft: LevelDraft;
  change: (part: Partial<LevelDraft>) => void;
  problems: Partial<Record<LevelField, string>>;
}

const COLOURS = Object.entries(COLOUR_WORDS) as [ThreatColour, string][];

const RULE_SWITCHES: readonly (readonly [RuleSwitch, string])[] = [
  ["ALL", "All apply, as they are"],
  ["DISABLE", "All apply but those named"],
  ["ONLY", "None applies but those named"],
];

/** What the level is called, how high it is, and who may lower it. */
export function LevelNaming({ draft, change, problems }: LevelPartProps) {
  return (
    <Part title="Level" end={<span className={`swatch ${colourClass(draft.colour)}`} aria-hidden="true" />}>
      <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={problems.name} />
      <Select
        label="Colour"
        value={draft.colour}
        options={COLOURS}
        onChange={(colour) => change({ colour })}
        problem={problems.colour}
      />
      <div className="form-pair">
        <Text
          label="Rank"
          hint="1 is the lowest, 100 the highest. No two levels have the same."
          type="number"
          min={1}
          max={100}
          required
          value={draft.rank}
          onChange={(rank) => change({ rank })}
          problem={problems.rank}
        />
        <Text
          label="Clearance to lower it"
          hint="0 to 100. Administrators have 100, operators 50."
          type="number"
          min={0}
          max={100}
          value={draft.releaseRank}
          onChange={(releaseRank) => change({ releaseRank })}
          problem={problems.releaseRank}
        />
      </div>
    </Part>
  );
}

/** Which doors and zones are in lockdown meanwhile. */
export function Lockdowns({ draft, change, problems }: LevelPartProps) {
  return (
    <Part title="Lockdown">
      <Picker
        label="Doors and zones in lockdown"
        hint="A zone stands for all its doors, and those of the zones inside it."
        chosen={draft.lockdowns}
        options={usePlaces()}
        onChange={(lockdowns) => change({ lockdowns })}
        problem={problems.lockdowns}
      />
    </Part>
  );
}

/** Which access rules apply meanwhile. */
export function Rules({ draft, change, problems }: LevelPartProps) {
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const [{ data }] = useQuery({ query: RuleChoicesDocument, variables: { search: search || null } });
  return (
    <Part title="Access rules">
      <Select
        label="Which apply"
        value={draft.ruleSwitch}
        options={RULE_SWITCHES}
        onChange={(ruleSwitch) => change({ ruleSwitch })}
        problem={problems.ruleSwitch}
      />
      {draft.ruleSwitch !== "ALL" && (
        <Picker
          label="Named rules"
          {...(draft.ruleSwitch === "ONLY" ? { hint: "None named: no rule applies at all." } : {})}
          chosen={draft.rules}
          options={data?.accessRules.nodes ?? []}
          onSearch={setTyped}
          onChange={(rules) => change({ rules })}
          problem={problems.ruleIds}
        />
      )}
    </Part>
  );
}

/** Where another identification profile holds meanwhile. */
export function Profiles({ draft, change, problems }: LevelPartProps) {
  const [{ data }] = useWhole({ query: IdentificationChoicesDocument });
  const profiles = data?.identificationProfiles ?? [];
  const places = usePlaces();
  const usual = profiles[0]?.id ?? "";
  const chosen = new Map(draft.profiles.map((each) => [each.place.id, each]));
  return (
    <Part title="Identification">
      <Picker
        label="Places with another profile"
        hint="A door itself goes before a zone, an inner zone before an outer one."
        chosen={draft.profiles.map(({ place }) => place)}
        options={profiles.length === 0 ? [] : places}
        onChange={(now) =>
          change({ profiles: now.map((place) => chosen.get(place.id) ?? { place, profileId: usual }) })
        }
        problem={problems.profiles}
      />
      <ul className="rows">
        {draft.profiles.map(({ place, profileId }) => (
          <li key={place.id}>
            <Select
              label={`${place.name} is opened by`}
              value={profileId}
              options={profiles.map(({ id, name }) => [id, name] as const)}
              onChange={(now) =>
                change({
                  profiles: draft.profiles.map((each) =>
                    each.place.id === place.id ? { place, profileId: now } : each,
                  ),
                })
              }
            />
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** Every zone and door that can be named. */
function usePlaces(): Place[] {
  const [{ data }] = useWhole({ query: PlaceChoicesDocument });
  return [...(data?.zones ?? []).map(aZone), ...(data?.doors ?? []).map(aDoor)];
}
