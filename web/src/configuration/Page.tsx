import { type ReactNode, useState } from "react";
import type { CombinedError } from "urql";

import { Changed } from "../app/Changed";
import { sentenceOf } from "../api/client";
import type { EntityKind } from "../gql/operations";
import { configurationHref, inConfiguration, NEW, type Section, SECTIONS } from "./place";

interface ListPageProps {
  section: Section;
  /** The words of the button that creates one; none where nothing can be created, or not by this viewer. */
  create?: string | undefined;
  error: CombinedError | undefined;
  /** How many are shown; undefined while they are being loaded. */
  count: number | undefined;
  empty: string;
  /** What narrows the list down. */
  tools?: ReactNode;
  children: ReactNode;
}

/** A list of the configuration, with what it says while it is loading, empty, or not to be had. */
export function ListPage({ section, create, error, count, empty, tools, children }: ListPageProps) {
  return (
    <section className="screen" aria-labelledby="section-title">
      <header className="screen-head">
        <h1 id="section-title">{SECTIONS[section]}</h1>
        {create !== undefined && (
          <a className="button primary" href={configurationHref(inConfiguration(section, NEW))}>
            {create}
          </a>
        )}
      </header>
      {tools}
      {error && (
        <p className="note-problem" role="alert">
          {sentenceOf(error)}
        </p>
      )}
      {count === undefined && !error && <p className="quiet">Loading…</p>}
      {count === 0 && <p className="quiet">{empty}</p>}
      {count !== undefined && count > 0 && children}
    </section>
  );
}

interface EditorPageProps {
  section: Section;
  title: string;
  error: CombinedError | undefined;
  /** Whether the answer is there, and whether the thing is in it. */
  state: "loading" | "missing" | "found";
  /** What is open, where others' changes of it are told. */
  watched?: { kind: EntityKind; id: string; onReload: () => void };
  /** The editor; it calls `onSaved` when the server has accepted a change. */
  children: (onSaved: () => void) => ReactNode;
}

/** One thing of the configuration. What was saved is said here, because the editor begins anew with each version. */
export function EditorPage({ section, title, error, state, watched, children }: EditorPageProps) {
  const [saved, setSaved] = useState(false);
  return (
    <section className="screen" aria-labelledby="editor-title" onInput={() => setSaved(false)}>
      <p className="crumb">
        <a href={configurationHref(inConfiguration(section))}>{SECTIONS[section]}</a>
      </p>
      <h1 id="editor-title">{title}</h1>
      <p className="saved" role="status">
        {saved ? "Saved." : ""}
      </p>
      {watched && watched.id !== NEW && <Changed key={watched.id} {...watched} />}
      {state === "found" ? (
        children(() => setSaved(true))
      ) : (
        <p className="quiet" role={error ? "alert" : undefined}>
          {error ? sentenceOf(error) : state === "loading" ? "Loading…" : "This is not there any more."}
        </p>
      )}
    </section>
  );
}

/** A cell of a table; on a phone its label stands before it. */
export function Cell({ label, children }: { label: string; children: ReactNode }) {
  return <td data-label={label}>{children}</td>;
}

interface RowsProps {
  caption: string;
  columns: readonly string[];
  children: ReactNode;
}

/** A table of things; the first column is what each one is called. */
export function Rows({ caption, columns, children }: RowsProps) {
  return (
    <table className="table panel">
      <caption className="heard-only">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

/** The first cell of a row: its name, which leads to the thing. */
export function NameCell({ section, id, name }: { section: Section; id: string; name: string }) {
  return (
    <th scope="row">
      <a href={configurationHref(inConfiguration(section, id))}>{name}</a>
    </th>
  );
}

/** Whether a query's thing is there yet. */
export function stateOf(data: unknown, found: unknown): EditorPageProps["state"] {
  if (found !== null && found !== undefined) return "found";
  return data === undefined ? "loading" : "missing";
}
