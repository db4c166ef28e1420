import { type ReactNode, useCallback, useMemo } from "react";
import { useQuery } from "urql";

import { CommandReasonsDocument } from "../gql/operations";
import { NO_REASONS, ReasonsKnown } from "./use-reasons";

/** Tells everything within for which commands the site wants a reason. */
export function KnowsReasons({ commanding, children }: { commanding: boolean; children: ReactNode }) {
  const [{ data }, ask] = useQuery({ query: CommandReasonsDocument, pause: !commanding });
  const needed = useMemo(() => (data ? new Set(data.commandReasons) : NO_REASONS), [data]);
  const again = useCallback(() => ask({ requestPolicy: "network-only" }), [ask]);
  return <ReasonsKnown value={useMemo(() => ({ needed, again }), [needed, again])}>{children}</ReasonsKnown>;
}
