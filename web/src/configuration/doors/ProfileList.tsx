
import { useWhole } from "../../api/use-whole";
import { ProfileListDocument } from "../../gql/operations";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { sideWords } from "./methods";

/** All identification profiles: what must be shown at the doors that use them. */
export function ProfileList({ writable }: { writable: boolean }) {
  const [{ data, error }] = useWhole({ query: ProfileListDocument, requestPolicy: "cache-and-network" });
  return (
    <ListPage
      section="profiles"
      create={writable ? "New identification profile" : undefined}
      error={error}
      count={data?.identificationProfiles.length}
      empty="There are none: every door takes a card, always."
    >
      <Rows caption="Identification profiles" columns={["Name", "Side A", "Side B", "Doors"]}>
        {data?.identificationProfiles.map((profile) => (
          <tr key={profile.id}>
            <NameCell section="profiles" id={profile.id} name={profile.name} />
            <Cell label="Side A">{sideWords(profile.sideA)}</Cell>
            <Cell label="Side B">{sideWords(profile.sideB)}</Cell>
            <Cell label="Doors">{profile.doorIds.length || "none"}</Cell>
          </tr>
        ))}
      </Rows>
    </ListPage>
  );
}
