import { loadErrors } from '../load-errors.ts';
import type { MultipartField } from '../script.ts';

/** A body ready to be sent, with the value of its `Content-Type`. */
export interface EncodedBody {
  readonly bytes: Uint8Array;
  readonly type: string;
}

/**
 * Writes fields and files as `multipart/form-data` (RFC 7578), with the encoder of Node's own
 * `fetch`.
 *
 * @throws `AMDAHL_LOAD_BAD_REQUEST` when a field is neither text, a number nor a file.
 */
export async function encodeMultipart(
  fields: Readonly<Record<string, MultipartField>>,
): Promise<EncodedBody> {
  const form = new FormData();
  for (const [name, field] of Object.entries(fields)) {
    if (typeof field === 'string' || typeof field === 'number') {
      form.append(name, String(field));
    } else if (typeof field?.filename === 'string') {
      const bytes = typeof field.bytes === 'string' ? field.bytes : Uint8Array.from(field.bytes);
      form.append(name, new Blob([bytes], { type: field.type ?? '' }), field.filename);
    } else {
      throw loadErrors.create('AMDAHL_LOAD_BAD_REQUEST', {
        expected: 'text, a number or { filename, type, bytes } as a field of `multipart`',
        found: `${typeof field} as "${name}"`,
        next: 'Correct the field.',
      });
    }
  }
  const encoded = new Response(form);
  const type = encoded.headers.get('content-type') ?? '';
  return { bytes: new Uint8Array(await encoded.arrayBuffer()), type };
}
