import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { OutsideAddresses, ServiceName } from '../../src/outside/services.ts';
import { serviceDelaysMs } from '../../src/outside/services.ts';

/** An outside world that answers at once and remembers what it was told. */
export interface RecordingWorld {
  readonly addresses: OutsideAddresses;
  /** Receivers of the e-mails accepted so far. */
  readonly mails: string[];
  /** Consumer and body of the events accepted so far. */
  readonly events: { readonly consumer: string; readonly body: unknown }[];
  stop(): Promise<void>;
}

export async function startRecordingWorld(): Promise<RecordingWorld> {
  const mails: string[] = [];
  const events: { consumer: string; body: unknown }[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onData: (stream, session, accept) => {
      stream.resume().once('end', () => {
        mails.push(...session.envelope.rcptTo.map(({ address }) => address));
        accept();
      });
    },
  });
  smtp.on('error', () => undefined);
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));

  const servers: Server[] = [];
  const services: Partial<Record<ServiceName, string>> = {};
  for (const name of Object.keys(serviceDelaysMs) as ServiceName[]) {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        if (request.url === '/events') events.push({ consumer: name, body: JSON.parse(body) });
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ authorised: true, days: 3, branches: 2, trackingCode: 'new-code' }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    services[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  return {
    addresses: {
      smtpPort: (smtp.server.address() as AddressInfo).port,
      services: services as OutsideAddresses['services'],
    },
    mails,
    events,
    stop: async () => {
      await new Promise<void>((resolve) => smtp.close(resolve));
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}
