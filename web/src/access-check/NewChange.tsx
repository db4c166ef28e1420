import { type ReactNode, useDeferredValue, useState } from "react";
import { useQuery } from "urql";

import { useWhole } from "../api/use-whole";
import { DraftLevelsDocument, DraftRulesDocument, GroupChoicesDocument } from "../gql/operations";
import { useFoundPeople } from "../people/use-found-people";
import { may, type Viewer } from "../session/permission";
import type { Choice } from "../ui/Picker";
import { PickOne } from "../ui/PickOne";
import { Select } from "../ui/Select";
import { changeOf, type DraftChange, type KindName, KINDS, NO_PARTS, type Part } from "./draft-change";

interface NewChangeProps {
  viewer: Viewer;
  onAdd: (change: DraftChange) => void;
}

/** One change to add to a draft, of those that the viewer might make. */
export function NewChange({ viewer, onAdd }: NewChangeProps) {
  const kinds = (Object.keys(KINDS) as KindName[]).filter((each) => may(viewer, KINDS[each].permission));
  const [first] = kinds;
  const [chosenKind, setKind] = useState(first);
  const [chosen, setChosen] = useState(NO_PARTS);
  const kind = chosenKind ?? first;
  if (kind === undefined) return <p className="quiet">You may make none of the changes that can be compared here.</p>;
  const change = changeOf(kind, chosen);
  const choose = (part: Part) => (choice: Choice | null) => setChosen((was) => ({ ...was, [part]: choice }));
  const add = (): void => {
    if (change === null) return;
    onAdd(change);
    setChosen(NO_PARTS);
  };
  return (
    <section className="panel pad form" aria-label="A change">
      <h2>A change</h2>
      <Select
        label="What"
        value={kind}
        options={kinds.map((each) => [each, KINDS[each].label] as const)}
        onChange={setKind}
      />
      {KINDS[kind].parts.map((part) => {
        const Chooser = CHOOSERS[part];
        return <Chooser key={part} chosen={chosen[part]} onChange={choose(part)} />;
      })}
      <div className="form-end">
        <button type="button" disabled={change === null} onClick={add}>
          Add to the draft
        </button>
      </div>
    </section>
  );
}

interface ChooserProps {
  chosen: Choice | null;
  onChange: (choice: Choice | null) => void;
}

const CHOOSERS: Record<Part, (props: ChooserProps) => ReactNode> = {
  rule: ChooseRule,
  person: ChoosePerson,
  group: ChooseGroup,
  level: ChooseLevel,
};

function ChooseRule(props: ChooserProps) {
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const [{ data }] = useQuery({ query: DraftRulesDocument, variables: { search: search || null } });
  return <PickOne label="Access rule" options={data?.accessRules.nodes ?? []} onSearch={setTyped} {...props} />;
}

function ChoosePerson(props: ChooserProps) {
  const [found, search] = useFoundPeople();
  return <PickOne label="Cardholder" options={found} onSearch={search} {...props} />;
}

function ChooseGroup(props: ChooserProps) {
  const [{ data }] = useWhole({ query: GroupChoicesDocument });
  return <PickOne label="Group" options={data?.groups ?? []} {...props} />;
}

function ChooseLevel(props: ChooserProps) {
  const [{ data }] = useWhole({ query: DraftLevelsDocument });
  return <PickOne label="Threat level" options={data?.threatLevels ?? []} {...props} />;
}
