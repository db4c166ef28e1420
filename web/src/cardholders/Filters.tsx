
import { useWhole } from "../api/use-whole";
import { type CardholderFilterInput, GroupsDocument } from "../gql/operations";
import { Select } from "../ui/Select";

type Either = "ANY" | "YES" | "NO";

/** What the list is narrowed down to; an empty group is any. */
export interface FilterDraft {
  groupId: string;
  suspended: Either;
  visitor: Either;
  validNow: Either;
}

export const EVERYBODY: FilterDraft = { groupId: "", suspended: "ANY", visitor: "ANY", validNow: "ANY" };

/** The filter as the API wants it: only what asks for something; null for everybody. */
export function filterOf({ groupId, ...rest }: FilterDraft): CardholderFilterInput | null {
  const filter: CardholderFilterInput = groupId === "" ? {} : { groupId };
  for (const name of ["suspended", "visitor", "validNow"] as const) {
    if (rest[name] !== "ANY") filter[name] = rest[name] === "YES";
  }
  return Object.keys(filter).length === 0 ? null : filter;
}

function choices(yes: string, no: string): readonly (readonly [Either, string])[] {
  return [
    ["ANY", "All"],
    ["YES", yes],
    ["NO", no],
  ];
}
const SUSPENSION = choices("Suspended", "Not suspended");
const VISIT = choices("Visitors", "No visitors");
const VALIDITY = choices("Valid now", "Not valid now");

interface FiltersProps {
  draft: FilterDraft;
  change: (part: Partial<FilterDraft>) => void;
}

export function Filters({ draft, change }: FiltersProps) {
  const [{ data }] = useWhole({ query: GroupsDocument });
  const groups = (data?.groups ?? []).map(({ id, name }) => [id, name] as const);
  return (
    <div className="filters">
      <Select label="Group" value={draft.groupId} options={[["", "All"], ...groups]} onChange={(groupId) => change({ groupId })} />
      <Select
        label="Suspension"
        value={draft.suspended}
        options={SUSPENSION}
        onChange={(suspended) => change({ suspended })}
      />
      <Select label="Visitors" value={draft.visitor} options={VISIT} onChange={(visitor) => change({ visitor })} />
      <Select label="Validity" value={draft.validNow} options={VALIDITY} onChange={(validNow) => change({ validNow })} />
    </div>
  );
}
