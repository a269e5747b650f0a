import { setVisible, sizeOf, type SourceDatabase } from '../source-database.ts';

/**
 * Every index any advisor wants, really built, all in the same database: so that every advice is judged
 * by the same statistics and the same rows. Those not wanted in a moment are hidden.
 */
export class BuiltIndexes {
  readonly #source: SourceDatabase;
  readonly #built = new Map<string, { readonly name: string; readonly bytes: number }>();

  constructor(source: SourceDatabase) {
    this.#source = source;
  }

  /** Builds what is missing, answers the true size of them all. */
  async build(definitions: readonly string[]): Promise<number> {
    let total = 0;
    for (const definition of definitions) {
      const known = this.#built.get(bodyOf(definition)) ?? (await this.#create(definition));
      this.#built.set(bodyOf(definition), known);
      total += known.bytes;
    }
    return total;
  }

  async #create(definition: string): Promise<{ readonly name: string; readonly bytes: number }> {
    const { client } = this.#source;
    const name = `advised_${this.#built.size + 1}`;
    if (definition.includes('gin_trgm_ops')) {
      await client.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    }
    await client.query(`CREATE INDEX ${name} ${bodyOf(definition)}`);
    const bytes = await sizeOf(client, name);
    await setVisible(client, [name], false);
    return { name, bytes };
  }

  /** Lets the planner see these and no others. */
  async show(definitions: readonly string[]): Promise<void> {
    const wanted = new Set(definitions.map(bodyOf));
    const names = (visible: boolean): readonly string[] =>
      [...this.#built].filter(([body]) => wanted.has(body) === visible).map(([, { name }]) => name);
    await setVisible(this.#source.client, names(false), false);
    await setVisible(this.#source.client, names(true), true);
  }
}

/** A definition without the index's name: equal ones are one index, whoever wants it. */
function bodyOf(definition: string): string {
  return definition.replace(/^CREATE INDEX (?:\S+ )?ON /, 'ON ');
}
