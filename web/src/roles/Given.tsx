import type { Whole } from "../api/use-whole";
import type { RoleAssignmentInput, RoleChoicesQuery } from "../gql/operations";
import { Select } from "../ui/Select";
import { choicesOf } from "./places";
import { Where } from "./Where";
import "./roles.css";

interface GivenProps {
  data: Whole<RoleChoicesQuery>;
  roles: readonly RoleAssignmentInput[];
  onChange: (roles: readonly RoleAssignmentInput[]) => void;
}

/** Roles that somebody has, each everywhere or at some places. */
export function Given({ data, roles, onChange }: GivenProps) {
  const names = data.roles.map(({ id, name }) => [id, name] as const);
  const put = (at: number, role: RoleAssignmentInput): void => onChange(roles.map((each, index) => (index === at ? role : each)));
  /** Places that some permission of the role can name. */
  const choices = (roleId: string) => {
    const given = data.roles.find(({ id }) => id === roleId)?.grants.map(({ permission }) => permission) ?? [];
    const kinds = new Set(data.privileges.filter(({ permission }) => given.includes(permission)).flatMap(({ scopes }) => scopes));
    return choicesOf(data).filter(({ kind }) => kinds.has(kind));
  };
  return (
    <>
      {roles.map((role, at) => {
        const name = names.find(([id]) => id === role.roleId)?.[1] ?? "";
        return (
          // What is given has no name of its own: it is the first, the second ...
          // oxlint-disable-next-line react/no-array-index-key
          <div className="role-given" key={at} role="group" aria-label={`Role ${at + 1}`} data-testid="given-role">
            <div className="role-given-head">
              <Select label="Role" value={role.roleId} options={names} onChange={(roleId) => put(at, { roleId, places: null })} />
              <button type="button" aria-label={`Take away role ${at + 1}, ${name}`} onClick={() => onChange(roles.filter((_, index) => index !== at))}>
                Take away
              </button>
            </div>
            <Where
              about={name}
              places={role.places ?? null}
              choices={choices(role.roleId)}
              onChange={(places) => put(at, { ...role, places: places === null ? null : [...places] })}
            />
          </div>
        );
      })}
      <p>
        <button type="button" onClick={() => onChange([...roles, { roleId: names[0]?.[0] ?? "", places: null }])}>
          Give a role
        </button>
      </p>
    </>
  );
}
