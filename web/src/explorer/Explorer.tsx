import { GraphiQL } from "graphiql";
import { useEffect, useState } from "react";

import { rememberedTheme } from "../app/theme";
import { createFetcher } from "./fetcher";
import { askSchema, type Told } from "./schema";

const fetcher = createFetcher();
const FIRST_QUERY = `# What you run here is done.
#
# Ctrl-Enter  run the operation
# Ctrl-Space  what can stand here
# Ctrl-M      Tab leaves the editor

query Me {
  viewer {
    name
    permissions
  }
}
`;

/** GraphiQL over our own API, or a sentence that says why there is none. */
export function Explorer() {
  const [told, setTold] = useState<Told | null>(null);
  useEffect(() => {
    let gone = false;
    const ask = async () => {
      const found = await askSchema();
      if (!gone) setTold(found);
    };
    void ask();
    return () => {
      gone = true;
    };
  }, []);

  switch (told?.kind) {
    case undefined:
      return <Notice sentence="Loading the schema…" />;
    case "signed-out":
      return <Notice sentence="Your session has ended. Sign in, then open the explorer again from your account." />;
    case "closed":
      return <Notice sentence={told.sentence} />;
    case "hidden":
    case "schema":
      return <Opened told={told} />;
  }
}

function Opened({ told }: { told: Extract<Told, { kind: "schema" | "hidden" }> }) {
  const theme = rememberedTheme(localStorage);
  return (
    <main className="explorer">
      <h1 className="heard-only">API explorer</h1>
      {told.kind === "hidden" && (
        <p className="explorer-note" role="status">
          {told.sentence} You can send requests all the same, without suggestions and documentation.
        </p>
      )}
      {/* What is written here may have names and numbers of people in it: it goes with the tab. */}
      <GraphiQL
        fetcher={fetcher}
        schema={told.kind === "schema" ? told.schema : null}
        storage={sessionStorage}
        defaultTheme={theme === "auto" ? null : theme}
        defaultQuery={FIRST_QUERY}
        showPersistHeadersSettings={false}
      >
        <GraphiQL.Logo>
          <a href="/#/account">Doorward</a>
        </GraphiQL.Logo>
      </GraphiQL>
    </main>
  );
}

function Notice({ sentence }: { sentence: string }) {
  return (
    <main className="explorer-closed">
      <h1>API explorer</h1>
      <p role="status">{sentence}</p>
      <p>
        <a href="/#/account">Back to Doorward</a>
      </p>
    </main>
  );
}
