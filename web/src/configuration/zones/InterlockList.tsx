
import { useWhole } from "../../api/use-whole";
import { InterlockListDocument } from "../../gql/operations";
import { Cell, ListPage, NameCell, Rows } from "../Page";

/** All interlocks: doors of which only one may be open. */
export function InterlockList({ writable }: { writable: boolean }) {
  const [{ data, error }] = useWhole({ query: InterlockListDocument, requestPolicy: "cache-and-network" });
  return (
    <ListPage
      section="interlocks"
      create={writable ? "New interlock" : undefined}
      error={error}
      count={data?.interlocks.length}
      empty="There are no interlocks yet."
    >
      <Rows caption="Interlocks" columns={["Name", "Doors", "Controllers"]}>
        {data?.interlocks.map(({ id, name, doors, shared }) => (
          <tr key={id}>
            <NameCell section="interlocks" id={id} name={name} />
            <Cell label="Doors">{doors.map((door) => door.name).join(", ")}</Cell>
            <Cell label="Controllers">{shared ? "several" : "one"}</Cell>
          </tr>
        ))}
      </Rows>
    </ListPage>
  );
}
