// A TCP proxy that can fall silent: from then on the client receives nothing from the server, neither bytes nor a close,
// and data from the client is discarded.
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
    // the same name as the method of a socket, so that the runner closes it
    close: () => {
      lines.forEach((line) => line.destroy());
      proxy.close();
    },
  };
}
