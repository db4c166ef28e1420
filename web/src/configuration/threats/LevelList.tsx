
import { useWhole } from "../../api/use-whole";
import { LevelListDocument } from "../../gql/operations";
import { colourClass } from "../../threats/colours";
import { effectsOf } from "../../threats/posture";
import "../../threats/threats.css";
import { Badge } from "../../ui/Badge";
import { configurationHref, inConfiguration } from "../place";
import { Cell, ListPage, Rows } from "../Page";

/** All threat levels, the highest first. */
export function LevelList({ writable }: { writable: boolean }) {
  const [{ data, error }] = useWhole({ query: LevelListDocument, requestPolicy: "cache-and-network" });
  return (
    <ListPage
      section="threats"
      create={writable ? "New threat level" : undefined}
      error={error}
      count={data?.threatLevels.length}
      empty="There are no threat levels yet."
    >
      <Rows caption="Threat levels" columns={["Name", "Rank", "Clearance to lower it", "While it is in force"]}>
        {data?.threatLevels.map(({ id, name, rank, colour, releaseRank, switches }) => (
          <tr key={id}>
            <th scope="row">
              <span className="swatched">
                <span className={`swatch ${colourClass(colour)}`} aria-hidden="true" />
                <a href={configurationHref(inConfiguration("threats", id))}>{name}</a>{" "}
                {data.threat?.levelId === id && <Badge tone="danger" word="In force" />}
              </span>
            </th>
            <Cell label="Rank">{rank}</Cell>
            <Cell label="Clearance to lower it">{releaseRank}</Cell>
            <Cell label="While it is in force">{effectsOf(switches).join(" ") || "It switches nothing."}</Cell>
          </tr>
        ))}
      </Rows>
    </ListPage>
  );
}
