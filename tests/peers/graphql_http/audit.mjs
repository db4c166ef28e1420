// Audits the server at the given address, as whoever the cookie is of, with npm's graphql-http, and prints every audit's outcome as JSON.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const { auditServer } = createRequire(resolve("package.json"))("graphql-http");
const [url, cookie] = process.argv.slice(2);
const fetchFn = (address, init = {}) =>
  fetch(address, { ...init, headers: { ...init.headers, "Doorward-Request": "1", cookie } });
const found = await auditServer({ url, fetchFn });
console.log(JSON.stringify(found.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
