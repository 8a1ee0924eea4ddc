import { settings } from '../../connection/schemas';
import type { Connector } from '../../connector';
import { cloudEventsPreflight, plainFacts, plainPieces } from '../../events/plain-facts';
import { standardWebhookId, standardWebhooksScheme } from '../../verify/standard-webhooks';

export const standardWebhooks = {
  id: 'standard-webhooks',
  title: 'Standard Webhooks',
  type: 'CUSTOM',
  kind: 'webhook',
  hosts: [],
  documentation: 'https://www.standardwebhooks.com',
  configuration: settings({}),
  credentials: settings({}),
  webhook: {
    scheme: standardWebhooksScheme,
    answerWithinSeconds: 15,
    knownBy: '`webhook-id`',
    setUp: [
      'For every sender that follows the standard, Svix and other hubs of this kind among them.',
      'Give the sender the address of the endpoint.',
      "Give the endpoint the sender's secret (`whsec_…`), or its public key (`whpk_…`).",
    ],
    limits: ['The older names `svix-id`, `svix-timestamp`, `svix-signature` are understood too.'],
    deliveryId: (delivery) => standardWebhookId(delivery) ?? null,
    events: plainFacts,
    pieces: plainPieces,
    preflight: cloudEventsPreflight,
  },
} as const satisfies Connector;
