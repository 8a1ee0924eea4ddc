import { MASK, maskSecrets } from '@signalbox/security';
import { unmasked } from './unmasked';

const before = {
  client_secret: 'one',
  nested: { webhook_secret: 'two', note: 'n' },
  targets: [
    { host: 'a', token: 'of a' },
    { host: 'b', token: 'of b' },
  ],
  matrix: [[{ token: 'deep' }], ['x']],
  tags: ['x', 'y'],
};
const shown = maskSecrets(before) as typeof before;
const [a, b] = shown.targets;

const masked = (field: string) => ({
  code: 'VALIDATION_FAILED',
  data: { fields: [{ field, key: 'masked' }] },
});
const refusal = (settings: Record<string, unknown>): unknown => {
  try {
    return unmasked(settings, before, 'configuration');
  } catch (error) {
    return error;
  }
};

it('keeps what was shown masked', () => {
  expect(JSON.stringify(shown)).not.toMatch(/"(one|two|of a|of b|deep)"/);
  expect(unmasked(shown, before, 'configuration')).toEqual(before);
});

it('keeps it beside what is changed', () => {
  const changed = { ...shown, tags: ['z'], nested: { webhook_secret: MASK, note: 'new' } };
  expect(unmasked(changed, before, 'configuration')).toEqual({
    ...before,
    tags: ['z'],
    nested: { webhook_secret: 'two', note: 'new' },
  });
});

it('takes a list whose secrets are all given', () => {
  const targets = [{ host: 'b', token: 'new' }];
  expect(unmasked({ targets }, before, 'configuration')).toEqual({ targets });
});

it.each([
  ['in another order', [b, a], 'targets[0].token'],
  ['shortened', [b], 'targets[0].token'],
  ['lengthened', [a, b, { host: 'c', token: 'of c' }], 'targets[0].token'],
  ['with another element', [a, { host: 'c', token: MASK }], 'targets[0].token'],
  ['with another secret', [{ host: 'a', token: 'new' }, b], 'targets[1].token'],
])('guesses nothing in a list %s', (_how, targets, field) => {
  expect(refusal({ targets })).toMatchObject(masked(`configuration.${field}`));
});

it.each([
  [{ matrix: [[{ token: MASK }], ['y']] }, 'matrix[0][0].token'],
  [{ other: [[{ token: MASK }]] }, 'other[0][0].token'],
  [{ other: { token: MASK } }, 'other.token'],
])('takes no mask for a secret: %j', (settings, field) => {
  expect(refusal(settings)).toMatchObject(masked(`configuration.${field}`));
});

it('takes what looks like a mask where none is ever shown', () => {
  const tags = [MASK, { note: MASK }];
  expect(unmasked({ tags }, before, 'configuration')).toEqual({ tags });
});
