import { FormProblems } from "../ui/Field";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";
import { ROLES } from "../users/words";
import type { GroupLine } from "./draft";

interface GroupRolesProps {
  lines: readonly GroupLine[];
  onChange: (lines: readonly GroupLine[]) => void;
  problem?: string | undefined;
}

/** Which group of the provider gives which role here. */
export function GroupRoles({ lines, onChange, problem }: GroupRolesProps) {
  const put = (changed: GroupLine): void => onChange(lines.map((line) => (line.key === changed.key ? changed : line)));
  const next = Math.max(-1, ...lines.map(({ key }) => key)) + 1;
  return (
    <fieldset className="group-roles">
      <legend>Groups and their roles</legend>
      <p className="field-hint">The highest role of somebody’s groups is theirs, at each sign-in anew. Who is in none does not get in.</p>
      {lines.map((line) => (
        <div key={line.key} className="group-role">
          <Text label="Group" value={line.group} onChange={(group) => put({ ...line, group })} />
          <Select label="Role" value={line.role} options={ROLES} onChange={(role) => put({ ...line, role })} />
          <button type="button" aria-label={`Remove the group ${line.group}`} onClick={() => onChange(lines.filter(({ key }) => key !== line.key))}>
            Remove
          </button>
        </div>
      ))}
      {problem !== undefined && <FormProblems sentences={[problem]} />}
      <div className="row-actions">
        <button type="button" onClick={() => onChange([...lines, { key: next, group: "", role: "VIEWER" }])}>
          Add a group
        </button>
      </div>
    </fieldset>
  );
}
