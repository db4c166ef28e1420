
import { useWhole } from "../../api/use-whole";
import { GroupChoicesDocument, ScheduleChoicesDocument, type Side } from "../../gql/operations";
import { useMay } from "../../session/viewing";
import { Check } from "../../ui/Check";
import { type Choice, idsOf, Picker } from "../../ui/Picker";
import { Text } from "../../ui/Text";
import { Part } from "../Editor";
import { type TwoPersonDraft, TWO_PERSON } from "./door-draft";
import type { DoorPartProps } from "./DoorParts";

/** What is asked beyond a credential, and when the door stands unlocked by itself. */
export function Security({ draft, change, problems }: DoorPartProps) {
  const [{ data: times }] = useWhole({ query: ScheduleChoicesDocument });
  const seesPeople = useMay("cardholder.view");
  const [{ data: people }] = useWhole({ query: GroupChoicesDocument, pause: !seesPeople });
  const schedules = times?.schedules ?? [];
  const groups = people?.groups ?? [];
  return (
    <>
      <Part title="Unlock schedules">
        <Picker
          label="Unlocked while one of these applies"
          chosen={chosenOf(schedules, draft.unlockScheduleIds)}
          options={schedules}
          onChange={(chosen) => change({ unlockScheduleIds: idsOf(chosen) })}
          problem={problems.unlockScheduleIds}
        />
        <Check
          label="First person in"
          hint="It unlocks only once somebody has come in that day."
          checked={draft.firstPersonGroupIds !== null}
          onChange={(on) => change({ firstPersonGroupIds: on ? [] : null })}
        />
        {draft.firstPersonGroupIds && (
          <Picker
            label="Groups that may be first"
            hint="None: anybody."
            chosen={chosenOf(groups, draft.firstPersonGroupIds)}
            options={groups}
            onChange={(chosen) => change({ firstPersonGroupIds: idsOf(chosen) })}
          />
        )}
        {problems.firstPerson !== undefined && <p className="field-problem">{problems.firstPerson}</p>}
      </Part>
      <Part title="Security level">
        {!seesPeople && <p className="quiet">You may not see groups of cardholders; those of the door stay as they are.</p>}
        <Check
          label="Two-person rule"
          checked={draft.twoPerson !== null}
          onChange={(on) => change({ twoPerson: on ? TWO_PERSON : null })}
        />
        {draft.twoPerson && (
          <TwoPerson
            rule={draft.twoPerson}
            onChange={(twoPerson) => change({ twoPerson })}
            schedules={schedules}
            groups={groups}
          />
        )}
        {problems.twoPerson !== undefined && <p className="field-problem">{problems.twoPerson}</p>}
        <Check
          label="Double-swipe"
          hint="Who may do so unlocks or locks the door by showing a credential twice."
          checked={draft.doubleSwipeS !== null}
          onChange={(on) => change({ doubleSwipeS: on ? "5" : null })}
        />
        {draft.doubleSwipeS !== null && (
          <Text
            label="Longest time between the two, seconds"
            type="number"
            value={draft.doubleSwipeS}
            onChange={(doubleSwipeS) => change({ doubleSwipeS })}
            problem={problems.doubleSwipeTimeoutMs}
          />
        )}
        <Check
          label="Visitors who need an escort pass only with one"
          checked={draft.escortRequired}
          onChange={(escortRequired) => change({ escortRequired })}
        />
      </Part>
    </>
  );
}

interface TwoPersonProps {
  rule: TwoPersonDraft;
  onChange: (rule: TwoPersonDraft) => void;
  schedules: readonly Choice[];
  groups: readonly Choice[];
}

function TwoPerson({ rule, onChange, schedules, groups }: TwoPersonProps) {
  const toggle = (side: Side, on: boolean): void => {
    const others = rule.sides.filter((each) => each !== side);
    onChange({ ...rule, sides: on ? [...others, side].toSorted() : others });
  };
  return (
    <div className="nested">
      {(["A", "B"] as const).map((side) => (
        <Check
          key={side}
          label={`Two people on side ${side}`}
          checked={rule.sides.includes(side)}
          onChange={(on) => toggle(side, on)}
        />
      ))}
      <Text
        label="Longest time between the two people, seconds"
        type="number"
        value={rule.timeoutS}
        onChange={(timeoutS) => onChange({ ...rule, timeoutS })}
      />
      <Picker
        label="Schedules of the two-person rule"
        hint="None: always."
        chosen={chosenOf(schedules, rule.scheduleIds)}
        options={schedules}
        onChange={(chosen) => onChange({ ...rule, scheduleIds: idsOf(chosen) })}
      />
      <Picker
        label="Groups of which one must be there"
        hint="Such as managers. None: any two people."
        chosen={chosenOf(groups, rule.groupIds)}
        options={groups}
        onChange={(chosen) => onChange({ ...rule, groupIds: idsOf(chosen) })}
      />
    </div>
  );
}

/** The choices of these ids; one that is not known shows its id, so that it is not lost. */
function chosenOf(options: readonly Choice[], ids: readonly string[]): Choice[] {
  return ids.map((id) => options.find((each) => each.id === id) ?? { id, name: id });
}
