import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { terminals, type WiredDevice } from "../doors/hardware-words";
import type { FloorDraft, FloorField } from "./floor-draft";

interface FloorFieldsProps {
  /** What begins each label; none where there is but one floor. */
  of?: string;
  draft: FloorDraft;
  change: (part: Partial<FloorDraft>) => void;
  /** The devices of the controller. */
  devices: readonly WiredDevice[];
  profiles: readonly { id: string; name: string }[];
  problem: (field: FloorField) => string | undefined;
}

/** A floor: its name, the relay that frees its button, and what must be shown for it. */
export function FloorFields({ of, draft, change, devices, profiles, problem }: FloorFieldsProps) {
  const label = (words: string): string => (of === undefined ? words : `${of}: ${words.toLowerCase()}`);
  return (
    <div className="form-pair">
      <Text
        label={label("Name")}
        hint="Without the elevator’s."
        required
        value={draft.name}
        onChange={(name) => change({ name })}
        problem={problem("name")}
      />
      <Select
        label={label("Relay wired to")}
        value={draft.relayDeviceId}
        options={terminals(devices)}
        onChange={(relayDeviceId) => change({ relayDeviceId })}
        problem={problem("relayDeviceId")}
      />
      <Text
        label={label("Output of the relay")}
        hint="Empty: wired later."
        type="number"
        min={0}
        max={255}
        value={draft.relayOutput}
        onChange={(relayOutput) => change({ relayOutput })}
        problem={problem("relayOutput")}
      />
      <Text
        label={label("Access time, seconds")}
        type="number"
        min={0}
        value={draft.accessTimeS}
        onChange={(accessTimeS) => change({ accessTimeS })}
        problem={problem("accessTimeMs")}
      />
      <Select
        label={label("Identification profile")}
        value={draft.profileId}
        options={[["", "A card, always"], ...profiles.map(({ id, name }) => [id, name] as const)]}
        onChange={(profileId) => change({ profileId })}
        problem={problem("profileId")}
      />
    </div>
  );
}
