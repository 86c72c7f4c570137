// A real provider of identities on loopback, for tests: oidc-provider with accounts in memory. Nobody types a password:
// whoever comes is signed in as the account of the moment, which a test chooses (POST /as) as a person would by typing.
//   node provider.mjs PORT CLIENT_ID CLIENT_SECRET REDIRECT_URIS(comma) POST_LOGOUT_URIS(comma)
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [port, clientId, clientSecret, redirects, afterLogout] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const accounts = new Map();
let current = "";

// The library's own page loads a font from elsewhere.
async function askToSignOut(context, form) {
  context.body = `<!doctype html><html lang="en"><title>Sign out</title><h1>Sign out?</h1>${form}
    <button form="op.logoutForm" name="logout" value="yes" autofocus>Yes, sign me out</button></html>`;
}

const provider = new Provider(issuer, {
  clients: [{
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: redirects.split(","),
    post_logout_redirect_uris: afterLogout.split(","),
    grant_types: ["authorization_code"],
    response_types: ["code"],
  }],
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
  scopes: ["openid", "email", "profile", "groups"],
  cookies: { keys: ["tests"] },
  findAccount: (_context, id) => {
    const claims = accounts.get(id);
    return claims && { accountId: id, claims: async () => ({ sub: id, ...claims }) };
  },
  // One consent for all that is asked: these clients are the city's own.
  loadExistingGrant: async (context) => {
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    });
    grant.addOIDCScope("openid email profile groups");
    await grant.save();
    return grant;
  },
  features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true, logoutSource: askToSignOut } },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
});

const handle = provider.callback();
createServer(async (request, response) => {
  try {
    if (request.url === "/as" && request.method === "POST") {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const { sub, ...claims } = JSON.parse(Buffer.concat(chunks).toString());
      accounts.set(sub, claims);
      current = sub;
      response.writeHead(204).end();
    } else if (request.url.startsWith("/interaction/")) {
      await provider.interactionFinished(request, response, { login: { accountId: current } }, { mergeWithLastSubmission: false });
    } else {
      handle(request, response);
    }
  } catch (problem) {
    response.writeHead(500).end(String(problem));
  }
}).listen(Number(port), "127.0.0.1", () => console.log(`ready at ${issuer}`));
