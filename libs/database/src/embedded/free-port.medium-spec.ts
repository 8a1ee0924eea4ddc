import { createServer } from 'node:net';
import { freePort } from './free-port';

describe('freePort', () => {
  it('gives none twice, and none that outgoing connections are given', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, freePort));
    expect(new Set(ports).size).toBe(50);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it('gives none that somebody listens on', async () => {
    const taken = (await freePort()) + 1;
    const server = createServer();
    try {
      // Where that fails somebody listens there already.
      await new Promise((resolve) =>
        server.once('error', resolve).listen(taken, '127.0.0.1', () => resolve(undefined)),
      );
      const given = await Promise.all(Array.from({ length: 5 }, freePort));
      expect(given).not.toContain(taken);
    } finally {
      server.close();
    }
  });
});
