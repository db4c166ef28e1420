import { useState } from "react";
import { useClient } from "urql";

import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { useWhole } from "../api/use-whole";
import { isOutdated } from "../configuration/saving";
import {
  type CustomFieldRowFragment,
  CustomFieldRowsDocument,
  DeleteCustomFieldDocument,
  type ProblemFragment,
  UpdateCustomFieldDocument,
} from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import { Confirm } from "../ui/Confirm";
import { Refused } from "../ui/Refused";
import { CustomFieldForm } from "./CustomFieldForm";
import { CustomFieldRow } from "./CustomFieldRow";

/** The fields that the site has added to its cardholders, in their order. */
export function CustomFields({ viewer }: { viewer: Viewer }) {
  const api = useClient();
  const [{ data, error }, ask] = useWhole({ query: CustomFieldRowsDocument, requestPolicy: "cache-and-network" });
  const [editing, setEditing] = useState<CustomFieldRowFragment | "new" | null>(null);
  const [deletingId, setDeletingId] = useState<string | null>(null);
  const [problems, setProblems] = useState<readonly ProblemFragment[]>([]);
  const fields = data?.customFields;
  const deleting = fields?.find(({ id }) => id === deletingId);
  const writable = may(viewer, "configuration.write");

  const reload = (): void => {
    setEditing(null);
    setProblems([]);
    ask({ requestPolicy: "network-only" });
  };
  const move = async ({ id, version }: CustomFieldRowFragment, position: number): Promise<void> => {
    const sent = await send(api, UpdateCustomFieldDocument, { input: { id, expectedVersion: version, position } });
    setProblems(sent.problems);
    if (sent.payload) ask({ requestPolicy: "network-only" });
  };

  return (
    <section className="screen" aria-labelledby="custom-fields-title">
      <header className="screen-head">
        <h1 id="custom-fields-title">Custom fields</h1>
        {writable && (
          <button type="button" className="primary" onClick={() => setEditing("new")} data-testid="new-custom-field">
            New field
          </button>
        )}
      </header>
      <p className="quiet">What the site wants to know of its cardholders besides what everybody has.</p>
      <Refused
        sentences={problems.map(({ message }) => message)}
        outdated={problems.some(isOutdated)}
        onReload={reload}
        reload="Load them again"
      />
      {error && (
        <p className="note-problem" role="alert">
          {sentenceOf(error)}
        </p>
      )}
      {!fields && !error && <p className="quiet">Loading…</p>}
      {fields?.length === 0 && <p className="quiet">There are no custom fields yet.</p>}
      {fields && fields.length > 0 && (
        <ol className="panel card-rows">
          {fields.map((field, index) => (
            <CustomFieldRow
              key={field.id}
              field={field}
              writable={writable}
              first={index === 0}
              last={index === fields.length - 1}
              onMove={(step) => void move(field, field.position + step)}
              onEdit={() => setEditing(field)}
              onDelete={() => setDeletingId(field.id)}
            />
          ))}
        </ol>
      )}
      {editing !== null && (
        <CustomFieldForm
          field={editing === "new" ? null : editing}
          onSaved={reload}
          onReload={reload}
          onClose={() => setEditing(null)}
        />
      )}
      {deleting && (
        <Deletion
          field={deleting}
          onReload={reload}
          onClose={() => setDeletingId(null)}
          onDone={() => {
            setDeletingId(null);
            reload();
          }}
        />
      )}
    </section>
  );
}

interface DeletionProps {
  field: CustomFieldRowFragment;
  onReload: () => void;
  onDone: () => void;
  onClose: () => void;
}

/** Asks first, with the number of values that would be lost: the server wants the same number. */
function Deletion({ field: { id, name, valueCount, version }, ...asking }: DeletionProps) {
  const api = useClient();
  const remove = async (): Promise<readonly ProblemFragment[]> => {
    const variables = { id, expectedVersion: version, confirm: valueCount === 0 ? null : valueCount };
    const { problems } = await send(api, DeleteCustomFieldDocument, variables);
    // Meanwhile others have got a value, or lost theirs: ask again with the present number.
    if (problems.some(({ path }) => path.includes("confirm"))) asking.onReload();
    return problems;
  };
  const lost = valueCount === 1 ? "the value of one cardholder" : `the values of ${valueCount} cardholders`;
  return (
    <Confirm
      {...asking}
      title={`Delete ${name}?`}
      action={valueCount === 0 ? "Delete the field" : `Delete the field and ${lost}`}
      onConfirm={remove}
    >
      <p>{valueCount === 0 ? "No cardholder has a value in it." : `The field goes, and ${lost} with it.`}</p>
    </Confirm>
  );
}
