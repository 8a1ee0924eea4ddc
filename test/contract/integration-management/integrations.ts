import { until } from '@signalbox/testing';
import type { CallOptions } from '../answer';
import type { Hub } from '../hub';

export const BASE = '/integration-management/integrations';

export interface Integration {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly updated_at: string;
  readonly last_connection_test: string | null;
}

export interface Listed<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/** The body of the published example; `base_url` may be where a test listens. */
export const stripe = (base_url = 'http://127.0.0.1:9') => ({
  name: 'Stripe Payment Gateway',
  description: 'Integration with Stripe for payment processing',
  type: 'PAYMENT_GATEWAY',
  environment: 'production',
  configuration: { provider: 'stripe', base_url, webhook_url: 'https://api.example.com/webhooks/stripe' },
  credentials: { api_key: 'sk_live_51AbCdEfGhIjKlMnOpQrStUvWxYz' },
});

export async function makeIntegration(
  hub: Hub,
  body: object = {},
  options: CallOptions = {},
): Promise<Integration> {
  const made = await hub.call<Integration>('POST', BASE, { ...options, body: { ...stripe(), ...body } });
  if (made.status !== 201) throw new Error(`No integration was made: ${made.text}`);
  return made.body;
}

/** The integration once its connection was tested in the background, after `since` where that is given. */
export function tested(hub: Hub, id: string, since: string | null = null): Promise<Integration> {
  return until('its connection is tested', 15_000, async () => {
    const { body } = await hub.call<Integration>('GET', `${BASE}/${id}`);
    return (body.last_connection_test ?? '') > (since ?? '') && body;
  });
}
