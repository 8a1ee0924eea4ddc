import { DomainError } from '@signalbox/contracts';
import { publishInput } from './published-event';

const published = (text: string, project?: string) =>
  publishInput({
    eventType: 'task.created',
    project,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
    raw: Buffer.from(text),
  });

describe('an event that is published', () => {
  it('keeps the text of its data', () => {
    const text = '{ "b": 1.0, "a": 12345678901234567890, "t": "é\\u00e9" }';
    expect(published(text)).toEqual({
      event_type: 'task.created',
      project_id: null,
      data: text,
      source: 'api',
    });
  });

  it.each([
    ['{}', undefined, null],
    ['{}', 'p', 'p'],
    ['{"project_id":"p"}', undefined, 'p'],
    ['{"project_id":"p"}', 'p', 'p'],
    ['{"project_id":null}', undefined, null],
    ['{"project_id":null}', 'p', 'p'],
    ['{"data":{"project_id":"inner"}}', undefined, null],
  ])('%s with ?project_id=%s goes to %s', (text, query, project) => {
    expect(published(text, query).project_id).toBe(project);
  });

  it.each([
    ['{"project_id":"p"}', 'q', 'project_id'],
    ['{"project_id":7}', undefined, 'project_id'],
    ['{"project_id":["p"]}', undefined, 'project_id'],
    ['{"project_id":""}', undefined, 'project_id'],
    [`{"project_id":"${'p'.repeat(256)}"}`, undefined, 'project_id'],
    ['[]', undefined, 'body'],
    ['null', undefined, 'body'],
    ['"text"', undefined, 'body'],
    ['', undefined, 'body'],
  ])('%s with ?project_id=%s is refused', (text, query, field) => {
    let refused: unknown;
    try {
      published(text, query);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(DomainError);
    expect((refused as DomainError).data.fields).toMatchObject([{ field }]);
  });
});
