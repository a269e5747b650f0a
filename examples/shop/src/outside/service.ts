import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceName } from './services.ts';

type Answer = Readonly<Record<string, unknown>>;

/** What each service says; deterministic, so that pages can be compared. */
const answers: Partial<Record<ServiceName, (url: URL, body: string) => Answer>> = {
  payments: (_url, body) => ({
    authorised: true,
    amountCents: (JSON.parse(body) as { amountCents: number }).amountCents,
  }),
  carrier: (url) => ({ days: 2 + (Number(url.searchParams.get('product')) % 4) }),
  labels: (_url, body) => ({
    trackingCode: `reprint-${(JSON.parse(body) as { orderId: number }).orderId}`,
  }),
  branches: (url) => ({ branches: Number(url.searchParams.get('product')) % 7 }),
};

/** Starts one loopback service that answers every request after `delayMs`; its base address. */
export function startService(name: ServiceName, delayMs: number): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://service');
      const answer = JSON.stringify(answers[name]?.(url, body) ?? { accepted: true });
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
      }, delayMs);
    });
  });
  // Longer than any client keeps a connection idle, so that none is cut while it sends.
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}
