// What the providers share: a socket that the tests hold (the descriptor that is named), and standard input. Its first line is the
// configuration, each further one a change of it. The process ends with it, whatever way the tests end.
import { createServer } from "node:http";
import { createInterface } from "node:readline";

/** Serve `make(config)`, a function of (request, response), made again at each change. */
export function serve(make) {
  let config = {};
  let answer = null;
  const server = createServer((request, response) => answer(request, response));
  const lines = createInterface({ input: process.stdin });
  lines.on("line", async (line) => {
    try {
      config = { ...config, ...JSON.parse(line) };
      answer = await make(config);
      if (!server.listening) await new Promise((done) => server.listen({ fd: Number(process.argv[2]) }, done));
      process.stdout.write("done\n");
    } catch (error) {
      process.stdout.write(`failed: ${error.message.replaceAll("\n", " ")}\n`);
    }
  });
  lines.on("close", () => process.exit(0));
}
