import { CONNECTORS } from '../registry';
import { github } from '../providers/github/connector';
import { ofAnOrganisation } from '../providers/github/fixtures-for-spec';
import type { ConnectorFixtures } from './fixture-for-spec';
import { describeHooks } from './hook-suite-for-spec';

for (const { id, title, webhook } of CONNECTORS) {
  if (webhook?.hooks === undefined) continue;
  const { fixtures } = jest.requireActual<{ fixtures: ConnectorFixtures }>(
    `../providers/${id}/fixtures-for-spec`,
  );
  describeHooks(title, webhook.hooks, fixtures);
}
describeHooks('GitHub, of an organisation,', github.webhook.hooks, ofAnOrganisation);
