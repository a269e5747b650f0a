import type { FastifyInstance } from 'fastify';
import type { Fixes } from '../switches.ts';

interface JournalEntry {
  readonly url: string;
  readonly status: number;
  readonly at: Date;
  readonly body: string;
}

/** Longer replies are left out. */
const longestReply = 131_072;

/** Replies the support desk can look back at once the journal is bounded. */
const keptReplies = 200;

/**
 * Keeps what was sent, so that the support desk can see what a customer saw: every reply names
 * itself in `x-request-id`, and `/support/replies/:id` shows it again.
 */
export function registerReplyJournal(app: FastifyInstance, fixes: Fixes): void {
  const replies = new Map<string, JournalEntry>();
  const remember = fixes.has('memory') ? rememberLast : rememberAll;

  app.addHook('onSend', async (request, reply, payload) => {
    reply.header('x-request-id', request.id);
    if (typeof payload === 'string' && payload.length <= longestReply) {
      const entry = { url: request.url, status: reply.statusCode, at: new Date(), body: payload };
      remember(replies, request.id, entry);
    }
    return payload;
  });

  app.get<{ Params: { id: string } }>('/support/replies/:id', async (request, reply) => {
    const entry = replies.get(request.params.id);
    if (entry === undefined) return reply.callNotFound();
    return reply.type('application/json').send(JSON.stringify(entry));
  });
}

type Replies = Map<string, JournalEntry>;

function rememberAll(replies: Replies, id: string, entry: JournalEntry): void {
  replies.set(id, entry);
}

function rememberLast(replies: Replies, id: string, entry: JournalEntry): void {
  replies.set(id, entry);
  if (replies.size <= keptReplies) return;
  for (const oldest of replies.keys()) {
    replies.delete(oldest);
    break;
  }
}
