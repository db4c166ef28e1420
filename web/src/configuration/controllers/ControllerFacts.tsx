import type { ReactNode } from "react";

import { DAY_S, secondsOf } from "../../api/duration";
import { dateWords } from "../../app/clock";
import { useMinute } from "../../app/now";
import type { ControllerRowFragment, ControllerSettingsFragment } from "../../gql/operations";
import { Part } from "../Editor";
import { certificateStanding, clockStanding, journalStanding, policyWords, standing } from "./controller-words";
import { Standing } from "./ControllerList";

interface ControllerFactsProps {
  controller: ControllerRowFragment;
  site: ControllerSettingsFragment;
}

/** How a controller is now. */
export function ControllerFacts({ controller, site }: ControllerFactsProps) {
  const nowMs = useMinute();
  const { lastContactAt, address, software, roundTripMs } = controller;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ["Status", <Standing key="status" {...standing(controller, site, nowMs)} />],
    ["Last contact", lastContactAt === null ? "never" : dateWords(Date.parse(lastContactAt))],
    ["Connects from", address || (controller.embedded ? "inside the server" : "not known since the server started")],
    ["Doorward version", software || "not known since the server started"],
    ["Policy", policyWords(controller)],
    ["Journal", <Standing key="journal" {...journalStanding(controller, site)} />],
    ["Journal keeps", `${site.journalEvents.toLocaleString()} events; ${secondsOf(site.journalKeeps) / DAY_S} days of those that the server has`],
    ["Clock", <Standing key="clock" {...clockStanding(controller)} />],
    ["Round trip", roundTripMs === null ? "not measured" : `${roundTripMs} ms`],
    ["Certificate", <Standing key="certificate" {...certificateStanding(controller, nowMs)} />],
  ];
  return (
    <Part title="As it is now">
      <dl className="state-facts">
        {facts.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Part>
  );
}
