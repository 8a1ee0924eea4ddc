import {
  asJson,
  randomSecret,
  type ConnectorFixtures,
  type Signer,
} from '../../conformance/fixture-for-spec';

/** As people paste it, and as programs write it. */
const url = (written: (secret: string) => string) => (): Signer => {
  const secret = `whsec_a+b/${randomSecret()}=`;
  return { secret, sign: () => ({ headers: {}, token: written(secret) }) };
};

function header(): Signer {
  const secret = randomSecret();
  return { secret, sign: () => ({ headers: { Authorization: `bearer ${secret}` } }) };
}

const body = asJson({
  name: 'asgard',
  display_name: 'asgard',
  url: 'job/asgard/',
  build: {
    full_url: 'http://localhost:8080/job/asgard/18/',
    number: 18,
    phase: 'COMPLETED',
    status: 'SUCCESS',
    timestamp: 1477570466411,
    scm: { branch: 'origin/master', commit: 'c6d86dc654b12425e706bcf951adfe5a8627a517' },
  },
});
const expected = {
  deliveryId: null,
  events: [
    {
      event: 'build',
      action: 'completed',
      occurred_at: '2016-10-27T12:14:26.411Z',
      revision: 'c6d86dc654b12425e706bcf951adfe5a8627a517',
      subject: {
        kind: 'build',
        id: 'asgard #18',
        title: 'SUCCESS',
        url: 'http://localhost:8080/job/asgard/18/',
      },
    },
  ],
  types: ['jenkins.build.completed'],
};

export const fixtures: ConnectorFixtures = {
  configuration: { base_url: 'http://jenkins.example.com:8080/jenkins' },
  credentials: { username: 'hub', api_token: '11aa' },
  connection: {
    request: {
      method: 'GET',
      url: 'http://jenkins.example.com:8080/jenkins/whoAmI/api/json',
      header: ['authorization', 'Basic aHViOjExYWE='],
    },
    answer: { anonymous: false, authenticated: true, name: 'hub' },
    account: { name: 'hub' },
  },
  webhooks: [
    { name: 'a build, token pasted into the URL', signer: url(String), body, expected },
    { name: 'a build, token in the URL', signer: url(encodeURIComponent), body, expected },
    { name: 'a build, token in a header', signer: header, body, expected },
  ],
};
