import type { Client } from "urql";
import { useClient } from "urql";

import { sentenceOf } from "../api/client";
import { type CommandResult, newCommandKey, resultOf } from "../doors/command";
import { type Commanding, useCommanding } from "../doors/use-command";
import { CommandOutputDocument, type OutputAction } from "../gql/operations";
import { OUTPUT_WORDS, type OutputTerms } from "./actions";

/** Sends one command to an output and waits for its controller's answer. The same `key` acts once. */
async function commandOutput(
  api: Client,
  action: OutputAction,
  outputId: string,
  terms: OutputTerms,
  key: string,
): Promise<CommandResult> {
  const input = { outputId, action, ...terms, idempotencyKey: key };
  const { data, error } = await api.mutation(CommandOutputDocument, { input }).toPromise();
  if (error) return { status: "failed", sentence: sentenceOf(error) };
  if (!data) return { status: "failed", sentence: "The server sent no answer. Look at the output, then try again." };
  return resultOf(OUTPUT_WORDS[action].label, data.outcome);
}

/** Switches one output, one command at a time, and says how the last one went. */
export function useOutputCommand(outputId: string): Commanding<OutputAction, OutputTerms> {
  const api = useClient();
  return useCommanding((action, terms) => commandOutput(api, action, outputId, terms, newCommandKey()));
}
