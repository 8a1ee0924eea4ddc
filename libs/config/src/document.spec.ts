import { DECLARATION } from './declaration';
import type { Variable } from './variable';
import { renderEnvExample, renderSettings, withSettings } from './document';
import { loadConfig } from './load';

const NAMES = Object.keys(DECLARATION);

describe('the documents of the settings', () => {
  it('name every variable once', () => {
    for (const name of NAMES) {
      expect(renderEnvExample().match(new RegExp(`^#${name}=`, 'gm'))).toHaveLength(1);
      expect(renderSettings().match(new RegExp(`^\\| \`${name}\` \\|`, 'gm'))).toHaveLength(1);
    }
  });

  it('give an example that means the same as no environment at all', () => {
    const env: NodeJS.ProcessEnv = {};
    for (const [, name = '', value] of renderEnvExample().matchAll(/^#([A-Z_]+)=(.*)$/gm)) env[name] = value;
    expect(Object.keys(env).sort()).toEqual([...NAMES].sort());
    expect(loadConfig(env, [])).toEqual(loadConfig({}, []));
  });

  it('show no value of a secret', () => {
    const secrets = Object.entries(DECLARATION as Record<string, Variable>).filter(
      ([, { secret }]) => secret,
    );
    expect(secrets.length).toBeGreaterThan(0);
    for (const [name] of secrets) {
      expect(renderEnvExample()).toContain(`\n#${name}=\n`);
      expect(renderSettings()).toContain(`| \`${name}\` |  |`);
    }
  });

  it('replace what is between the markers of the README, and only that', () => {
    const readme = 'before\n\n<!-- settings:start -->\nSTALE\n<!-- settings:end -->\n\nafter\n';
    const done = withSettings(readme);
    expect(done).toMatch(/^before\n\n<!-- settings:start -->\n/);
    expect(done).toMatch(/<!-- settings:end -->\n\nafter\n$/);
    expect(done).toContain('`ENCRYPTION_KEY`');
    expect(done).not.toContain('STALE');
    expect(withSettings(done)).toBe(done);
    expect(() => withSettings('no markers')).toThrow('settings:start');
  });
});
