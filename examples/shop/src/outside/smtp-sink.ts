import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** Accepts every e-mail after `delayMs`, keeps none, and answers the port it listens on. */
export function startSmtpSink(delayMs: number): Promise<number> {
  const sink = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onData: (stream, _session, accept) => {
      stream.resume().once('end', () => setTimeout(accept, delayMs));
    },
  });
  // A client that goes away in the middle of a mail is its own business.
  sink.on('error', () => undefined);
  return new Promise((resolve) => {
    const { server } = sink;
    server.once('error', () => server.listen(0, '127.0.0.1'));
    server.once('listening', () => resolve((server.address() as AddressInfo).port));
    server.listen(usualPort, '127.0.0.1');
  });
}

/** Where mail is submitted when port 25 is not to be had; any other will do when it is taken. */
const usualPort = 2525;
