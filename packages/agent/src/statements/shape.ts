import { BoundedRegistry } from '../bounded-registry.ts';
import { CallSiteMemory } from '../call-site.ts';
import { normaliseStatement } from './normalise.ts';
import { RepeatedResults } from './repeated-results.ts';

/** Shapes told apart at a time; statements of further ones share one. */
const maxShapes = 1_000;
/** Texts whose shape is remembered, and the length of one that is. */
const maxRemembered = 2_000;
const maxRememberedLength = 10_000;

/** Executions with the same text after which its literals are taken for part of the code. */
const constantAfter = 20;

/** What statements that differ only in their values have in common. */
export class StatementShape {
  readonly text: string;
  readonly callSites: CallSiteMemory = new CallSiteMemory();
  readonly results: RepeatedResults = new RepeatedResults();
  #executions = 0;
  #firstText = '';
  #textVaries = false;

  constructor(text: string) {
    this.text = text;
  }

  /** Whether its literals have always been the same, so that no value of a request is among them. */
  get isConstant(): boolean {
    return !this.#textVaries && this.#executions >= constantAfter;
  }

  /** Counts an execution with this text. */
  noteExecution(text: string): void {
    if (this.#executions === 0) this.#firstText = text;
    else if (text !== this.#firstText) this.#textVaries = true;
    this.#executions += 1;
  }
}

/** Finds the shape of a text, from memory for texts seen before. */
export class ShapeRegistry {
  readonly #shapes = new BoundedRegistry(
    maxShapes,
    (text) => new StatementShape(text),
    '(other statements)',
  );
  readonly #byText = new Map<string, StatementShape>();

  find(text: string): StatementShape {
    const remembered = this.#byText.get(text);
    if (remembered !== undefined) return remembered;
    const shape = this.#shapes.get(normaliseStatement(text).text);
    if (text.length <= maxRememberedLength) {
      if (this.#byText.size >= maxRemembered) this.#byText.clear();
      this.#byText.set(text, shape);
    }
    return shape;
  }

  /** Whether the shape stands for statements there was no room for. */
  isShared(shape: StatementShape): boolean {
    return this.#shapes.isShared(shape);
  }

  /** Forgets the shapes when there is no room for more. */
  makeRoom(): void {
    if (!this.#shapes.isFull) return;
    this.#shapes.clear();
    this.#byText.clear();
  }
}
