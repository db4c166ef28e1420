import { useState } from "react";
import { useClient, useQuery } from "urql";

import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { Changed } from "../app/Changed";
import { useMinute } from "../app/now";
import { hrefOf, openRoute } from "../app/route";
import { isOutdated } from "../configuration/saving";
import { Credentials } from "../credentials/Credentials";
import {
  CardholderDocument,
  type CardholderDetailFragment,
  type ProblemFragment,
  ReleaseCardholderDocument,
  UpdateCardholderDocument,
} from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import { Confirm } from "../ui/Confirm";
import { Dialog } from "../ui/Dialog";
import { Photo } from "../ui/Photo";
import { Refused } from "../ui/Refused";
import { type CardholderChange, changesOf, ownedBy } from "./cardholder-draft";
import { CardholderForm } from "./CardholderForm";
import { DeleteCardholder } from "./DeleteCardholder";
import { Facts } from "./Facts";
import { PhotoEditor } from "./PhotoEditor";
import { standingOf } from "./standing";
import { StandingBadge } from "./StandingBadge";
import "./cardholders.css";

/** One cardholder in full. */
export function CardholderScreen({ id, viewer }: { id: string; viewer: Viewer }) {
  const [{ data, error }, ask] = useQuery({
    query: CardholderDocument,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const refresh = (): void => ask({ requestPolicy: "network-only" });
  return (
    <section className="screen" aria-labelledby="cardholder-title">
      <p className="crumb">
        <a href={hrefOf({ screen: "cardholders" })}>All cardholders</a>
      </p>
      <Changed kind="CARDHOLDER" id={id} onReload={refresh} />
      {data?.cardholder ? (
        <Person cardholder={data.cardholder} viewer={viewer} refresh={refresh} />
      ) : (
        <>
          <h1 id="cardholder-title">Cardholder</h1>
          <p className="quiet" role={error ? "alert" : undefined}>{error ? sentenceOf(error) : data ? "There is no such cardholder." : "Loading…"}</p>
        </>
      )}
    </section>
  );
}

interface PersonProps {
  cardholder: CardholderDetailFragment;
  viewer: Viewer;
  refresh: () => void;
}

type Open = { act: "delete" | "release" } | { act: "edit" | "photo"; was: CardholderDetailFragment };

function Person({ cardholder, viewer, refresh }: PersonProps) {
  const api = useClient();
  const nowMs = useMinute();
  /** What is open over the screen. A form keeps the cardholder it began with: its version says what was seen. */
  const [open, setOpen] = useState<Open | null>(null);
  const [problems, setProblems] = useState<readonly ProblemFragment[]>([]);
  const close = (): void => setOpen(null);
  const settle = (): void => {
    close();
    setProblems([]);
    refresh();
  };
  const update = async (was: CardholderDetailFragment, change: CardholderChange): Promise<readonly ProblemFragment[]> => {
    if (Object.keys(change).length === 0) return [];
    const input = { id: was.id, expectedVersion: was.version, ...change };
    return (await send(api, UpdateCardholderDocument, { input })).problems;
  };
  const suspend = async (): Promise<void> => {
    const refused = await update(cardholder, { suspended: !cardholder.suspended });
    setProblems(refused);
    if (refused.length === 0) refresh();
  };
  const name = `${cardholder.firstName} ${cardholder.lastName}`;

  return (
    <>
      <header className="panel person-head">
        <Photo url={cardholder.photoUrl} instead="person" size="large" />
        <div>
          <h1 id="cardholder-title">{name}</h1>
          <StandingBadge standing={standingOf(cardholder, nowMs)} />
        </div>
        {may(viewer, "cardholder.write") && (
          <Actions cardholder={cardholder} onOpen={setOpen} onSuspend={() => void suspend()} />
        )}
        <Refused
          sentences={problems.map((problem) => problem.message)}
          outdated={problems.some(isOutdated)}
          onReload={settle}
          reload="Load it again"
        />
        <Facts cardholder={cardholder} />
      </header>
      <Credentials cardholderId={cardholder.id} credentials={cardholder.credentials} viewer={viewer} refresh={refresh} />
      {open?.act === "edit" && (
        <Dialog title={`Edit ${name}`} onClose={close} wide>
          <CardholderForm
            cardholder={open.was}
            action="Save"
            onCancel={close}
            onReload={settle}
            onSubmit={async (draft) => {
              const refused = await update(open.was, changesOf(open.was, draft));
              if (refused.length === 0) settle();
              return refused;
            }}
          />
        </Dialog>
      )}
      {open?.act === "photo" && <PhotoEditor cardholder={open.was} onSaved={settle} onReload={settle} onClose={close} />}
      {open?.act === "delete" && (
        <DeleteCardholder
          cardholder={cardholder}
          onDone={() => openRoute({ screen: "cardholders" })}
          onReload={refresh}
          onClose={close}
        />
      )}
      {open?.act === "release" && <Release cardholder={cardholder} onDone={settle} onReload={refresh} onClose={close} />}
    </>
  );
}

interface ActionsProps {
  cardholder: CardholderDetailFragment;
  onOpen: (open: Open) => void;
  onSuspend: () => void;
}

/** What can be done with a cardholder; what a directory decides cannot be done here. */
function Actions({ cardholder, onOpen, onSuspend }: ActionsProps) {
  const { suspended, directory } = cardholder;
  const suspension = ownedBy(cardholder, "suspended");
  const photo = ownedBy(cardholder, "photo");
  return (
    <div className="person-actions">
      <button type="button" onClick={() => onOpen({ act: "edit", was: cardholder })} data-testid="edit-cardholder">
        Edit
      </button>
      <button
        type="button"
        disabled={photo.readOnly}
        title={photo.hint}
        onClick={() => onOpen({ act: "photo", was: cardholder })}
        data-testid="edit-photo"
      >
        Photo
      </button>
      <button
        type="button"
        className={suspended ? undefined : "danger"}
        disabled={suspension.readOnly}
        title={suspension.hint}
        onClick={onSuspend}
        data-testid="suspend-cardholder"
      >
        {suspended ? "End the suspension" : "Suspend"}
      </button>
      {directory === "" ? (
        <button type="button" className="danger" onClick={() => onOpen({ act: "delete" })} data-testid="delete-cardholder">
          Delete
        </button>
      ) : (
        <button type="button" onClick={() => onOpen({ act: "release" })} data-testid="release-cardholder">
          Release from {directory}
        </button>
      )}
    </div>
  );
}

interface ReleaseProps {
  cardholder: CardholderDetailFragment;
  onDone: () => void;
  onReload: () => void;
  onClose: () => void;
}

/** Makes what a directory owns changeable here, after a question. */
function Release({ cardholder: { id, version, firstName, lastName, directory }, ...asking }: ReleaseProps) {
  const api = useClient();
  return (
    <Confirm
      {...asking}
      title={`Release ${firstName} ${lastName} from ${directory}?`}
      action="Release"
      onConfirm={async () => (await send(api, ReleaseCardholderDocument, { id, expectedVersion: version })).problems}
    >
      <p>Everything can be changed here then, and the cardholder can be deleted. The next sync may take them back.</p>
    </Confirm>
  );
}
