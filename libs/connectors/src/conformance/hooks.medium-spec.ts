import { CONNECTORS } from '../registry';
import type { ConnectorFixtures } from './fixture-for-spec';
import { describeHooks } from './hook-suite-for-spec';

for (const { id, title, webhook } of CONNECTORS) {
  if (webhook?.hooks === undefined) continue;
  const { fixtures } = jest.requireActual<{ fixtures: ConnectorFixtures }>(
    `../providers/${id}/fixtures-for-spec`,
  );
  describeHooks(title, webhook.hooks, fixtures);
}
