import type { ClosedPlan } from '../schedule/plan.ts';
import type { CreateUser, Model, Share } from './model.ts';
import type { UserContext } from './session.ts';
import { onTime, type VirtualUser } from './virtual-user.ts';

/**
 * The closed model: a number of users, each of whom waits for a task to be over, thinks, and goes on
 * with the next. Users start evenly over the ramp-up. When there are to be fewer, those beyond
 * finish their task and rest, until there are to be more again.
 */
export class ClosedModel implements Model {
  readonly #context: UserContext;
  readonly #plan: ClosedPlan;
  readonly #share: Share;
  readonly #createUser: CreateUser;
  readonly #users: VirtualUser[] = [];
  /** Place of each user among those of this worker. */
  readonly #places = new Map<VirtualUser, number>();
  readonly #resting = new Set<VirtualUser>();
  /** Users of this worker that are to be driven. */
  #wanted = 0;

  constructor(context: UserContext, plan: ClosedPlan, share: Share, createUser: CreateUser) {
    this.#context = context;
    this.#plan = plan;
    this.#share = share;
    this.#createUser = createUser;
  }

  start(startMs: number): void {
    const { users, rampUpMs } = this.#plan;
    this.#wanted = this.#ownOf(users);
    for (let place = 0; place < this.#wanted; place += 1) {
      const user = this.#create(place);
      this.#performAt(user, startMs + (rampUpMs * this.#indexOf(place)) / users);
    }
  }

  setUsers(users: number): void {
    this.#wanted = this.#ownOf(users);
    for (let place = 0; place < this.#wanted; place += 1) {
      const user = this.#users[place];
      if (user === undefined) this.#performAt(this.#create(place), this.#context.nowMs());
      else if (this.#resting.delete(user)) this.#performAt(user, this.#context.nowMs());
    }
  }

  over(user: VirtualUser): void {
    const nowMs = this.#context.nowMs();
    if (this.#context.recorder.isOver(nowMs)) return;
    const thinkTimeMs = user.thinkTimeMs();
    if (thinkTimeMs > 0) this.#performAt(user, nowMs + thinkTimeMs);
    else this.#perform(user);
  }

  parked(): void {
    // The user has nothing left to do.
  }

  inFlight(): number {
    return this.#context.recorder.inFlight;
  }

  isExhausted(nowMs: number): boolean {
    return this.#context.recorder.isOver(nowMs);
  }

  unstartedArrivals(): number {
    return 0;
  }

  abandon(): void {
    for (const user of this.#users) user.abandon();
  }

  /** How many of all users are this worker's. */
  #ownOf(users: number): number {
    return Math.max(0, Math.ceil((users - this.#share.index) / this.#share.of));
  }

  #indexOf(place: number): number {
    return this.#share.index + place * this.#share.of;
  }

  #create(place: number): VirtualUser {
    const user = this.#createUser(this.#indexOf(place), this);
    this.#users.push(user);
    this.#places.set(user, place);
    return user;
  }

  #performAt(user: VirtualUser, atMs: number): void {
    this.#context.alarms.at(atMs, () => this.#perform(user));
  }

  #perform(user: VirtualUser): void {
    // While there are as many users as ever were, nobody has to be looked up.
    const surplus =
      this.#users.length > this.#wanted && (this.#places.get(user) ?? 0) >= this.#wanted;
    if (surplus) this.#resting.add(user);
    else user.perform(onTime);
  }
}
