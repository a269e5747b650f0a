import { openapiOperations } from '../gather/discovery/openapi.ts';
import { list, record } from '../gather/discovery/json-document.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import { request, visitor, type ScriptDraft, type TaskDraft } from './draft.ts';

/** People read more often than they write. */
const readWeight = 5;

/**
 * A task for each operation of an OpenAPI document, paths and bodies from its examples.
 *
 * @throws `AMDAHL_INIT_BAD_SOURCE`, `AMDAHL_INIT_NOTHING_FOUND`
 */
export function fromOpenapi(document: unknown, source: string): ScriptDraft {
  const operations = openapiOperations(document);
  if (operations === null) {
    throw workbenchErrors.create('AMDAHL_INIT_BAD_SOURCE', {
      expected: 'an OpenAPI document with `openapi` and `paths`',
      found: `another one in ${source}`,
      next: 'Give an OpenAPI 3 document as JSON or YAML.',
    });
  }
  const tasks = operations.map(({ method, pattern, example, body }): TaskDraft => {
    const path = example ?? pattern;
    const step = request(method, [path], {
      name: path === pattern ? null : pattern,
      ...(body === undefined ? {} : { json: body }),
    });
    const disabled =
      example === null
        ? 'The document gives no example of its parameters.'
        : method === 'DELETE'
          ? 'It deletes: enable it where that is wanted.'
          : null;
    const weight = method === 'GET' ? readWeight : 1;
    return { name: `${method} ${pattern}`, weight, steps: [step], disabled };
  });
  if (!tasks.some(({ disabled }) => disabled === null)) {
    throw workbenchErrors.create('AMDAHL_INIT_NOTHING_FOUND', {
      expected: `an operation in ${source} that can be asked for`,
      found: `${tasks.length} operations, none with examples of its parameters`,
      next: 'Add `example` to the parameters of the document.',
    });
  }
  const server = record(list(record(document)?.['servers'])[0])?.['url'];
  const absolute = typeof server === 'string' && URL.canParse(server);
  return {
    users: [visitor(tasks)],
    baseUrl: absolute ? new URL(server).origin : null,
    flags: [],
    notes: [],
  };
}
