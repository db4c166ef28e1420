import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { formatDocument, stringifyDocument } from "@urql/core";
import { type DocumentNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse, visit } from "graphql";
import type { Plugin } from "vite";

const MODULE = "virtual:documents";

/**
 * Tells the server beforehand what the built dashboard will ask: `documents.json` has the texts, and the module
 * `virtual:documents` the hash of each by the name of its operation. Nothing is told while developing or testing.
 */
export function documents(source: string): Plugin {
  let texts: Map<string, string> = new Map();
  return {
    name: "documents",
    config: (_, { command }) => {
      if (command === "build") texts = textsIn(source);
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      const hashes = [...texts].map(([name, text]) => [name, createHash("sha256").update(text).digest("hex")]);
      return `export const hashes = ${JSON.stringify(Object.fromEntries(hashes))};`;
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "documents.json", source: JSON.stringify([...texts.values()]) });
    },
  };
}

/** Each operation as it is sent, by its name: over HTTP with the names of types, which urql's cache asks for. */
function textsIn(source: string): Map<string, string> {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".graphql"));
  const { definitions } = parse(files.map((name) => readFileSync(join(source, name), "utf8")).join("\n"));
  const fragments = new Map(definitions.filter(isFragment).map((one) => [one.name.value, one]));
  return new Map(
    definitions.filter(isOperation).map((operation) => {
      const document = { kind: Kind.DOCUMENT, definitions: [operation, ...spreadIn(operation, fragments)] } as DocumentNode;
      const sent = operation.operation === "subscription" ? document : formatDocument(document);
      return [operation.name?.value ?? "", stringifyDocument(sent)];
    }),
  );
}

function spreadIn(
  node: OperationDefinitionNode | FragmentDefinitionNode,
  all: Map<string, FragmentDefinitionNode>,
  found = new Set<FragmentDefinitionNode>(),
): Set<FragmentDefinitionNode> {
  visit(node, {
    FragmentSpread: ({ name }) => {
      const fragment = all.get(name.value);
      if (fragment === undefined) throw new Error(`There is no fragment ${name.value}.`);
      if (found.has(fragment)) return;
      found.add(fragment);
      spreadIn(fragment, all, found);
    },
  });
  return found;
}

const isFragment = (node: { kind: string }): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION;
const isOperation = (node: { kind: string }): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION;
