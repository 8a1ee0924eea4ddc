import { DomainError } from '@signalbox/contracts';
import { asDatabaseError } from './errors';

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code });

describe('asDatabaseError', () => {
  it.each([
    ['refused', coded('ECONNREFUSED')],
    ['every address refused', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')])],
    ['reset', coded('ECONNRESET')],
    ['shut down by the administrator', coded('57P01')],
    ['crashed', coded('57P02')],
    ['starting up', coded('57P03')],
    ['too many clients', coded('53300')],
    ['connection exception', coded('08006')],
    ['its disk is full', coded('53100')],
    ['its memory is used up', coded('53200')],
    ['a limit of its settings is reached', coded('53400')],
    ['a system call failed', coded('58000')],
    ['its disk is broken', coded('58030')],
    ['statement too slow', coded('57014')],
    ['read-only after a failover', coded('25006')],
    ['no free connection', new Error('timeout exceeded when trying to connect')],
    ['broken', new Error('Connection terminated unexpectedly')],
    ['wrapped by TypeORM', Object.assign(new Error('QueryFailedError'), { driverError: coded('57P01') })],
    ['a cause of a cause', new Error('outer', { cause: new Error('inner', { cause: coded('EPIPE') }) })],
  ])('%s is DATABASE_UNAVAILABLE with its cause kept', (_name, error) => {
    const translated = asDatabaseError(error);
    expect(translated).toBeInstanceOf(DomainError);
    expect(translated).toMatchObject({ code: 'DATABASE_UNAVAILABLE', cause: error });
  });

  it.each([
    ['a unique violation', coded('23505')],
    ['a syntax error', coded('42601', 'Connection terminated')],
    ['a serialisation failure', coded('40001')],
    ['a wrong password', coded('28P01')],
    ['a file that is not there', coded('58P01')],
    ['a limit of the program', coded('54000')],
    ['a domain error', DomainError.notFound('webhook')],
    ['any other error', new Error('no')],
    ['not an error', 'text'],
  ])('%s stays what it is', (_name, error) => {
    expect(asDatabaseError(error)).toBe(error);
  });
});
