import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { type ControllerRowFragment, RevokeControllerDocument } from "../../gql/operations";
import { Confirm } from "../../ui/Confirm";
import { Part } from "../Editor";
import { EnrolmentDialog } from "./EnrolmentDialog";

interface TrustProps {
  controller: ControllerRowFragment;
  onChanged: () => void;
}

/** How a controller comes to be trusted, and how that ends. */
export function Trust({ controller, onChanged }: TrustProps) {
  const api = useClient();
  const [asking, setAsking] = useState<"enrol" | "revoke" | null>(null);
  const { id, name, enrolled, codeExpiresAt } = controller;
  const close = (): void => setAsking(null);
  return (
    <Part title="Enrolment">
      <p className="quiet">
        {enrolled
          ? "Its certificate lasts 90 days and is renewed by itself when 30 are left. Enrol it anew for another computer, or when the certificate has expired."
          : "It has no certificate. A one-time code, entered at its computer, gives it the first one."}
      </p>
      <div className="row-actions">
        <button type="button" className={enrolled ? "" : "primary"} onClick={() => setAsking("enrol")}>
          {enrolled ? "Enrol anew" : "Enrol"}
        </button>
        {(enrolled || codeExpiresAt !== null) && (
          <button type="button" className="danger" onClick={() => setAsking("revoke")}>
            Revoke
          </button>
        )}
      </div>
      {asking === "enrol" && <EnrolmentDialog controller={controller} onChanged={onChanged} onClose={close} />}
      {asking === "revoke" && (
        <Confirm
          title={`Revoke ${name}?`}
          action="Revoke its certificate"
          onConfirm={async () => (await send(api, RevokeControllerDocument, { id })).problems}
          onDone={() => {
            close();
            onChanged();
          }}
          onReload={onChanged}
          onClose={close}
        >
          <p>
            Its certificate and any code end, its link is closed at once, and it must be enrolled anew. Its doors go on
            by the policy that it has. If it was stolen, also change what it knew: keys of readers, PINs.
          </p>
        </Confirm>
      )}
    </Part>
  );
}
