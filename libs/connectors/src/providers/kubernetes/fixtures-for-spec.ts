import type { ConnectorFixtures } from '../../conformance/fixture-for-spec';

export const fixtures: ConnectorFixtures = {
  configuration: { base_url: 'https://kubernetes.example.com:6443' },
  credentials: { access_token: 'sa-token-0123' },
  connection: {
    request: {
      method: 'POST',
      url: 'https://kubernetes.example.com:6443/apis/authentication.k8s.io/v1/selfsubjectreviews',
      header: ['authorization', 'Bearer sa-token-0123'],
    },
    answer: {
      kind: 'SelfSubjectReview',
      apiVersion: 'authentication.k8s.io/v1',
      status: {
        userInfo: {
          username: 'system:serviceaccount:tools:hub',
          groups: ['system:serviceaccounts', 'system:authenticated'],
        },
      },
    },
    account: { name: 'system:serviceaccount:tools:hub' },
  },
};
