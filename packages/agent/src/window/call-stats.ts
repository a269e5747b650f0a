import type { CallAggregate, CodeFrame } from '../protocol.ts';
import type { Call } from '../requests/operation.ts';
import { WorkStats } from './work-stats.ts';

/** Calls to one peer from one place in the code on one route. */
export class CallStats extends WorkStats<Call> {
  readonly #kind: 'http' | 'socket';
  readonly #peer: string;
  #connects = 0;

  constructor(first: Call, callSite: CodeFrame | null) {
    super(callSite);
    this.#kind = first.kind === 'http' ? 'http' : 'socket';
    this.#peer = first.peer.name;
  }

  protected beginRequest(): void {}

  protected joinRequest(): void {}

  override add(call: Call): void {
    super.add(call);
    this.#connects += call.connects;
  }

  toAggregate(route: string): CallAggregate {
    return {
      kind: this.#kind,
      peer: this.#peer,
      route,
      callSite: this.callSite,
      count: this.count,
      requests: this.requests,
      duration: this.durations.toBase64(),
      durationSumUs: Math.round(this.durations.sumUs),
      wallSumUs: Math.round(this.wallUs),
      errors: this.errors,
      connects: this.#connects,
    };
  }
}
