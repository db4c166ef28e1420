// Follows the log with the npm client `graphql-ws`: prints each cursor, begins again where it was cut, and prints with
// which code it is closed. Arguments: the folder whose node_modules to use, the URL, a token.
const { createRequire } = require("node:module");

const [folder, url, token] = process.argv.slice(2);
const from = createRequire(`${folder}/package.json`);
const { createClient } = from("graphql-ws");
const webSocketImpl = globalThis.WebSocket ?? from("ws");
const query = "subscription($after: String) { events(after: $after) { cursor } }";
const tell = (facts) => process.stdout.write(`${JSON.stringify(facts)}\n`);

let after = "MA==";
let over = false;

function follow() {
  const client = createClient({
    url,
    webSocketImpl,
    lazy: true,
    retryAttempts: 0,
    connectionParams: { Authorization: `Bearer ${token}` },
    on: {
      closed: ({ code }) => {
        over ||= code === 4401;
        tell({ closed: code });
      },
    },
  });
  const again = () => {
    if (!over) setTimeout(follow, 50);
  };
  client.subscribe(
    { query, variables: { after } },
    {
      next: ({ data, errors }) => {
        if (errors) {
          tell({ refused: errors[0].extensions.code });
          return;
        }
        after = data.events.cursor;
        tell({ cursor: after });
      },
      error: again,
      complete: () => (over ? undefined : setTimeout(again, 3000)),
    },
  );
}

follow();
