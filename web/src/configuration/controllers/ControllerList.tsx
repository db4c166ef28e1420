import { useCallback } from "react";

import { useWhole } from "../../api/use-whole";
import { useMinute } from "../../app/now";
import { ControllerListDocument, type ControllerRowFragment, type ControllerSettingsFragment } from "../../gql/operations";
import { Badge } from "../../ui/Badge";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { useRefresh } from "../use-refresh";
import {
  certificateStanding,
  clockStanding,
  journalStanding,
  policyWords,
  type Standing as StandingWords,
  standing,
} from "./controller-words";
import { ControllerSettings } from "./ControllerSettings";
import "./controllers.css";

/** All controllers with how they are now, and what is set for all of them. */
export function ControllerList({ writable }: { writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: ControllerListDocument, requestPolicy: "cache-and-network" });
  const askAgain = useCallback(() => ask({ requestPolicy: "network-only" }), [ask]);
  useRefresh(askAgain);
  return (
    <ListPage
      section="controllers"
      create={writable ? "New controller" : undefined}
      error={error}
      count={data?.controllers.length}
      empty="There are no controllers yet."
    >
      {data && (
        <>
          <Rows caption="Controllers" columns={["Name", "Status", "Journal", "Clock", "Policy", "Certificate"]}>
            {data.controllers.map((controller) => (
              <ControllerRow key={controller.id} controller={controller} site={data.site} />
            ))}
          </Rows>
          <ControllerSettings settings={data.site} writable={writable} onReload={askAgain} />
        </>
      )}
    </ListPage>
  );
}

interface ControllerRowProps {
  controller: ControllerRowFragment;
  site: ControllerSettingsFragment;
}

function ControllerRow({ controller, site }: ControllerRowProps) {
  const nowMs = useMinute();
  return (
    <tr>
      <NameCell section="controllers" id={controller.id} name={controller.name} />
      <Cell label="Status">
        <Standing {...standing(controller, site, nowMs)} />
      </Cell>
      <Cell label="Journal">
        <Standing {...journalStanding(controller, site)} />
      </Cell>
      <Cell label="Clock">
        <Standing {...clockStanding(controller)} />
      </Cell>
      <Cell label="Policy">{policyWords(controller)}</Cell>
      <Cell label="Certificate">
        <Standing {...certificateStanding(controller, nowMs)} />
      </Cell>
    </tr>
  );
}

/** A state in a word, and what there is to say about it. */
export function Standing({ tone, word, detail }: StandingWords) {
  return (
    <span className="standing">
      <Badge tone={tone} word={word} /> {detail !== "" && <span className="standing-detail">{detail}</span>}
    </span>
  );
}
