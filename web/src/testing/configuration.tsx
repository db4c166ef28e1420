import { render } from "@testing-library/react";
import type { ReactNode } from "react";

import { Api, fakeApi } from "./api";

/** What the server answers to each operation; a function answers from the variables. */
export type Answers = Record<string, unknown>;

/** Renders a screen against a server that answers by the name of the operation. */
export function showScreen(screen: ReactNode, answers: Answers) {
  const { api, asked } = fakeApi(({ operationName, variables }) => {
    const answer = answers[operationName];
    return typeof answer === "function" ? (answer as (given: typeof variables) => unknown)(variables) : answer;
  });
  const { container, unmount } = render(<Api api={api}>{screen}</Api>);
  /** The variables with which an operation was last asked for. */
  const sent = (operation: string): Record<string, unknown> | undefined =>
    asked.findLast(({ operationName }) => operationName === operation)?.variables;
  return { asked, container, sent, unmount };
}

/** A payload that the server accepted. */
export function accepted(result: object = {}): unknown {
  return { outcome: { ...result, errors: [] } };
}

/** A payload with one typed error. */
export function refused(code: string, message: string, ...path: string[]): unknown {
  return { outcome: { errors: [{ code, message, path }] } };
}
