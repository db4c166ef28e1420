// The npm package oidc-provider as somebody's identity provider: `node provider.mjs WEB_FOLDER`.
// Reads lines of JSON from standard input and ends with it. The first line is the client; writes the issuer then. Each
// further line says who sits at the browser ({"account": id}) or what is true of whom ({"claims": {id: {...}}}).
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// What it has to say about a configuration that is not for production is not for standard output.
console.info = console.warn = () => undefined;

const require = createRequire(`${process.argv[2]}/package.json`);
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));

let account = "nobody";
let claims = {};

function provider(issuer, { conformIdTokenClaims = false, ...client }) {
  return new Provider(issuer, {
    clients: [client],
    conformIdTokenClaims,
    claims: { openid: ["sub"], profile: ["preferred_username"], groups: ["groups"] },
    scopes: ["openid", "profile", "groups"],
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...claims[id] }) }),
    async loadExistingGrant(context) {
      const { client: asking, session, provider: own } = context.oidc;
      const grant = new own.Grant({ clientId: asking.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid profile groups");
      await grant.save();
      return grant;
    },
  });
}

let own;
const server = createServer(async (request, response) => {
  if (request.url.startsWith("/interaction/")) {
    const result = account === "cancel" ? { error: "access_denied" } : { login: { accountId: account } };
    await own.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  } else {
    own.callback()(request, response);
  }
});
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    const given = JSON.parse(line);
    if (own === undefined) {
      own = provider(issuer, given);
      process.stdout.write(`${issuer}\n`);
      return;
    }
    account = given.account ?? account;
    claims = { ...claims, ...given.claims };
    process.stdout.write("ok\n");
  });
  lines.on("close", () => process.exit(0));
});
