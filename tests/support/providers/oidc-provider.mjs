// The certified provider, with its own sign-in and consent pages: any password opens any account that is named.
import { generateKeyPairSync } from "node:crypto";
import { Provider } from "oidc-provider";
import { serve } from "./serving.mjs";

let signingKey = null;

function newKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" };
}

serve((config) => {
  const { origin, clients, accounts, claimsInIdToken, keysUnreachable = false, keyNumber = 0 } = config;
  if (signingKey?.number !== keyNumber) signingKey = { number: keyNumber, jwk: newKey() };
  const provider = new Provider(origin, {
    clients,
    jwks: { keys: [signingKey.jwk] },
    cookies: { keys: ["only for tests"] },
    pkce: { required: () => true },
    conformIdTokenClaims: !claimsInIdToken,
    claims: {
      openid: ["sub", ...(config.extraClaims ?? [])],
      email: ["email", "email_verified"],
      profile: ["name", "given_name", "family_name", "preferred_username"],
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...accounts[id], sub: id }) }),
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  });
  const answer = provider.callback();
  return (request, response) => {
    if (keysUnreachable && request.url.startsWith("/jwks")) response.writeHead(503).end();
    else answer(request, response);
  };
});
