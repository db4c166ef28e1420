
import { useWhole } from "../../api/use-whole";
import { ControllerChoicesDocument } from "../../gql/operations";
import { useMay } from "../../session/viewing";
import { Check } from "../../ui/Check";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Part } from "../Editor";
import { type DoorDraft, type DoorField, KINDS } from "./door-draft";

export interface DoorPartProps {
  draft: DoorDraft;
  change: (part: Partial<DoorDraft>) => void;
  problems: Partial<Record<DoorField, string>>;
}

/** What stands there, and what must be shown there. */
export function Basics({ draft, change, problems, floor }: DoorPartProps & { floor: boolean }) {
  const seesAll = useMay("configuration.view", "everywhere");
  const [{ data }] = useWhole({ query: ControllerChoicesDocument, pause: !seesAll });
  return (
    <Part title="Door">
      <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={problems.name} />
      <div className="form-pair">
        <Select
          label="Kind"
          value={draft.kind}
          options={KINDS.filter(([kind]) => (kind === "FLOOR") === floor)}
          onChange={(kind) => change({ kind })}
          problem={problems.kind}
        />
        {seesAll && (
          <Select
            label="Controller"
            hint="Only a provisioned door may be without one."
            value={draft.controllerId}
            options={[["", "None"], ...(data?.controllers ?? []).map(({ id, name }) => [id, name] as const)]}
            onChange={(controllerId) => change({ controllerId })}
            problem={problems.controllerId}
          />
        )}
        {draft.kind === "WIRELESS" && (
          <>
            <Text
              label="Address of the hub"
              value={draft.hubAddress}
              onChange={(hubAddress) => change({ hubAddress })}
              problem={problems.hubAddress}
            />
            <Text
              label="Address of the lock"
              value={draft.lockAddress}
              onChange={(lockAddress) => change({ lockAddress })}
              problem={problems.lockAddress}
            />
          </>
        )}
        {draft.kind !== "MONITORING" && seesAll && (
          <Select
            label="Identification profile"
            value={draft.profileId}
            options={[["", "A card, always"], ...(data?.identificationProfiles ?? []).map(({ id, name }) => [id, name] as const)]}
            onChange={(profileId) => change({ profileId })}
            problem={problems.profileId}
          />
        )}
      </div>
      <Check
        label="It has a door position sensor"
        checked={draft.hasPosition}
        onChange={(hasPosition) => change({ hasPosition })}
      />
      {problems.hasPosition !== undefined && <p className="field-problem">{problems.hasPosition}</p>}
      {!seesAll && <p className="quiet">Its controller and its identification are for those who set up the whole site.</p>}
    </Part>
  );
}

/** How long it is unlocked, how long it may stand open, and when it locks again. All in seconds. */
export function Times({ draft, change, problems }: DoorPartProps) {
  const time = (label: string, field: TimeField, problem: string | undefined, hint?: string) => (
    <Text
      label={`${label}, seconds`}
      type="number"
      min={0}
      value={draft[field]}
      onChange={(value) => change({ [field]: value })}
      problem={problem}
      {...(hint === undefined ? {} : { hint })}
    />
  );
  return (
    <Part title="Times">
      <div className="form-pair">
        {time("Access time", "accessTimeS", problems.accessTimeMs, "How long a grant unlocks it.")}
        {time("Long access time", "longAccessTimeS", problems.longAccessTimeMs, "For those who need longer.")}
      </div>
      {draft.hasPosition && (
        <>
          <div className="form-pair">
            {time("Open too long after", "heldAfterS", problems.heldAfterMs)}
            {time("Open too long after, for long access", "longHeldAfterS", problems.longHeldAfterMs)}
            {time("Warning before that", "preAlarmS", problems.preAlarmMs, "0: none.")}
          </div>
          <div className="form-pair">
            <Select
              label="It locks again"
              value={draft.relockOn}
              options={[
                ["CLOSE", "When it has closed"],
                ["OPEN", "When it has opened"],
              ]}
              onChange={(relockOn) => change({ relockOn })}
              problem={problems.relockOn}
            />
            {time("Delay until it locks", "relockDelayS", problems.relockDelayMs)}
          </div>
        </>
      )}
    </Part>
  );
}

type TimeField = "accessTimeS" | "longAccessTimeS" | "heldAfterS" | "longHeldAfterS" | "preAlarmS" | "relockDelayS";

/** What raises an alarm, and what a request to exit does. */
export function Alarms({ draft, change }: DoorPartProps) {
  return (
    <Part title="Alarms and exit">
      {draft.hasPosition && (
        <>
          <Check
            label="Alarm when it is forced open"
            checked={draft.forcedAlarm}
            onChange={(forcedAlarm) => change({ forcedAlarm })}
          />
          <Check
            label="Alarm when it is open too long"
            checked={draft.heldAlarm}
            onChange={(heldAlarm) => change({ heldAlarm })}
          />
        </>
      )}
      <Check
        label="A request to exit unlocks it"
        hint="Otherwise it only keeps the opening from being a forced one."
        checked={draft.rexUnlocks}
        onChange={(rexUnlocks) => change({ rexUnlocks })}
      />
    </Part>
  );
}
