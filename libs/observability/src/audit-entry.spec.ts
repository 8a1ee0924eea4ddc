import { SYSTEM, type CallContext } from '@signalbox/contracts';
import { auditEntry, auditText, type AuditedChange } from './audit-entry';
import { CallScope } from './call-scope';

const ID = '019a9e2c-6f00-7000-8000-000000000000';
const CONTEXT: CallContext = {
  requestId: 'r-1',
  traceparent: '',
  deadline: 0,
  principal: { kind: 'api_key', id: 'k-1', name: 'ci', projects: null },
  origin: { address: '203.0.113.7', agent: 'curl/8', surface: 'administration' },
};
const change = (fields: Partial<AuditedChange>): AuditedChange => ({
  action: 'webhooks.update',
  resourceId: 'w-1',
  before: { name: 'a' },
  after: { name: 'b' },
  ...fields,
});

describe('the entry of a change', () => {
  it('says who, what, from where, before and after', () => {
    const entry = CallScope.run(CONTEXT, () => auditEntry(ID, change({})));
    expect(entry).toEqual({
      id: ID,
      time: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      action: 'webhooks.update',
      outcome: 'done',
      reason: null,
      actor_kind: 'api_key',
      actor_id: 'k-1',
      actor_name: 'ci',
      resource_type: 'webhook',
      resource_id: 'w-1',
      before: { name: 'a' },
      after: { name: 'b' },
      address: '203.0.113.7',
      agent: 'curl/8',
      surface: 'administration',
      request_id: 'r-1',
    });
  });

  it('is the hub’s own where nobody called', () => {
    expect(auditEntry(ID, change({}))).toMatchObject({
      actor_kind: 'system',
      actor_id: SYSTEM.id,
      address: null,
      surface: null,
      request_id: null,
    });
  });

  it('has only what differs, and there is none where nothing does', () => {
    const before = { name: 'a', url: 'u', list: [1, 2], map: { a: 1 }, gone: null };
    expect(auditEntry(ID, change({ before, after: { ...before, list: [2, 1] } }))).toMatchObject({
      before: { list: [1, 2] },
      after: { list: [2, 1] },
    });
    expect(auditEntry(ID, change({ before, after: { ...before } }))).toBeNull();
    expect(auditEntry(ID, change({ before: null, after: { name: 'a' } }))).toMatchObject({
      before: null,
      after: { name: 'a' },
    });
  });

  it('tells that a secret was changed and not what it was', () => {
    const entry = auditEntry(
      ID,
      change({
        before: { secret: 'old', headers: { Authorization: 'Bearer x', 'X-Plain': 'a' } },
        after: { secret: 'new', headers: { Authorization: 'Bearer y', 'X-Plain': 'a' } },
      }),
    );
    const headers = { Authorization: '********', 'X-Plain': 'a' };
    expect(entry).toMatchObject({
      before: { secret: '********', headers },
      after: { secret: '********', headers },
    });
  });

  it('stays small, whatever it is about', () => {
    const entry = auditEntry(
      ID,
      change({
        before: null,
        after: {
          long: 'x'.repeat(5_000),
          ...Object.fromEntries(Array.from({ length: 20 }, (_each, n) => [`f${n}`, 'y'.repeat(900)])),
          last: 1,
        },
      }),
    );
    expect(entry?.after).toMatchObject({ long: '[left out: 5002 characters]', f0: 'y'.repeat(900), last: 1 });
    expect(JSON.stringify(entry).length).toBeLessThan(6_500);
  });

  it('takes text from outside only as it can be stored', () => {
    expect(auditText('a\0b\nc\ud800')).toBe('a\ufffdb\ufffdc\ufffd');
    expect(auditText('x'.repeat(501))).toHaveLength(500);
    expect(auditText(undefined)).toBeNull();
  });
});
