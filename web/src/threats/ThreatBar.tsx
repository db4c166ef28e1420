import { useState } from "react";

import { clockMinute, otherDay } from "../app/clock";
import { useMinute } from "../app/now";
import type { LiveFeed } from "../events/live-feed";
import type { ThreatFragment } from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import { Icon } from "../ui/Icon";
import { colourClass } from "./colours";
import { ThreatDialog } from "./ThreatDialog";
import { useThreat } from "./use-threat";
import "./threats.css";

/** The site's threat level, on every screen, in colour and in words, and the way to another one. */
export function ThreatBar({ feed, viewer }: { feed: LiveFeed; viewer: Viewer }) {
  const { threat, ask } = useThreat(feed);
  const [choosing, setChoosing] = useState(false);
  const changes = may(viewer, "threat.raise") || (Boolean(threat) && may(viewer, "threat.release"));
  return (
    <div
      className={`threat ${threat ? `threat-set ${colourClass(threat.colour)}` : "threat-none"}`}
      data-testid="threat"
      data-level={threat?.name ?? "none"}
    >
      {/* Always there, so that a change is read out. */}
      <p role="status" className="threat-words">
        {threat === undefined ? "Threat level: not known yet" : threat === null ? "Threat level: none" : <Present threat={threat} />}
      </p>
      {changes && threat !== undefined && (
        <button type="button" aria-haspopup="dialog" onClick={() => setChoosing(true)} data-testid="threat-change">
          {threat === null ? "Raise…" : "Change or release…"}
        </button>
      )}
      {choosing && (
        <ThreatDialog
          present={threat ?? null}
          viewer={viewer}
          onClose={() => setChoosing(false)}
          onDone={() => {
            ask();
            setChoosing(false);
          }}
        />
      )}
    </div>
  );
}

function Present({ threat: { name, since, userName, reason } }: { threat: ThreatFragment }) {
  const at = Date.parse(since);
  const day = otherDay(at, useMinute());
  return (
    <>
      <span className="threat-name">
        <Icon name="alarm" />
        Threat level: {name}
      </span>{" "}
      <span className="threat-why">
        since {day === null ? "" : `${day}, `}
        {clockMinute(at)}, by {userName}
        {reason === "" ? "" : `: ${reason}`}
      </span>
    </>
  );
}
