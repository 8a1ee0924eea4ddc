import { accountOf, bearer, connectionTest } from '../../connection/connection-test';
import { requiredBaseUrl, secret, settings } from '../../connection/schemas';
import type { Connector } from '../../connector';

/** Sends no webhooks: what happens in a cluster is watched, or sent by what runs in it. */
export const kubernetes = {
  id: 'kubernetes',
  title: 'Kubernetes',
  type: 'CONTAINER',
  kind: 'api_client',
  hosts: [],
  documentation: 'https://kubernetes.io/docs/reference/access-authn-authz/authentication/',
  configuration: settings(requiredBaseUrl('https://kubernetes.example.com:6443'), ['base_url']),
  credentials: settings({ access_token: secret('Token of a service account') }, ['access_token']),
  test: connectionTest({
    // Most other addresses answer anybody: this one says whom the cluster takes the caller for, and keeps nothing.
    request: (given) => ({
      method: 'POST',
      url: given.url('/apis/authentication.k8s.io/v1/selfsubjectreviews'),
      headers: { ...bearer(given.credential('access_token')), 'content-type': 'application/json' },
      body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }),
    }),
    accepts: (status) => status === 201,
    account: accountOf({ name: ['status', 'userInfo', 'username'] }),
  }),
} as const satisfies Connector;
