
import { useWhole } from "../../api/use-whole";
import { OverrideListDocument } from "../../gql/operations";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { slotsText } from "./slots";

/** All override schedules: what replaces whole days of the schedules that follow them. */
export function OverrideList({ writable }: { writable: boolean }) {
  const [{ data, error }] = useWhole({ query: OverrideListDocument, requestPolicy: "cache-and-network" });
  return (
    <ListPage
      section="overrides"
      create={writable ? "New override schedule" : undefined}
      error={error}
      count={data?.overrideSchedules.length}
      empty="There are none yet: schedules are the same on holidays."
    >
      <Rows caption="Override schedules" columns={["Name", "Slots on its days", "Dates", "Holidays", "In use by"]}>
        {data?.overrideSchedules.map((override) => (
          <tr key={override.id}>
            <NameCell section="overrides" id={override.id} name={override.name} />
            <Cell label="Slots on its days">{slotsText(override.intervals) || "nothing"}</Cell>
            <Cell label="Dates">{override.dates.length || "none"}</Cell>
            <Cell label="Holidays">{override.calendars.map(({ name }) => name).join(", ") || "none"}</Cell>
            <Cell label="In use by">{override.inUseBy.length || "nothing"}</Cell>
          </tr>
        ))}
      </Rows>
    </ListPage>
  );
}
