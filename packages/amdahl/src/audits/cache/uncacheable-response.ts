import { defineAudit, type Audit } from '../audit.ts';
import { sharedReplies } from './shared-replies.ts';
import { shortLivedAssets } from './short-lived-assets.ts';

export const uncacheableResponse: Audit = defineAudit({
  id: 'uncacheable-response',
  step: 'cache',
  title: 'Replies no cache may keep',
  description:
    'A reply that is the same for everyone says neither how long it may be kept nor how to ask ' +
    'whether it changed, so each view fetches it whole again.',
  needs: ['responses', 'load'],
  audit: ({ responses, load }) => [
    ...sharedReplies(responses.responses, load),
    ...shortLivedAssets(responses.responses, load),
  ],
});
