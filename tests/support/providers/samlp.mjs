// A SAML identity provider: the package that Auth0 gives SAML to its customers' applications with. A page asks who one is.
import express from "express";
import samlp from "samlp";
import { serve } from "./serving.mjs";

serve((config) => {
  const { origin, key, certificate, people, acs } = config;
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  const common = { issuer: `${origin}/metadata`, cert: certificate, key };
  app.get("/metadata", samlp.metadata({ ...common, redirectEndpointPath: "/sso", postEndpointPath: "/sso" }));

  const asked = (request) => ({ ...request.query, ...request.body });
  app.all("/sso", (request, response, next) => {
    const { SAMLRequest, RelayState, who } = asked(request);
    if (who === undefined) return response.send(page({ SAMLRequest, RelayState }));
    const person = people[who];
    if (!person) return response.status(404).send("Nobody of that name has an account here.");
    samlp.auth({
      ...common,
      signResponse: config.signResponse ?? false,
      signAssertion: config.signAssertion ?? true,
      lifetimeInSeconds: 300,
      destination: acs,
      recipient: acs,
      getPostURL: (audience, _document, _request, done) => done(null, acs, audience),
      getUserFromRequest: () => person,
      profileMapper: (user) => ({
        getClaims: () => user.attributes,
        getNameIdentifier: () => ({ nameIdentifier: user.id }),
      }),
      nameIdentifierFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
      ...(config.more ?? {}),
    })(request, response, next);
  });
  return app;
});

function page(fields) {
  const hidden = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`);
  return `<!doctype html><html lang="en"><title>Sign in</title><h1>Sign in</h1><form method="post" action="/sso">
    ${hidden.join("")}<label>Your name here <input name="who" autofocus></label> <button>Sign in</button></form>`;
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
