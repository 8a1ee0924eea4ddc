import { randomBytes } from 'node:crypto';
import { Envelope } from './envelope';
import { SecretBox } from './secret-box';

const key = () => randomBytes(32).toString('base64');
const [OLD, NEW] = [key(), key()];
const ROW = 'things:1:1';
const TEXTS = { configuration: '{"a":1}', credentials: '{"api_key":"hidden"}' };

describe('Envelope', () => {
  const envelope = new Envelope(new SecretBox(OLD));
  const sealed = envelope.seal(TEXTS, ROW);

  it('opens what it has sealed', () => {
    expect(envelope.open(sealed, ROW)).toEqual(TEXTS);
  });

  it('shows nothing, and seals nothing twice alike', () => {
    const again = envelope.seal(TEXTS, ROW);
    expect(JSON.stringify(sealed)).not.toContain('hidden');
    expect(again.dataKey).not.toBe(sealed.dataKey);
    expect(again.columns.credentials).not.toBe(sealed.columns.credentials);
  });

  it.each([
    ['another row', sealed, 'things:2:1'],
    ['another version', sealed, 'things:1:2'],
    [
      'another column',
      { ...sealed, columns: { ...sealed.columns, configuration: sealed.columns.credentials } },
      ROW,
    ],
    ['the key of another row', { ...sealed, dataKey: envelope.seal(TEXTS, 'things:2:1').dataKey }, ROW],
    ['another key of the same row', { ...sealed, dataKey: envelope.seal(TEXTS, ROW).dataKey }, ROW],
  ])('opens nothing for %s', (_what, row, boundTo) => {
    expect(() => envelope.open(row, boundTo)).toThrow(expect.objectContaining({ name: 'SecretBoxError' }));
  });

  it('opens under a new master key once the key of the row alone is sealed anew', () => {
    const ring = new SecretBox(NEW, [OLD]);
    const dataKey = ring.seal(ring.open(sealed.dataKey, `${ROW}:data_key`), `${ROW}:data_key`);
    expect(new Envelope(new SecretBox(NEW)).open({ ...sealed, dataKey }, ROW)).toEqual(TEXTS);
    expect(() => new Envelope(new SecretBox(NEW)).open(sealed, ROW)).toThrow(
      expect.objectContaining({ code: 'unknown_key' }),
    );
  });
});
