// Runs scenarios with the official clients against the servers with the given URLs:
//   node interop.mjs FILE '{"main":"http://...","eio3":"http://..."}'
// One JSON line for each scenario: {"name","ok","error","ms"}. A request of a scenario to the server side is written as
// {"ask":"verb","args":[...]}; the answer comes back as one JSON line on the standard input.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [file, urls] = process.argv.slice(2);
const { scenarios } = await import(pathToFileURL(file));
const PATIENCE = 20_000;

const answers = [];
createInterface({ input: process.stdin }).on('line', (line) => answers.shift()?.(JSON.parse(line)));
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

function ask(ask, ...args) {
  return new Promise((resolve) => {
    answers.push(resolve);
    print({ ask, args });
  });
}

for (const [name, run] of scenarios) {
  const sockets = [];
  const context = {
    urls: JSON.parse(urls),
    ask,
    // registers a socket that is closed at the end, even after a failure
    keep: (socket) => (sockets.push(socket), socket),
  };
  const start = Date.now();
  let timer;
  try {
    await Promise.race([
      run(context),
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`nothing within ${PATIENCE} ms`)), PATIENCE);
      }),
    ]);
    print({ name, ok: true, ms: Date.now() - start });
  } catch (error) {
    print({ name, ok: false, error: String(error?.stack ?? error), ms: Date.now() - start });
  } finally {
    clearTimeout(timer);
    for (const socket of sockets) {
      socket.io?.opts && (socket.io.opts.reconnection = false);
      socket.disconnect ? socket.disconnect() : socket.close();
    }
  }
}
print({ done: true });
process.exit(0);
