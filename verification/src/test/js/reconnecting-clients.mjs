// Six clients that reconnect, two of each kind. Also used in a page, so this function uses nothing outside of it.
export function sixClients(io, url) {
  const kinds = [['polling'], ['polling', 'websocket'], ['websocket']];
  const reasons = {};
  const troubles = [];
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  function client(number) {
    const socket = io(url, {
      forceNew: true,
      transports: kinds[number % 3],
      reconnectionDelay: 100,
      reconnectionDelayMax: 500,
    });
    socket.lost = 0;
    socket.news = [];
    socket.on('news', (number) => socket.news.push(number));
    socket.on('connect_error', (error) => troubles.push(`${number} connect_error ${error.message}`));
    socket.on('disconnect', (reason) => {
      socket.lost++;
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    });
    return socket;
  }

  async function settle(socket, number, lost) {
    const last = kinds[number % 3].at(-1);
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(20)) {
      // later the probe of an upgrade may meet the server that goes; the client then stays with polling
      const there = socket.connected && (lost > 0 || socket.io.engine.transport.name === last);
      if (socket.lost >= lost && there) {
        try {
          await socket.timeout(2_000).emitWithAck('echo', `${number}-${lost}`);
          return;
        } catch {
          // disconnected again, or the answer was lost with the server
        }
      }
    }
    troubles.push(`${number} nothing within 30 s, ${socket.lost} times disconnected`);
  }

  const sockets = [...Array(6).keys()].map(client);
  return {
    async settled(lost) {
      await Promise.all(sockets.map((socket, number) => settle(socket, number, lost)));
      return { reasons, troubles };
    },
    async received(number) {
      for (const end = Date.now() + 30_000; Date.now() < end; await sleep(20)) {
        if (sockets.every((socket) => socket.news.includes(number))) break;
      }
      return { recovered: sockets.map((socket) => socket.recovered), news: sockets.map((socket) => socket.news) };
    },
  };
}
