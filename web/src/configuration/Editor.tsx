import { type ReactNode, useState } from "react";

import type { ProblemFragment } from "../gql/operations";
import { Dialog } from "../ui/Dialog";
import { FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { type Saving, useSaving } from "./saving";

interface EditorProps {
  saving: Saving<string>;
  /** What saving is called. */
  action: string;
  writable: boolean;
  onSubmit: () => Promise<unknown>;
  onCancel: () => void;
  /** What cancelling is called. */
  cancel?: string;
  /** Loads the thing again and drops what was typed; none for a new thing. */
  onReload?: () => void;
  removal?: RemovalProps | undefined;
  /** What else can be done with what is typed. */
  tools?: ReactNode;
  children: ReactNode;
}

/** A form of the configuration: its parts, its problems, and what can be done with it. Who may not write only reads. */
export function Editor({
  saving,
  action,
  writable,
  onSubmit,
  onCancel,
  cancel = "Cancel",
  onReload,
  removal,
  tools,
  children,
}: EditorProps) {
  const sendFrom = async (form: HTMLFormElement): Promise<void> => {
    await onSubmit();
    focusFirstProblem(form);
  };
  return (
    <form
      className="editor"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void sendFrom(event.currentTarget);
      }}
    >
      {!writable && <p className="quiet">You may look at this, but not change it.</p>}
      <fieldset disabled={!writable}>{children}</fieldset>
      <FormProblems sentences={saving.problems.form} />
      {saving.outdated && onReload && (
        <p>
          <button type="button" onClick={onReload}>
            Load it again and drop my changes
          </button>
        </p>
      )}
      {writable && (
        <div className="editor-end">
          {removal && <Removal {...removal} />}
          {tools}
          <button type="button" onClick={onCancel}>
            {cancel}
          </button>
          <button type="submit" className="primary" disabled={saving.pending}>
            {saving.pending ? "Saving…" : action}
          </button>
        </div>
      )}
    </form>
  );
}

interface RemovalProps {
  name: string;
  /** What happens then, in a sentence. */
  consequence: string;
  /** Deletes; resolves with why the server refused, or with nothing. */
  remove: () => Promise<readonly ProblemFragment[]>;
  onRemoved: () => void;
  /** More to decide before the deletion. */
  children?: ReactNode;
}

/** Deletes after a question. */
export function Removal({ name, consequence, remove, onRemoved, children }: RemovalProps) {
  const [asking, setAsking] = useState(false);
  const saving = useSaving([]);
  const confirm = async (): Promise<void> => {
    if (await saving.run(remove)) onRemoved();
  };
  return (
    <>
      <button type="button" className="danger" onClick={() => setAsking(true)}>
        Delete
      </button>
      {asking && (
        <Dialog title={`Delete ${name}?`} onClose={() => setAsking(false)}>
          <div className="form">
            <p>{consequence}</p>
            {children}
            <FormProblems sentences={saving.problems.form} />
            <div className="form-end">
              <button type="button" onClick={() => setAsking(false)}>
                Keep it
              </button>
              <button
                type="button"
                className="danger"
                disabled={saving.pending}
                onClick={() => void confirm()}
              >
                Delete it
              </button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** A titled part of a form. */
export function Part({ title, children, end }: { title: string; children: ReactNode; end?: ReactNode }) {
  return (
    <section className="part panel" aria-label={title}>
      <div className="part-head">
        <h2>{title}</h2>
        {end}
      </div>
      {children}
    </section>
  );
}
