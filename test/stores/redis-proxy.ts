import { createConnection, createServer, type Socket } from "node:net";

/** A way to a Redis server that can break. */
export interface BreakingProxy {
  readonly url: string;
  /** Lets the next script reach the server, keeps its answer to itself, and cuts the connection. */
  cutNextAnswer(): void;
  close(): Promise<void>;
}

/** Opens a port of this host that leads to the server. */
export async function breakingProxy(address: string): Promise<BreakingProxy> {
  const { hostname, port } = new URL(address);
  const sockets = new Set<Socket>();
  let isArmed = false;

  const server = createServer((client) => {
    const upstream = createConnection(Number(port), hostname);
    let isCutting = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    client.on("data", (data) => {
      if (isArmed && data.includes("EVALSHA")) [isArmed, isCutting] = [false, true];
      upstream.write(data);
    });
    upstream.on("data", (data) => {
      if (isCutting) end();
      else client.write(data);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", end);
      socket.on("close", end);
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const own = server.address();
  if (own === null || typeof own === "string") throw new Error("the system gives no port");
  return {
    url: `redis://127.0.0.1:${own.port}`,
    cutNextAnswer: () => {
      isArmed = true;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
