// A line to a server that can fall silent: from then on nothing comes from the server any more, neither bytes nor the end,
// and what the client says is swallowed.
import { createServer, connect } from 'node:net';

export async function silentProxy(target) {
  const { hostname, port } = new URL(target);
  const lines = new Set();
  let silent = false;
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    lines.add(client).add(server);
    client.on('data', (bytes) => silent || server.write(bytes));
    server.on('data', (bytes) => silent || client.write(bytes));
    server.on('close', () => silent || client.destroy());
    client.on('close', () => server.destroy());
    client.on('error', () => {});
    server.on('error', () => {});
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    silence: () => {
      silent = true;
    },
    // named as a socket's, so that the runner closes it
    close: () => {
      lines.forEach((line) => line.destroy());
      proxy.close();
    },
  };
}
