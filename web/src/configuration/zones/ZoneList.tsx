
import { useWhole } from "../../api/use-whole";
import { ForgiveEverybodyDocument, ZoneListDocument } from "../../gql/operations";
import { Badge } from "../../ui/Badge";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { Forgive } from "./Forgive";
import { antiPassbackWords, occupancyWords } from "./zone-draft";

/** All zones, with how many people are in each. */
export function ZoneList({ writable, commanding }: { writable: boolean; commanding: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: ZoneListDocument, requestPolicy: "cache-and-network" });
  return (
    <ListPage
      section="zones"
      create={writable ? "New zone" : undefined}
      error={error}
      count={data?.zones.length}
      empty="There are no zones yet."
      tools={
        <div>
          <button type="button" onClick={() => ask({ requestPolicy: "network-only" })}>
            Count again
          </button>{" "}
          {commanding && data && data.zones.length > 0 && (
            <Forgive
              words="Forgive everybody"
              consequence="Where anybody is no longer counts for anti-passback in any zone."
              document={ForgiveEverybodyDocument}
              about={{}}
            />
          )}
        </div>
      }
    >
      <Rows caption="Zones" columns={["Name", "In", "Inside now", "Anti-passback", "Doors"]}>
        {data?.zones.map((zone) => (
          <tr key={zone.id}>
            <NameCell section="zones" id={zone.id} name={zone.name} />
            <Cell label="In">{zone.parent?.name ?? "no other"}</Cell>
            <Cell label="Inside now">
              <span className="badges">
                {occupancyWords(zone)}
                {zone.maxOccupancy !== null && zone.occupancy >= zone.maxOccupancy && <Badge tone="warning" word="Full" />}
                {zone.muster && <Badge tone="notice" word="Muster" />}
              </span>
            </Cell>
            <Cell label="Anti-passback">{antiPassbackWords(zone)}</Cell>
            <Cell label="Doors">{zone.doors.length || "none"}</Cell>
          </tr>
        ))}
      </Rows>
    </ListPage>
  );
}
