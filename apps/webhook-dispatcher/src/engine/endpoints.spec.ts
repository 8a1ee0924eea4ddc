import { SecretBox } from '@signalbox/security';
import { sealHeaders, sealSecret } from '../webhooks/sealing';
import type { WebhookEntity } from '../webhooks/webhook.entity';
import type { WebhooksRepository } from '../webhooks/webhooks.repository';
import { Endpoints } from './endpoints';

const ID = '01890000-0000-7000-8000-000000000001';
const box = new SecretBox(Buffer.alloc(32, 1).toString('base64'));

/** A table of one row, each read of which is answered when the test says so, with what was there when it was asked. */
class Table {
  row: Partial<WebhookEntity> | null = row(1, 'https://old.example');
  reads = 0;
  private readonly held: (() => void)[] = [];
  holds = false;

  find(): Promise<WebhookEntity | null> {
    this.reads += 1;
    const found = this.row as WebhookEntity | null;
    if (!this.holds) return Promise.resolve(found);
    return new Promise((resolve) => this.held.push(() => resolve(found)));
  }

  answer(): void {
    this.holds = false;
    for (const release of this.held.splice(0)) release();
  }
}

function row(version: number, url: string): Partial<WebhookEntity> {
  const sealed = { secret: sealSecret(box, ID, 'secret'), headers: sealHeaders(box, ID, {}) };
  return { id: ID, version, url, isActive: true, timeoutSeconds: 5, ...sealed };
}

describe('Endpoints', () => {
  let table: Table;
  let endpoints: Endpoints;
  beforeEach(() => {
    table = new Table();
    endpoints = new Endpoints(table as unknown as WebhooksRepository, box);
  });

  it('reads once what does not change', async () => {
    const [one, other] = await Promise.all([endpoints.get(ID, 1), endpoints.get(ID, 1)]);
    expect(await endpoints.get(ID, 1)).toBe(one);
    expect(other).toBe(one);
    expect(table.reads).toBe(1);
  });

  it('reads again for a claim that names a later version', async () => {
    await endpoints.get(ID, 1);
    table.row = row(2, 'https://new.example');
    expect(await endpoints.get(ID, 2)).toMatchObject({ url: 'https://new.example' });
    expect(await endpoints.get(ID, 1)).toMatchObject({ url: 'https://new.example' });
  });

  it.each([
    ['one', () => endpoints.forget(ID)],
    ['all', () => endpoints.forgetAll()],
  ])('reads again what it was told to forget (%s)', async (_which, forget) => {
    await endpoints.get(ID, 1);
    table.row = null;
    forget();
    expect(await endpoints.get(ID, 1)).toBeNull();
  });

  it.each([
    ['one', () => endpoints.forget(ID)],
    ['all', () => endpoints.forgetAll()],
  ])('does not keep what was on its way when it was told to forget (%s)', async (_which, forget) => {
    table.holds = true;
    const early = endpoints.get(ID, 1);
    table.row = row(2, 'https://new.example');
    forget();
    table.answer();
    await early;
    expect(await endpoints.get(ID, 1)).toMatchObject({ url: 'https://new.example' });
  });

  it('asks again after a read that failed', async () => {
    const away = jest.spyOn(table, 'find').mockRejectedValueOnce(new Error('away'));
    await expect(endpoints.get(ID, 1)).rejects.toThrow('away');
    away.mockRestore();
    expect(await endpoints.get(ID, 1)).toMatchObject({ url: 'https://old.example' });
  });
});
