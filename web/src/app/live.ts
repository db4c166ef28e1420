import { useEffect, useState } from "react";
import type { Client } from "urql";

import { socketUrl } from "../api/address";
import { sentenceOf } from "../api/client";
import { type Connection, openSocket } from "../api/socket";
import type { Store } from "../api/store";
import { DoorStates } from "../doors/door-states";
import { LiveFeed } from "../events/live-feed";
import {
  DoorStatesDocument,
  FollowChangesDocument,
  FollowEventsDocument,
  FollowJobsDocument,
  FollowLinesDocument,
  LatestEventsDocument,
} from "../gql/operations";
import { JobStates } from "../jobs/job-states";
import type { FollowChanges } from "./Changed";
import { LineStates } from "../lines/line-states";
import { may, type Viewer } from "../session/permission";

const EVENTS_AT_START = 50;

/** What the server keeps up to date for a signed-in user, over one socket. */
export interface Live {
  connection: Store<Connection>;
  feed: LiveFeed;
  doors: DoorStates;
  lines: LineStates;
  /** Followed only by the screen that shows them. */
  jobs: JobStates;
  /** Changes of one thing that is open; none where nobody is asked for them. */
  changes?: FollowChanges;
}

/** Starts everything live for the viewer and stops it with the component; null for the first moment. */
export function useLive(api: Client, viewer: Viewer, onSignedOut: () => void): Live | null {
  const [live, setLive] = useState<Live | null>(null);
  useEffect(() => {
    const socket = openSocket({ url: socketUrl(location), onSignedOut });
    const feed = new LiveFeed({
      latest: async () => {
        const variables = { last: EVENTS_AT_START };
        const { data, error } = await api
          .query(LatestEventsDocument, variables, { requestPolicy: "network-only" })
          .toPromise();
        if (data === undefined) throw new Error(error ? sentenceOf(error) : "The server sent no events.");
        return { edges: data.events.edges, endCursor: data.events.pageInfo.endCursor };
      },
      subscribe: (after, sink) =>
        socket.subscribe(FollowEventsDocument, { after }, { ...sink, next: ({ events }) => sink.next(events) }),
    });
    let doorsSeen: string | null = null;
    const doors = new DoorStates((sink) =>
      socket.subscribe(
        DoorStatesDocument,
        { after: doorsSeen },
        {
          ...sink,
          next: ({ doorStates }) => {
            doorsSeen = doorStates.cursor;
            sink.next(doorStates.node);
          },
        },
      ),
    );
    const lines = new LineStates((sink) =>
      socket.subscribe(FollowLinesDocument, {}, { ...sink, next: ({ auxStates }) => sink.next(auxStates) }),
    );
    let jobsSeen: string | null = null;
    const jobs = new JobStates((sink) =>
      socket.subscribe(
        FollowJobsDocument,
        { after: jobsSeen },
        {
          ...sink,
          next: (told) => {
            jobsSeen = told.jobs.cursor;
            sink.next(told.jobs.node);
          },
        },
      ),
    );
    const changes: FollowChanges = (kind, id, sink) =>
      socket.subscribe(
        FollowChangesDocument,
        { entities: [kind], ids: [id] },
        { ended: sink.ended, next: (data) => sink.next(data.changes) },
      );
    if (may(viewer, "event.view")) feed.start();
    if (may(viewer, "door.view")) doors.start();
    if (may(viewer, "io.read")) lines.start();
    // What is open must be closed again, and only an effect has an end.
    // oxlint-disable-next-line react/set-state-in-effect
    setLive({ connection: socket.connection, feed, doors, lines, jobs, changes });
    return () => {
      feed.stop();
      doors.stop();
      lines.stop();
      socket.close();
    };
  }, [api, viewer, onSignedOut]);
  return live;
}
