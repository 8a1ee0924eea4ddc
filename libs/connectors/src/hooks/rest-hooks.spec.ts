import { ConnectionSettings } from '../connection/connection';
import { bitbucket } from '../providers/bitbucket/connector';
import { github } from '../providers/github/connector';
import { gitlab } from '../providers/gitlab/connector';
import { jira } from '../providers/jira/connector';

const settings = (configuration: Record<string, string>) => new ConnectionSettings(configuration, {});
const nowhere = { http: { send: () => Promise.reject(new Error('nothing is to be sent')) } };

it.each([
  ['octo-org/octo-repo', 'https://api.github.com/repos/octo-org/octo-repo/hooks'],
  ['octo-org', 'https://api.github.com/orgs/octo-org/hooks'],
  ['a b/c?d', 'https://api.github.com/repos/a%20b/c%3Fd/hooks'],
])('keeps the hooks of %s at %s', (repository, place) => {
  expect(github.webhook.hooks.place(settings({ repository }))).toBe(place);
});

it.each(['a/b/c', '/', 'a/', '/b', '..', '../user', 'a/..'])('takes %s for no repository', (repository) => {
  for (const { webhook } of [github, bitbucket]) {
    expect(() => webhook.hooks.place(settings({ repository }))).toThrow('repository must be');
  }
});

it.each(['/', 'group/', '/name', '.', '..', 'group/..', '../../hooks', 'group/ .. /name'])(
  'takes %s for no project',
  (repository) => {
    expect(() => gitlab.webhook.hooks.place(settings({ repository }))).toThrow('repository must be');
  },
);

it.each(['.', '..'])('takes %s for no id of a hook', async (id) => {
  const answer = { status: 201, headers: {}, body: JSON.stringify({ id }), truncated: false };
  const given = new ConnectionSettings({ repository: 'octo-org' }, { access_token: 't' });
  const hook = { url: 'https://hub.example.com/', secret: 'secret', events: [], active: true };
  await expect(
    github.webhook.hooks.create({ settings: given, http: { send: () => Promise.resolve(answer) } }, hook),
  ).rejects.toMatchObject({ reason: 'unexpected_answer' });
});

it('needs a repository', () => {
  expect(() => gitlab.webhook.hooks.place(settings({}))).toThrow('repository is missing');
});

it('sends nothing that the provider would not understand', async () => {
  const hook = { url: 'https://hub.example.com/', secret: 'secret', events: ['push'], active: true };
  const given = new ConnectionSettings(
    { base_url: 'https://jira.example.com', repository: '1', project_key: 'A OR project != B' },
    { access_token: 't', api_token: 't', email: 'e' },
  );
  const context = { ...nowhere, settings: given };
  const refused = { reason: 'invalid_settings' };
  await expect(gitlab.webhook.hooks.create(context, hook)).rejects.toMatchObject(refused);
  await expect(jira.webhook.hooks.create(context, hook)).rejects.toMatchObject(refused);
});
