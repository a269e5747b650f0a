import { CallSiteMemory } from '../call-site.ts';

/** Another service the app calls: `GET http://127.0.0.1:8025/hooks/:id`, or `127.0.0.1:25`. */
export class Peer {
  readonly name: string;
  readonly callSites: CallSiteMemory = new CallSiteMemory();

  constructor(name: string) {
    this.name = name;
  }
}
