import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { renderProviders } from './document';
import { CONNECTORS } from './registry';

const PAGE = join(__dirname, '../../../docs/providers.md');

it('gives each provider its scheme, its set-up and its limits', () => {
  const page = renderProviders();
  for (const { id, title, webhook, credentials } of CONNECTORS) {
    expect(page).toContain(`| [${title}](#${id}) |`);
    const section = page.slice(page.indexOf(`<a id="${id}">`)).split('<a id=')[1] ?? '';
    for (const text of webhook ? [webhook.scheme.summary, ...webhook.setUp, ...webhook.limits] : []) {
      expect(section).toContain(text);
    }
    if (webhook?.hooks) expect(section).toContain(webhook.hooks.permissions);
    for (const name of Object.keys(credentials.properties))
      expect(section).toContain(`\`credentials.${name}\``);
  }
});

it('is what docs/providers.md says: npm run docs:providers', async () => {
  const options = { ...(await resolveConfig(PAGE)), parser: 'markdown' };
  expect(readFileSync(PAGE, 'utf8')).toBe(await format(renderProviders(), options));
});
