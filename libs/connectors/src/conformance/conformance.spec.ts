import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as security from '@signalbox/security';
import { CONNECTORS } from '../registry';
import type { ConnectorFixtures } from './fixture-for-spec';
import { describeConnector } from './suite-for-spec';

jest.mock('@signalbox/security', () => {
  const actual = jest.requireActual<typeof security>('@signalbox/security');
  return { ...actual, constantTimeEqual: jest.fn(actual.constantTimeEqual) };
});

const SOURCES = join(__dirname, '..');

for (const connector of CONNECTORS) {
  const { fixtures } = jest.requireActual<{ fixtures: ConnectorFixtures }>(
    `../providers/${connector.id}/fixtures-for-spec`,
  );
  describeConnector(connector, fixtures);
}

describe('the connectors', () => {
  it('are the folders of providers, each once', () => {
    const ids = CONNECTORS.map(({ id }) => id);
    expect([...ids].sort()).toEqual(readdirSync(join(SOURCES, 'providers')).sort());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('leave hashing to the schemes, and comparing to the one helper', () => {
    const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('spec.ts'),
    );
    expect(files.length).toBeGreaterThan(CONNECTORS.length);
    for (const file of files) {
      const text = readFileSync(join(SOURCES, file), 'utf8');
      expect({
        file,
        own: /timingSafeEqual|safeEqual/.test(text.replaceAll('constantTimeEqual', '')),
      }).toEqual({ file, own: false });
      if (!file.startsWith('verify'))
        expect({ file, crypto: text.includes('node:crypto') }).toEqual({ file, crypto: false });
    }
  });
});
