import { useClient } from "urql";

import { send } from "../api/send";
import { openRoute } from "../app/route";
import { CreateCardholderDocument, type ProblemFragment } from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import type { CardholderDraft } from "./cardholder-draft";
import { CardholderForm } from "./CardholderForm";
import "./cardholders.css";

export function NewCardholder({ viewer }: { viewer: Viewer }) {
  const api = useClient();
  if (!may(viewer, "cardholder.write")) return <p className="quiet pad">You may not create cardholders.</p>;

  const create = async (input: CardholderDraft): Promise<readonly ProblemFragment[]> => {
    const { payload, problems } = await send(api, CreateCardholderDocument, { input });
    const id = payload?.cardholder?.id;
    if (id !== undefined) openRoute({ screen: "cardholder", id });
    return problems;
  };

  return (
    <section className="screen" aria-labelledby="new-title">
      <h1 id="new-title">New cardholder</h1>
      <div className="panel pad">
        <CardholderForm action="Create cardholder" onSubmit={create} onCancel={() => openRoute({ screen: "cardholders" })} />
      </div>
    </section>
  );
}
