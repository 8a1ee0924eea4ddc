import { createSocket, type Socket } from 'node:dgram';
import { nameResolver } from './resolver';

const A = 1;
const AAAA = 28;
const NO_SUCH_NAME = 3;

type Answers = Record<string, { readonly [A]?: string; readonly [AAAA]?: string }>;

const sockets: Socket[] = [];

/** A name server that knows `answers`, and stays silent where `answers` is not given. */
async function nameServer(answers?: Answers): Promise<{ server: string; asked: string[] }> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.on('message', (query, { port, address }) => {
    const { name, type } = question(query);
    asked.push(name);
    if (answers !== undefined) socket.send(answerTo(query, answers[name], type), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { server: `127.0.0.1:${socket.address().port}`, asked };
}

function question(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answerTo(query: Buffer, known: Answers[string] | undefined, type: number): Buffer {
  const { end } = question(query);
  const address = type === A ? known?.[A] : type === AAAA ? known?.[AAAA] : undefined;
  const head = Buffer.from(query.subarray(0, end));
  head.writeUInt16BE(0x8180 | (known === undefined ? NO_SUCH_NAME : 0), 2);
  head.writeUInt16BE(address === undefined ? 0 : 1, 6);
  head.writeUInt32BE(0, 8);
  if (address === undefined) return head;
  const bytes = type === A ? Buffer.from(address.split('.').map(Number)) : Buffer.from(address, 'hex');
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([head, record, bytes]);
}

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

describe('nameResolver', () => {
  it('answers with the addresses of both families, IPv4 first', async () => {
    const { server } = await nameServer({
      'hooks.example.test': { [A]: '93.184.215.14', [AAAA]: '26064700000000000000000000001111' },
    });
    expect(await nameResolver({ servers: [server] })('hooks.example.test')).toEqual([
      { address: '93.184.215.14', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
  });

  it('answers with one family where there is no other', async () => {
    const { server } = await nameServer({ 'four.example.test': { [A]: '8.8.8.8' } });
    expect(await nameResolver({ servers: [server] })('four.example.test')).toEqual([
      { address: '8.8.8.8', family: 4 },
    ]);
  });

  it('gives up on silent name servers, without asking the system', async () => {
    const { server, asked } = await nameServer();
    const resolve = nameResolver({ servers: [server], timeoutMs: 100 });
    await expect(resolve('silent.example.test')).rejects.toThrow('do not answer');
    expect(asked.length).toBeGreaterThan(0);
  });

  it('leaves localhost to the system', async () => {
    const { server, asked } = await nameServer({ localhost: { [A]: '8.8.8.8' } });
    const found = await nameResolver({ servers: [server] })('localhost');
    expect(found.map(({ address }) => address)).toContain('127.0.0.1');
    expect(asked).toHaveLength(0);
  });

  it('asks the system for what the name servers do not know, which may not know it either', async () => {
    const { server, asked } = await nameServer({});
    await expect(nameResolver({ servers: [server] })('unknown.example.invalid')).rejects.toThrow();
    expect(asked).toContain('unknown.example.invalid');
  });
});
