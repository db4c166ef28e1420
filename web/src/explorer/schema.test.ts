import { parse } from "graphql";
import { expect, test, vi } from "vitest";

import { askSchema } from "./schema";

function answering(answer: unknown) {
  return vi.fn<typeof fetch>(async () => Response.json(answer));
}
const refusing = (code: string, message: string) => answering({ errors: [{ message, extensions: { code } }] });

test("the schema is asked for as a page of ours asks", async () => {
  const schema = { __schema: { types: [] } };
  const ask = answering({ data: schema });
  expect(await askSchema(ask)).toEqual({ kind: "schema", schema });
  const [url, sent] = ask.mock.lastCall ?? [];
  expect(url).toBe("/graphql");
  expect(sent?.headers).toMatchObject({ "Doorward-Request": "1" });
  const { query } = JSON.parse(String(sent?.body)) as { query: string };
  expect(parse(query).definitions[0]).toMatchObject({ name: { value: "IntrospectionQuery" } });
});

test("a server that hides its schema says so itself", async () => {
  expect(await askSchema(refusing("PERMISSION", "It is hidden."))).toEqual({ kind: "hidden", sentence: "It is hidden." });
});

test("where only known documents are taken there is nothing to explore", async () => {
  const told = await askSchema(refusing("DOCUMENT_NOT_ACCEPTED", "No."));
  expect(told).toMatchObject({ kind: "closed", sentence: expect.stringContaining("persisted") });
});

test("a session that has ended is known by its code", async () => {
  expect(await askSchema(refusing("UNAUTHENTICATED", "Sign in first."))).toEqual({ kind: "signed-out" });
});

test("any other refusal is told in the server's words", async () => {
  expect(await askSchema(refusing("RATE_LIMITED", "Wait 3 seconds."))).toEqual({ kind: "closed", sentence: "Wait 3 seconds." });
});

test("a server that cannot be reached, or answers something else, is told as that", async () => {
  const told = { kind: "closed", sentence: expect.stringContaining("cannot be reached") };
  expect(await askSchema(vi.fn<typeof fetch>().mockRejectedValue(new TypeError("Failed to fetch")))).toEqual(told);
  expect(await askSchema(vi.fn<typeof fetch>(async () => new Response("<html>")))).toEqual(told);
});
