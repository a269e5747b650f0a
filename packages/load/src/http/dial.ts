import * as net from 'node:net';
import * as tls from 'node:tls';
import type { ConnectionContext } from './connection-context.ts';

/** What a protocol asks of its sockets. */
export interface DialOptions {
  readonly onread?: net.OnReadOpts;
  readonly ALPNProtocols?: readonly string[];
}

/**
 * Opens a connection to the next of the target's addresses and notes how long that took. `opened`
 * is called once requests can be sent.
 */
export function dial(
  context: ConnectionContext,
  opened: () => void,
  options: DialOptions = {},
): net.Socket {
  const { endpoint, nowMs, secureContext } = context;
  const addresses = endpoint.addresses ?? [endpoint.address];
  const host = addresses[context.dialed % addresses.length] as string;
  context.dialed += 1;
  const beganMs = nowMs();
  let connectedMs = beganMs;
  const connected = (): void => {
    connectedMs = nowMs();
    context.connectTime.record((connectedMs - beganMs) * 1_000);
  };
  if (!endpoint.secure) {
    return net.connect({ host, port: endpoint.port, noDelay: true, ...options }, () => {
      connected();
      context.socketsOpened += 1;
      opened();
    });
  }
  const socket = tls.connect(
    {
      host,
      port: endpoint.port,
      servername: endpoint.serverName,
      rejectUnauthorized: endpoint.tls?.rejectUnauthorized ?? true,
      secureContext,
      ...options,
    } as tls.ConnectionOptions,
    () => {
      context.tlsTime.record((nowMs() - connectedMs) * 1_000);
      context.socketsOpened += 1;
      opened();
    },
  );
  socket.once('connect', connected);
  return socket.setNoDelay(true);
}
