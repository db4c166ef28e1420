import { useState } from "react";

import { useWhole } from "../../api/use-whole";
import { dateWords } from "../../app/clock";
import { ScheduleListDocument, type ScheduleRowFragment } from "../../gql/operations";
import { Badge } from "../../ui/Badge";
import { Text } from "../../ui/Text";
import { Cell, ListPage, NameCell, Rows } from "../Page";

/** All schedules, with what each one does at this moment. */
export function ScheduleList({ writable }: { writable: boolean }) {
  const [search, setSearch] = useState("");
  const [{ data, error }] = useWhole({ query: ScheduleListDocument, requestPolicy: "cache-and-network" });
  const found = data?.schedules.filter(({ name }) => name.toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <ListPage
      section="schedules"
      create={writable ? "New schedule" : undefined}
      error={error}
      count={found?.length}
      empty={search === "" ? "There are no schedules yet." : `Nothing is found for “${search}”.`}
      tools={
        <search>
          <Text label="Search by name" type="search" value={search} onChange={setSearch} />
        </search>
      }
    >
      <Rows caption="Schedules" columns={["Name", "Kind", "Now", "Next change", "In use by"]}>
        {found?.map((schedule) => (
          <tr key={schedule.id}>
            <NameCell section="schedules" id={schedule.id} name={schedule.name} />
            <Cell label="Kind">{schedule.kind === "WEEKLY" ? "Weekly" : "Daily"}</Cell>
            <Cell label="Now">
              <ActiveBadge schedule={schedule} />
            </Cell>
            <Cell label="Next change">{nextWords(schedule)}</Cell>
            <Cell label="In use by">{schedule.inUseBy.length || "nothing"}</Cell>
          </tr>
        ))}
      </Rows>
    </ListPage>
  );
}

export function ActiveBadge({ schedule: { activeNow } }: { schedule: ScheduleRowFragment }) {
  return activeNow ? <Badge tone="good" word="Active now" /> : <Badge tone="off" word="Not active" />;
}

/** When the schedule next begins or ends. */
export function nextWords({ nextChange }: ScheduleRowFragment): string {
  return nextChange === null ? "none within a year" : dateWords(Date.parse(nextChange));
}
