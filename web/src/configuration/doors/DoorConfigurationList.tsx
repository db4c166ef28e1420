import { useState } from "react";

import { useWhole } from "../../api/use-whole";
import { CONDITIONS } from "../../doors/condition";
import { DoorConditionsDocument, DoorConfigurationListDocument, type DoorSettingsFragment, ProfileNamesDocument } from "../../gql/operations";
import { useMay } from "../../session/viewing";
import { Badge } from "../../ui/Badge";
import { Text } from "../../ui/Text";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { KINDS } from "./door-draft";

/** All doors, with what they are and how they stand. */
export function DoorConfigurationList({ writable, seesDoors }: { writable: boolean; seesDoors: boolean }) {
  const [search, setSearch] = useState("");
  const [{ data, error }] = useWhole({ query: DoorConfigurationListDocument, requestPolicy: "cache-and-network" });
  const seesAll = useMay("configuration.view", "everywhere");
  const [{ data: named }] = useWhole({ query: ProfileNamesDocument, requestPolicy: "cache-and-network", pause: !seesAll });
  const [{ data: present }] = useWhole({ query: DoorConditionsDocument, requestPolicy: "cache-and-network", pause: !seesDoors });
  const conditions = new Map(present?.doors.map(({ id, state }) => [id, state.condition]));
  const profiles = new Map(named?.identificationProfiles.map(({ id, name }) => [id, name]));
  const found = data?.doorConfigurations.filter(({ name }) => name.toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <ListPage
      section="doors"
      create={writable ? "New door" : undefined}
      error={error}
      count={found?.length}
      empty={search === "" ? "There are no doors yet." : `Nothing is found for “${search}”.`}
      tools={
        <search>
          <Text label="Search by name" type="search" value={search} onChange={setSearch} />
        </search>
      }
    >
      <Rows caption="Doors" columns={["Name", "Kind", "Identification", "Status"]}>
        {found?.map((door) => {
          const condition = conditions.get(door.id);
          return (
            <tr key={door.id}>
              <NameCell section="doors" id={door.id} name={door.name} />
              <Cell label="Kind">{kindWords(door)}</Cell>
              <Cell label="Identification">{door.profileId === null ? "a card, always" : (profiles.get(door.profileId) ?? "its own")}</Cell>
              <Cell label="Status">
                <span className="badges">
                  {door.maintenance && <Badge tone="notice" word="Maintenance" />}
                  {door.warnings.length > 0 && <Badge tone="warning" word="To look at" />}
                  {condition && <Badge tone={CONDITIONS[condition].tone} word={CONDITIONS[condition].word} />}
                </span>
              </Cell>
            </tr>
          );
        })}
      </Rows>
    </ListPage>
  );
}

export function kindWords({ kind }: DoorSettingsFragment): string {
  return KINDS.find(([each]) => each === kind)?.[1] ?? kind;
}
