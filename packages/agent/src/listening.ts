import { subscribe } from 'node:diagnostics_channel';
import { Server } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Guard } from './guard.ts';

/** Reports where the app's HTTP servers listen, as they begin to. */
export function watchListening(guard: Guard, onListening: (address: AddressInfo) => void): void {
  const onListen = guard.wrap(({ server }: { readonly server: unknown }) => {
    if (!(server instanceof Server) && !(server instanceof SecureServer)) return;
    const address = server.address();
    if (typeof address === 'object' && address !== null) onListening(address);
  }, undefined);
  subscribe('tracing:net.server.listen:asyncEnd', (event) => {
    onListen(event as { readonly server: unknown });
  });
}
