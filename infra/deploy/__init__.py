"""One way to deploy, to AWS and to the local cloud: `make deploy ENV=<name>` (docs/deploy.md walks through it).

environment   what infra/environments/<name>.toml says: read, judged as a whole, written
questions     asks for what it lacks; where nobody can answer, names everything that is missing at once
tools         SAM CLI, uv and the Python of the runtime
checks        the account, before anything is changed: credentials, quotas, SES, certificate
parameters    the template's parameters out of all that
building      `sam build`, and whether what was built runs where it is meant to
stack         the CloudFormation stack: deploy, outputs, protection, what to do when it failed
walking       the whole deploy, in order
records       the DNS records to make, as a table
verify        `make verify ENV=<name>`: does what stands there work?

Nothing here knows the local stack; infra/local uses these parts with its own cloud.
"""
