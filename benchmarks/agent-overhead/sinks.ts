import { rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a variant sends what it saw: takes everything, keeps nothing, counts the bytes. */
export interface Sink {
  readonly environment: Readonly<Record<string, string>>;
  bytes(): number;
  close(): void;
}

/** The workbench's end of the agent's socket. */
export async function agentSink(): Promise<Sink> {
  const path = join(tmpdir(), `agent-overhead-${process.pid}.sock`);
  let bytes = 0;
  const server = createServer((socket) => {
    socket.on('data', (chunk) => (bytes += chunk.length));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return {
    environment: { AMDAHL_AGENT_SOCKET: path },
    bytes: () => bytes,
    close: () => {
      server.close();
      rmSync(path, { force: true });
    },
  };
}

/** An OTLP collector. */
export async function otlpSink(): Promise<Sink> {
  let bytes = 0;
  const server = createHttpServer((request, response) => {
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => response.end());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
    bytes: () => bytes,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
