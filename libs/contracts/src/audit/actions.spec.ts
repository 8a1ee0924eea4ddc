import * as contracts from '..';
import type { Operation } from '..';
import { AUDITED, AUDITED_WITHOUT_OPERATION, NOT_AUDITED } from './actions';

function isOperation(value: unknown): value is Operation<unknown, unknown> {
  return typeof value === 'object' && value !== null && 'service' in value && 'kind' in value;
}

/** Every operation that any folder declares. */
const operations = Object.values(contracts)
  .flatMap((exported): unknown[] =>
    typeof exported === 'object' ? [exported, ...Object.values(exported)] : [exported],
  )
  .filter(isOperation);
const commands = operations.filter(({ kind }) => kind === 'command').map(({ name }) => name);

describe('what is on record', () => {
  it('is said of every command: it is audited, or there is a reason why not', () => {
    expect(commands.length).toBeGreaterThan(20);
    expect(commands.filter((name) => !(name in AUDITED) && !(name in NOT_AUDITED))).toEqual([]);
    expect(commands.filter((name) => name in AUDITED && name in NOT_AUDITED)).toEqual([]);
  });

  it('is said of nothing that there is not', () => {
    const declared = new Set<string>([...commands, ...AUDITED_WITHOUT_OPERATION]);
    expect(
      [...Object.keys(AUDITED), ...Object.keys(NOT_AUDITED)].filter((name) => !declared.has(name)),
    ).toEqual([]);
  });

  it('leaves out no command by calling it a query', () => {
    const queries = operations.filter(({ kind }) => kind === 'query').map(({ name }) => name);
    expect(
      queries.filter((name) => /\.(create|update|delete|remove|rotate|revoke|retry|test)$/.test(name)),
    ).toEqual([]);
  });
});
