import { durationOf, secondsOf } from "../api/duration";
import type { GrantInput, PlaceKind, PrivilegeArea } from "../gql/operations";
import type { Choice } from "./places";
import { Where } from "./Where";
import { AREAS } from "./words";

interface Declared {
  permission: string;
  area: PrivilegeArea;
  description: string;
  scopes: readonly PlaceKind[];
}

interface GrantTableProps {
  privileges: readonly Declared[];
  grants: readonly GrantInput[];
  choices: readonly Choice[];
  readOnly: boolean;
  onChange: (grants: readonly GrantInput[]) => void;
}

/** Every permission by area: whether the role gives it, and where. */
export function GrantTable({ privileges, grants, choices, readOnly, onChange }: GrantTableProps) {
  const found = new Map(grants.map((grant) => [grant.permission, grant]));
  const put = (permission: string, grant: GrantInput | null): void => {
    const others = grants.filter((each) => each.permission !== permission);
    onChange(grant === null ? others : [...others, grant]);
  };
  return (
    <table className="table panel grant-table">
      <caption className="heard-only">What the role gives</caption>
      <thead>
        <tr>
          <th scope="col">Permission</th>
          <th scope="col">Where</th>
        </tr>
      </thead>
      {AREAS.map(([area, words]) => (
        <tbody key={area}>
          <tr>
            <th scope="rowgroup" colSpan={2} className="grant-area">
              {words}
            </th>
          </tr>
          {privileges
            .filter((each) => each.area === area && each.permission !== "account.own")
            .map(({ permission, description, scopes }) => {
              const grant = found.get(permission);
              return (
                <tr key={permission} data-testid={permission}>
                  <th scope="row">
                    <label className="check">
                      <input
                        type="checkbox"
                        disabled={readOnly}
                        checked={grant !== undefined}
                        onChange={({ currentTarget }) => put(permission, currentTarget.checked ? { permission } : null)}
                      />
                      {description}
                    </label>
                  </th>
                  <td>
                    {grant && scopes.length === 0 && <span className="quiet">Everywhere</span>}
                    {grant && scopes.length > 0 && (
                      <Where
                        about={description}
                        places={grant.places ?? null}
                        choices={choices.filter(({ kind }) => scopes.includes(kind))}
                        disabled={readOnly}
                        onChange={(places) => put(permission, { ...grant, places: places === null ? null : [...places] })}
                      />
                    )}
                    {grant && permission === "ptz.move" && (
                      <label className="grant-minutes">
                        Priority (0 goes first, to 100)
                        <input
                          type="number"
                          min={0}
                          max={100}
                          disabled={readOnly}
                          value={grant.priority ?? 0}
                          onChange={({ currentTarget }) => put(permission, { ...grant, priority: Number(currentTarget.value) })}
                        />
                      </label>
                    )}
                    {grant && permission === "clip.view" && (
                      <label className="grant-minutes">
                        Not older than (minutes)
                        <input
                          type="number"
                          min={1}
                          disabled={readOnly}
                          value={grant.newest ? secondsOf(grant.newest) / 60 : ""}
                          onChange={({ currentTarget }) =>
                            put(permission, { ...grant, newest: currentTarget.value === "" ? null : durationOf(Number(currentTarget.value) * 60) })
                          }
                        />
                      </label>
                    )}
                  </td>
                </tr>
              );
            })}
        </tbody>
      ))}
    </table>
  );
}
