/**
 * A process of its own: the mail server and the services the shop depends on, so that their work
 * does not run on the shop's event loop. It tells its parent where they listen and ends with it.
 */
import { startService } from './outside/service.ts';
import {
  mailDelayMs,
  serviceDelaysMs,
  type OutsideAddresses,
  type ServiceName,
} from './outside/services.ts';
import { startSmtpSink } from './outside/smtp-sink.ts';

process.on('disconnect', () => process.exit(0));
// A Ctrl-C reaches the whole process group; the shop still needs this process to finish its work.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

const names = Object.keys(serviceDelaysMs) as ServiceName[];
const [smtpPort, ...urls] = await Promise.all([
  startSmtpSink(mailDelayMs),
  ...names.map((name) => startService(name, serviceDelaysMs[name])),
]);
const addresses: OutsideAddresses = {
  smtpPort,
  services: Object.fromEntries(
    names.map((name, index) => [name, urls[index]]),
  ) as OutsideAddresses['services'],
};
process.send?.(addresses);
