// A second provider by other authors. It asks nobody: whoever comes is the person of the configuration.
import { Events, OAuth2Issuer, OAuth2Service } from "oauth2-mock-server";
import { serve } from "./serving.mjs";

const issuer = new OAuth2Issuer();
let claims = {};
await issuer.keys.generate("RS256");
const service = new OAuth2Service(issuer);
service.on(Events.BeforeTokenSigning, (token) => Object.assign(token.payload, claims));

serve((config) => {
  issuer.url = config.origin;
  claims = config.claims;
  return service.requestHandler;
});
