
import { useWhole } from "../../api/use-whole";
import { ControllerChoicesDocument, ElevatorListDocument } from "../../gql/operations";
import { Cell, ListPage, NameCell, Rows } from "../Page";

/** All elevators, with their floors. */
export function ElevatorList({ writable }: { writable: boolean }) {
  const [{ data, error }] = useWhole({ query: ElevatorListDocument, requestPolicy: "cache-and-network" });
  const [{ data: choices }] = useWhole({ query: ControllerChoicesDocument });
  const controllers = new Map(choices?.controllers.map(({ id, name }) => [id, name]));
  return (
    <ListPage
      section="elevators"
      create={writable ? "New elevator" : undefined}
      error={error}
      count={data?.elevators.length}
      empty="There are no elevators yet."
    >
      <Rows caption="Elevators" columns={["Name", "Controller", "Floors", "Readers in the cab"]}>
        {data?.elevators.map(({ id, name, controllerId, floors, readers }) => (
          <tr key={id}>
            <NameCell section="elevators" id={id} name={name} />
            <Cell label="Controller">{controllers.get(controllerId) ?? controllerId}</Cell>
            <Cell label="Floors">{floors.map((floor) => floor.name).join(", ")}</Cell>
            <Cell label="Readers in the cab">{readers.map((reader) => reader.name).join(", ") || "none yet"}</Cell>
          </tr>
        ))}
      </Rows>
    </ListPage>
  );
}
